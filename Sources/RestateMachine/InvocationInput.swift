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

/// Whom to call, and with what: the same for calls that wait and calls that do not.
package struct CallRequest: Sendable {
    package var service: String
    package var handler: String
    package var key = ""
    package var parameter: Bytes = []
    package var headers: [Header] = []
    package var idempotencyKey: String?
    package var scope: String?
    package var limitKey: String?
    package var name = ""

    package init(
        service: String, handler: String, key: String = "", parameter: Bytes = [],
        headers: [Header] = [], idempotencyKey: String? = nil, scope: String? = nil,
        limitKey: String? = nil, name: String = ""
    ) {
        self.service = service
        self.handler = handler
        self.key = key
        self.parameter = parameter
        self.headers = headers
        self.idempotencyKey = idempotencyKey
        self.scope = scope
        self.limitKey = limitKey
        self.name = name
    }
}
