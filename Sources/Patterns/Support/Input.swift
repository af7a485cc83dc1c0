internal import Restate

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The error for an input that no retry can help.
func badInput(_ message: String) -> TerminalError {
    TerminalError(message, code: 400)
}

/// Refuses an empty text where a key or an id is expected.
@discardableResult
func named(_ text: String, _ field: String) throws(TerminalError) -> String {
    if text.isEmpty { throw badInput("\(field) must be a non-empty string") }
    return text
}

extension Context {
    /// A new id, the same on every replay.
    func newID() -> String { uuid().uuidString.lowercased() }
}
