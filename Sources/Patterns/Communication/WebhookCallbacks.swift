public import Restate

/// The target of a payment provider's webhook. After a 200 the event is in the journal: none is lost.
public struct WebhookCallbackRouter: Service {
    public init() {}

    func onStripeEvent(_ ctx: Context, event: StripeEvent) async throws {
        let tracker = ctx.object(PaymentTracker.self, try named(event.invoice, "data.object.id"))
        let call =
            switch event.type {
            case "invoice.payment_failed": tracker.onPaymentFailed
            case "invoice.payment_succeeded": tracker.onPaymentSuccess
            default: nil as Call<StripeEvent, Void>?
            }
        // Providers deliver an event again until they see an answer: its id tells that it is the same.
        if let id = event.id {
            call?.idempotencyKey(try named(id, "id")).send(event)
        } else {
            call?.send(event)
        }
    }

    public struct API: HandlerTable {
        public let onStripeEvent = handler(WebhookCallbackRouter.onStripeEvent)

        public init() {}
    }
}

/// An event of an invoice. Other members are ignored.
public struct StripeEvent: Codable, Sendable {
    public struct Content: Codable, Sendable {
        public var object: Invoice
    }

    public struct Invoice: Codable, Sendable {
        public var id: String
        public var customer: String
    }

    public var id: String?
    public var type: String
    public var created: Int
    public var data: Content

    public var invoice: String { data.object.id }

    public init(
        id: String? = nil, _ type: String, created: Int = 0, invoice: String, customer: String
    ) {
        self.id = id
        self.type = type
        self.created = created
        data = Content(object: Invoice(id: invoice, customer: customer))
    }
}
