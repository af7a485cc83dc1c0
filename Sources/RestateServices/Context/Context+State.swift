import CanonicalJSON
import RestateMachine
import RestateProtocol

extension SharedObjectContext {
    /// Reads a state entry.
    ///
    /// A shared handler sees the writes of exclusive handlers at once, even of those that are still
    /// running.
    /// A name is shown with the journal, and a replay compares it.
    public nonisolated(nonsending) func get<Value>(
        _ key: StateKey<Value>, name: String = "",
        fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> Value {
        let site = CallSite(fileID: fileID, line: line)
        let id = invocation.issue {
            try invocation.machine.getState(key.bytes, name: name, at: site)
        }
        // In two steps, because the key would be copied before a wait in its own arguments.
        let result = try await invocation.result(id, at: site)
        return try key.value(result, invocation.coding, at: site)
    }

    /// Reads a state entry and returns the future of what ``get(_:name:fileID:line:)`` returns.
    /// Several entries that the server must send can so be fetched concurrently.
    public func startGet<Value>(
        _ key: StateKey<Value>, name: String = "",
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<Value> {
        let site = CallSite(fileID: fileID, line: line)
        return future(
            at: site,
            { try invocation.machine.getState(key.bytes, name: name, at: site) },
            { try key.value($0, $1, at: site) })
    }

    /// Returns the names of all state entries, in no particular order.
    /// A name is shown with the journal, and a replay compares it.
    public nonisolated(nonsending) func stateKeys(
        name: String = "", fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> [String] {
        let site = CallSite(fileID: fileID, line: line)
        let id = invocation.issue { try invocation.machine.stateKeys(name: name, at: site) }
        switch try await invocation.result(id, at: site) {
        case .stateKeys(let keys): return keys.map { String(decoding: $0, as: UTF8.self) }
        case let other: throw UnexpectedResult(of: "get state keys", other)
        }
    }
}

extension StateKey {
    /// Decodes the server's answer to a read of this entry.
    fileprivate func value(
        _ result: NotificationResult, _ coding: ValueCoding?, at site: CallSite
    ) throws -> Value {
        switch result {
        case .void: return defaultValue
        case .value(let bytes):
            do {
                return try Payload.decode(bytes, format, coding)
            } catch {
                throw UnreadableState(key: name, site: site, reason: ErrorText.describe(error))
            }
        case let other: throw UnexpectedResult(of: "get state", other)
        }
    }
}

/// A context that can write state. Only one handler with such a context runs at a time for each
/// key.
///
/// Writing neither waits nor throws: an error appears at the next wait or at the end of the
/// handler.
public protocol StateWritingContext: SharedObjectContext {}

extension StateWritingContext {
    /// Stores a state entry. Storing nil removes it.
    /// A name is shown with the journal, and a replay compares it.
    public func set<Value>(
        _ key: StateKey<Value>, _ value: Value, name: String = "",
        fileID: StaticString = #fileID, line: UInt = #line
    ) {
        if JSON.isOptional(Value.self), JSON.isAbsent(value) {
            return clear(key, name: name, fileID: fileID, line: line)
        }
        let site = CallSite(fileID: fileID, line: line)
        invocation.attempt {
            let bytes = try invocation.encoded(
                value, key.format, for: "set state \"\(key.name)\"", at: site)
            try invocation.machine.setState(
                key.bytes, bytes[...], name: name, at: site)
        }
    }

    /// Removes a state entry.
    /// A name is shown with the journal, and a replay compares it.
    public func clear<Value>(
        _ key: StateKey<Value>, name: String = "",
        fileID: StaticString = #fileID, line: UInt = #line
    ) {
        let site = CallSite(fileID: fileID, line: line)
        invocation.attempt {
            try invocation.machine.clearState(key.bytes, name: name, at: site)
        }
    }

    /// Removes all state entries of this key.
    /// A name is shown with the journal, and a replay compares it.
    public func clearAll(
        name: String = "", fileID: StaticString = #fileID, line: UInt = #line
    ) {
        let site = CallSite(fileID: fileID, line: line)
        invocation.attempt { try invocation.machine.clearAllState(name: name, at: site) }
    }
}

/// The error for a state entry that its key's type cannot represent.
struct UnreadableState: Error, CustomStringConvertible {
    var key: String
    var site: CallSite
    var reason: String
    var description: String { "State '\(key)' cannot be read: \(reason) (\(site))" }
}

/// The error for an answer of the server whose kind does not fit the command.
struct UnexpectedResult: Error, CustomStringConvertible {
    var operation: String
    var result: NotificationResult

    init(of operation: String, _ result: NotificationResult) {
        self.operation = operation
        self.result = result
    }

    var description: String {
        let kind =
            switch result {
            case .void: "nothing"
            case .value: "a value"
            case .failure: "a failure"
            case .invocationID: "an invocation id"
            case .stateKeys: "state keys"
            }
        return "The server answered \(operation) with \(kind)"
    }
}
