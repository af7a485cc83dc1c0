import CanonicalJSON
import RestateMachine
import RestateProtocol

extension SharedObjectContext {
    /// Reads a state entry.
    ///
    /// A shared handler sees what exclusive handlers have stored, also those that still run.
    public nonisolated(nonsending) func get<Value>(
        _ key: StateKey<Value>, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> Value {
        let site = CallSite(fileID: fileID, line: line)
        let id = invocation.issue {
            try invocation.machine.getState(Bytes(key.name.utf8), at: site)
        }
        switch try await invocation.result(.completion(id), at: site) {
        case .void: return key.defaultValue
        case .value(let bytes):
            do {
                return try Payload.decode(bytes)
            } catch {
                throw UnreadableState(key: key.name, site: site, reason: ErrorText.describe(error))
            }
        case let other: throw UnexpectedResult(of: "get state", other)
        }
    }

    /// The names of all state entries, in no particular order.
    public nonisolated(nonsending) func stateKeys(
        fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> [String] {
        let site = CallSite(fileID: fileID, line: line)
        let id = invocation.issue { try invocation.machine.stateKeys(at: site) }
        switch try await invocation.result(.completion(id), at: site) {
        case .stateKeys(let keys): return keys.map { String(decoding: $0, as: UTF8.self) }
        case let other: throw UnexpectedResult(of: "get state keys", other)
        }
    }
}

/// A context that may write state. Only one such handler runs at a time per key.
///
/// Writing neither waits nor throws: trouble surfaces at the next wait or at the end.
public protocol StateWritingContext: SharedObjectContext {}

extension StateWritingContext {
    /// Stores a state entry. Storing nil removes it.
    public func set<Value>(
        _ key: StateKey<Value>, _ value: Value,
        fileID: StaticString = #fileID, line: UInt = #line
    ) {
        if JSON.isOptional(Value.self), JSON.isAbsent(value) {
            return clear(key, fileID: fileID, line: line)
        }
        let site = CallSite(fileID: fileID, line: line)
        invocation.attempt {
            let bytes = try encoded(value, for: "set state \"\(key.name)\"", at: site)
            try invocation.machine.setState(Bytes(key.name.utf8), bytes[...], at: site)
        }
    }

    /// Removes a state entry.
    public func clear<Value>(
        _ key: StateKey<Value>, fileID: StaticString = #fileID, line: UInt = #line
    ) {
        let site = CallSite(fileID: fileID, line: line)
        invocation.attempt { try invocation.machine.clearState(Bytes(key.name.utf8), at: site) }
    }

    /// Removes all state entries of this key.
    public func clearAll(fileID: StaticString = #fileID, line: UInt = #line) {
        let site = CallSite(fileID: fileID, line: line)
        invocation.attempt { try invocation.machine.clearAllState(at: site) }
    }
}

/// A state entry holds something else than its key says.
struct UnreadableState: Error, CustomStringConvertible {
    var key: String
    var site: CallSite
    var reason: String
    var description: String { "State '\(key)' cannot be read: \(reason) (\(site))" }
}

/// The server answered a command with a kind of result that it cannot have.
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
