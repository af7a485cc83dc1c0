package import RestateProtocol

/// What a handler learns about its own invocation.
///
/// Kept once, by the machine, and as it came: an attempt reads little of it, and copies of so many
/// fields would be a good part of a small invocation.
package struct InvocationInput: Equatable, Sendable {
    /// Without the state, which has a place of its own.
    var start = StartMessage()
    package internal(set) var body: Bytes = []
    /// The input command as it came.
    var command: Bytes = []
    /// The same in all attempts of an invocation.
    package internal(set) var randomSeed: UInt64 = 0

    package var id: Bytes { start.id }
    package var debugID: String { start.debugID }
    package var key: String { start.key }
    package var scope: String? { start.scope }
    package var limitKey: String? { start.limitKey }
    package var idempotencyKey: String? { start.idempotencyKey }

    /// The headers of the call, in order. Read when somebody asks: few handlers do.
    package var headers: [Header] {
        (try? InputCommand(decoding: command))?.headers ?? []
    }
}
