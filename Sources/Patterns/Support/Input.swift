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

/// Refuses a text that cannot be the id of an awakeable. Completing it would be tried again and again.
@discardableResult
func known<Value>(
    _ id: AwakeableID<Value>, _ field: String
) throws(TerminalError) -> AwakeableID<Value> {
    guard id.isWellFormed else {
        throw badInput("\(field) must be the id of an awakeable, not '\(id)'")
    }
    return id
}

extension Context {
    /// A new id, the same on every replay.
    func newID() -> String { uuid().uuidString.lowercased() }
}
