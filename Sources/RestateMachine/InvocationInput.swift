package import RestateProtocol

/// What a handler can learn about its own invocation.
///
/// The machine keeps it once and undecoded as far as possible: an attempt reads little of it, and
/// copying so many fields would be a notable part of a small invocation.
package struct InvocationInput: Equatable, Sendable {
    /// The message Start without the state, which `EagerState` has.
    var start = StartMessage()
    package internal(set) var body: Bytes = []
    /// The encoded Input command.
    var command: Bytes = []
    /// The seed of random numbers, which is the same in all attempts.
    package internal(set) var randomSeed: UInt64 = 0

    package var id: Bytes { start.id }
    package var debugID: String { start.debugID }
    package var key: String { start.key }
    package var scope: String? { start.scope }
    package var limitKey: String? { start.limitKey }
    package var idempotencyKey: String? { start.idempotencyKey }

    /// The headers of the call in their order. They are decoded on demand, because few handlers
    /// read them.
    package var headers: [Header] {
        (try? InputCommand(decoding: command))?.headers ?? []
    }
}
