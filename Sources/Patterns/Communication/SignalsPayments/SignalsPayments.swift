public import Restate

/// Pays by card, and waits in one function for an answer at once or for a webhook that comes later.
public struct CardPayments: Service {
    public static let name = "payments"

    public struct PaymentRequest: Codable, Sendable {
        public var paymentMethodId: String?
        public var amount: Int?
        /// Reads a decision that comes at once as if it came later, to try out the webhook.
        public var delayedStatus: Bool?

        public init(paymentMethodId: String?, amount: Int?, delayedStatus: Bool? = nil) {
            self.paymentMethodId = paymentMethodId
            self.amount = amount
            self.delayedStatus = delayedStatus
        }
    }

    public struct Receipt: Codable, Sendable {
        public var received: Bool
    }

    let provider: any PaymentProvider
    /// With which the provider signs its webhooks.
    let webhookSecret: String

    public init(_ provider: any PaymentProvider, webhookSecret: String) {
        self.provider = provider
        self.webhookSecret = webhookSecret
    }

    func processPayment(_ ctx: Context, request: PaymentRequest) async throws {
        guard let amount = request.amount, amount != 0 else {
            throw badInput("'amount' missing or zero in request")
        }
        guard let method = request.paymentMethodId, !method.isEmpty else {
            throw badInput("'paymentMethodId' missing in request")
        }
        let (provider, key) = (provider, ctx.newID())
        let decision = ctx.awakeable(PaymentIntent.self)
        let order = PaymentOrder(method: method, amount: amount, callback: decision.id)
        // A payment that has begun is known, whoever cancels this.
        let payment = try await ctx.withoutCancellation {
            try await ctx.run("stripe call") { try await provider.pay(order, key: key) }
        }
        guard payment.intent.isOpen || request.delayedStatus == true else {
            return try payment.demandSuccess()
        }
        let intent: PaymentIntent
        do {
            intent = try await decision.value
        } catch let error as TerminalError {
            try await ctx.withoutCancellation {
                try await ctx.run("cancel payment") {
                    try await provider.takeBack(payment.intent.id, key: key)
                }
            }
            throw error
        }
        try Payment(intent).demandSuccess()
    }

    /// The target of the provider's webhooks. Its input is the raw body, because the signature is over its bytes.
    func processWebhook(_ ctx: Context, body: [UInt8]) async throws -> Receipt {
        guard let signature = ctx.request.header("stripe-signature") else {
            throw badInput("Missing 'stripe-signature' header.")
        }
        let secret = webhookSecret
        // A step, because a signature is good for minutes only: a replay must not look at the clock again.
        let event = try await ctx.run("verify") {
            try PaymentEvent(body, signed: signature, with: secret)
        }
        if let intent = event.decided {
            guard let callback = intent.callback else {
                throw TerminalError(
                    "Missing callback property: \(PaymentIntent.callbackName)", code: 404)
            }
            ctx.resolve(try known(callback, PaymentIntent.callbackName), with: intent)
        }
        return Receipt(received: true)
    }

    public struct API: HandlerTable {
        public let processPayment = handler(CardPayments.processPayment)
        public let processWebhook = handler(CardPayments.processWebhook).rawInput()

        public init() {}
    }
}
