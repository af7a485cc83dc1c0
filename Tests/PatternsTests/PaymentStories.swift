import Patterns
import Restate
import RestateTesting

extension PatternStories {
    static let delayedPayment = Story("signalspayments: a webhook decides, however often it comes")
    {
        payment("pm_card_visa")
    }
    static let declinedPayment = Story("signalspayments: a card is declined by webhook") {
        payment("pm_card_visa_chargeDeclined")
    }

    private static func payment(_ method: String) -> Scene {
        let provider = PaymentsInMemory(webhookSecret: "whsec")
        let service = CardPayments(provider, webhookSecret: "whsec")
        return Scene(quiet(service)) { restate in
            let payments = restate.service(CardPayments.self)
            let payment = payments.processPayment.idempotencyKey("p")
            try await payment.send(
                .init(paymentMethodId: method, amount: 109, delayedStatus: true))
            try await restate.settle()
            for event in provider.events {
                for _ in 0..<2 {
                    let receipt = try await payments.processWebhook
                        .header("stripe-signature", event.signature)(event.body)
                    try Story.demand(receipt.received, "an event is not received")
                }
            }
            var answer = "paid"
            do {
                try await payment.attach()
            } catch let error as TerminalError {
                answer = error.message
            }
            return [answer] + provider.summary
        } whenCancelled: { restate in
            try await demandFairness(provider, restate)
        }
    }

    /// Who has paid got that as the answer; otherwise the money is back.
    private static func demandFairness(
        _ provider: PaymentsInMemory, _ restate: TestEnvironment
    ) async throws {
        let payments = restate.service(CardPayments.self)
        // The webhook may be what was cancelled: a provider sends it again.
        for event in provider.events {
            _ = try await payments.processWebhook
                .header("stripe-signature", event.signature)(event.body)
        }
        try await restate.settle()
        let payment = payments.processPayment.idempotencyKey("p")
        var isPaid = false
        do {
            isPaid = try await payment.output() != nil
        } catch is TerminalError {}
        let summary = provider.summary
        let isOpen = summary == ["succeeded 109"]
        try Story.demand(isOpen == isPaid, "answered as paid: \(isPaid), but \(summary)")
    }
}
