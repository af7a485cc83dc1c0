#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
import RestateMachine
import RestateProtocol
import Times

extension Context {
    /// Waits, durably: the invocation may be suspended meanwhile and go on in another process.
    ///
    /// - Parameter name: shown with the journal, and compared on a replay.
    public nonisolated(nonsending) func sleep(
        _ duration: Duration, name: String = "",
        fileID: StaticString = #fileID, line: UInt = #line
    ) async throws {
        let site = CallSite(fileID: fileID, line: line)
        let id = invocation.issue {
            try invocation.machine.sleep(
                until: invocation.moment(after: duration), name: name, at: site)
        }
        try await Self.nothing(invocation.result(.completion(id), at: site))
    }

    /// Starts a durable timer and gives its future.
    public func timer(
        _ duration: Duration, name: String = "",
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<Void> {
        let site = CallSite(fileID: fileID, line: line)
        return future(
            at: site,
            {
                try self.invocation.machine.sleep(
                    until: self.invocation.moment(after: duration), name: name, at: site)
            }, { try Self.nothing($0) })
    }

    /// Gives the time of day, read once and kept: the same on every replay, to the nearest millisecond.
    public nonisolated(nonsending) func now(
        fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> Date {
        let rehearsal = invocation.rehearsal
        let milliseconds = try await run("now", fileID: fileID, line: line) {
            rehearsal?.now ?? millisecondsSince1970()
        }
        return Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}

/// The clock, in milliseconds since 1970. Handlers read it inside a run, or with `ctx.now()`.
package func millisecondsSince1970() -> Int64 {
    Int64((Date().timeIntervalSince1970 * 1000).rounded())
}

extension AttemptDriver {
    /// A moment as the protocol counts it, now at the earliest.
    func moment(after duration: Duration) -> UInt64 {
        Moment.after(
            duration, from: UInt64(clamping: rehearsal?.now ?? millisecondsSince1970()))
    }
}
