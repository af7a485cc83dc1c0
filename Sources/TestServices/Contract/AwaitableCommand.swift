import Restate

/// One step of a script for ``VirtualObjectCommandInterpreter``, as it is written: which members it
/// has is a matter of its type.
struct AwaitableCommand: Codable, Sendable {
    enum Kind: String, Codable, Sendable {
        case awaitOne, awaitAny, awaitFirstCompleted
        case awaitAnySuccessful, awaitFirstSucceededOrAllFailed
        case awaitAllSucceededOrFirstFailed, awaitAllCompleted
        case awaitAwakeableOrTimeout
        case resolveAwakeable, rejectAwakeable
        case getEnvVariable
    }

    var type: Kind
    var command: Awaitable?
    var commands: [Awaitable]?
    var awakeableKey: String?
    var value: String?
    var reason: String?
    var timeoutMillis: Int?
    var envName: String?
}

/// Something that yields a string, or fails, some time after it was created.
struct Awaitable: Codable, Sendable {
    enum Kind: String, Codable, Sendable {
        case createAwakeable, sleep, runReturns, runThrowTerminalException, createSignal
    }

    var type: Kind
    var awakeableKey: String?
    var timeoutMillis: Int?
    var value: String?
    var reason: String?
    var signalName: String?
}

/// A member that this type of command must have.
func required<Value>(_ value: Value?, _ name: String) throws -> Value {
    guard let value else { throw TerminalError("The command has no '\(name)'", code: 400) }
    return value
}
