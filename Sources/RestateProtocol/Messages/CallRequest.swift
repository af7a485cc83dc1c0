/// The target and the payload of a call, which both kinds of calls share.
///
/// It is no message of its own on the wire: the commands number these fields differently.
package struct CallRequest: Equatable, Sendable {
    package var service: String
    package var handler: String
    /// The key of the virtual object or workflow; empty for a service.
    package var key: String
    package var parameter: Bytes
    package var headers: [Header]
    package var idempotencyKey: String?
    package var scope: String?
    package var limitKey: String?
    /// The name that the program gave the step; empty if none.
    package var name: String

    package init(
        service: String = "", handler: String = "", key: String = "", parameter: Bytes = [],
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

    var subject: String { "\(service)/\(handler)" }

    /// Compares all fields except the name, which commands compare last.
    func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("service_name", recorded.service, service)
        comparison.check("handler_name", recorded.handler, handler)
        comparison.check("key", recorded.key, key)
        comparison.payload("parameter", recorded.parameter, parameter)
        comparison.check("headers", recorded.headers, headers)
        comparison.check("idempotency_key", recorded.idempotencyKey, idempotencyKey)
        comparison.check("scope", recorded.scope, scope)
        comparison.check("limit_key", recorded.limitKey, limitKey)
    }
}
