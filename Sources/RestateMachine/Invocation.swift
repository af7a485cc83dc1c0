package import RestateProtocol

/// What a handler learns about its own invocation.
package struct InvocationInput: Equatable, Sendable {
    package var id: Bytes = []
    package var debugID = ""
    package var key = ""
    package var body: Bytes = []
    /// The input command as it came.
    var command: Bytes = []
    /// The same in all attempts of an invocation.
    package var randomSeed: UInt64 = 0
    package var scope: String?
    package var limitKey: String?
    package var idempotencyKey: String?
    /// Attempts that failed since the journal last grew, and for how long.
    package var retryCount: UInt32 = 0
    package var durationSinceLastEntry = Duration.zero

    package init() {}

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
