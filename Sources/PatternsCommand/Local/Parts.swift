internal import Commands
internal import Patterns
internal import Restate

/// The outside parts: effects and payments.
struct Parts {
    let effects: EffectsInMemory
    let payments: PaymentsInMemory

    /// The secret with which the stand-in signs its webhooks, unless Stripe's own is used.
    static let webhookSecret = "whsec_of_the_stand_in"

    /// Serves them to endpoints of other processes.
    func start(host: String, port: Int) throws -> RunningEndpoint {
        try Endpoint([]).logger(SilentLogger()).parts(effects).payments(payments)
            .start(host: host, port: port)
    }

    /// Delivers the events of payments through this ingress.
    func deliver(to ingress: String, _ lots: Lots) {
        payments.deliver(to: "\(ingress)/payments/processWebhook") { lots.draw(0.3) }
    }
}

/// An account at Stripe, if the environment or the file `.env` names one: `STRIPE_SECRET_KEY`,
/// `STRIPE_WEBHOOK_SECRET` and perhaps `STRIPE_URL`.
struct StripeAccount {
    let provider: StripeClient
    let webhookSecret: String

    static func ofEnvironment() throws(UsageError) -> StripeAccount? {
        let variables = PatternVariables()
        guard let key = variables["STRIPE_SECRET_KEY"] else { return nil }
        guard let secret = variables["STRIPE_WEBHOOK_SECRET"] else {
            throw UsageError("STRIPE_WEBHOOK_SECRET is missing; it begins with whsec_.")
        }
        let stripe = "https://api.stripe.com"
        let url = Variable(name: "STRIPE_URL", text: variables["STRIPE_URL"] ?? stripe)
        return StripeAccount(
            provider: StripeClient(try url.address(like: stripe).withoutSlash, secretKey: key),
            webhookSecret: secret)
    }
}
