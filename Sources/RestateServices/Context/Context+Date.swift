#if !WithoutFoundation
#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension Context {
    /// Returns the time of day, to the nearest millisecond. It is stored in the journal, so every
    /// replay sees the same time.
    public nonisolated(nonsending) func now(
        fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> Date {
        let milliseconds = try await nowInMilliseconds(fileID: fileID, line: line)
        return Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}
#endif
