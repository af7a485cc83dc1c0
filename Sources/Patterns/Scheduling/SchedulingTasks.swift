public import Restate

/// Reminds of a payment that failed, day after day, and then tells the support team. Its key is the invoice's id.
///
/// The reminders are delayed calls of the object to itself: they survive everything, and end when the payment
/// arrives.
public struct PaymentTracker: VirtualObject {
    enum Status: String, Codable {
        case failed = "FAILED"
        case paid = "PAID"
        case escalated = "FAILED_ESCALATED"
    }

    static let status = StateKey<Status?>("status")
    static let reminders = StateKey<Int>("reminders_count", default: 0)
    private static let limit = 3

    let effects: any OutsideEffects
    let interval: Duration

    public init(_ effects: any OutsideEffects, interval: Duration = .seconds(86400)) {
        self.effects = effects
        self.interval = interval
    }

    func onPaymentFailed(_ ctx: ObjectContext, event: StripeEvent) async throws {
        // Whatever the status is, the reminders run, or it is over.
        guard try await ctx.get(Self.status) == nil else { return }
        ctx.set(Self.status, .failed)
        ctx.object(PaymentTracker.self, ctx.key).remindPaymentFailed.send(event)
    }

    func remindPaymentFailed(_ ctx: ObjectContext, event: StripeEvent) async throws {
        if try await ctx.get(Self.status) == .paid {
            ctx.clear(Self.reminders)
            return
        }
        let (effects, key, sent) = (effects, ctx.key, try await ctx.get(Self.reminders))
        let tracker = ctx.object(PaymentTracker.self, key)
        guard sent < Self.limit else {
            tracker.escalate.send(event)
            ctx.set(Self.status, .escalated)
            return
        }
        let days = Self.limit - sent
        try await ctx.run("send reminder") {
            try await effects.perform(
                "mail", "send reminder", key: "\(key)/\(sent)",
                saying: "Sending email: Payment failed. Re-execute the payment within \(days) days."
            )
        }
        ctx.set(Self.reminders, sent + 1)
        tracker.remindPaymentFailed.send(event, after: interval)
    }

    func escalate(_ ctx: ObjectContext, event: StripeEvent) async throws {
        let (effects, key) = (effects, ctx.key)
        try await ctx.run("escalate") {
            try await effects.perform(
                "support", "escalate", key: key,
                saying: "Escalating to \(key) invoice to support team")
        }
    }

    func onPaymentSuccess(_ ctx: ObjectContext, event: StripeEvent) async throws {
        ctx.set(Self.status, .paid)
    }

    public struct API: HandlerTable {
        public let onPaymentFailed = exclusive(PaymentTracker.onPaymentFailed)
        public let remindPaymentFailed = exclusive(PaymentTracker.remindPaymentFailed)
            .ingressPrivate()
        public let escalate = exclusive(PaymentTracker.escalate).ingressPrivate()
        public let onPaymentSuccess = exclusive(PaymentTracker.onPaymentSuccess)

        public init() {}
    }
}
