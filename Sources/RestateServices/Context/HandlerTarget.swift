/// Names the handler that an invocation calls, and its key.
///
/// ```swift
/// print(ctx.request.target)  // Ticket/seat-1/reserve
/// ```
public struct HandlerTarget: Hashable, Sendable {
    /// The service's name on the wire.
    public let service: String
    /// The handler's name on the wire.
    public let handler: String
    /// The key of the object or the workflow; nil for a plain service.
    public let key: String?

    init(_ handler: ServedHandler, key: String) {
        service = handler.service
        self.handler = handler.name
        self.key = handler.entry.kind == .service ? nil : key
    }
}

extension HandlerTarget: CustomStringConvertible {
    /// The text that the server writes for it: `Greeter/greet`, `Ticket/seat-1/reserve`.
    public var description: String {
        guard let key else { return "\(service)/\(handler)" }
        return "\(service)/\(key)/\(handler)"
    }
}
