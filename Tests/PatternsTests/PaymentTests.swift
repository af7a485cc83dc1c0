import Foundation
import Patterns
import Restate
import RestateTesting
import Testing

/// Payments by card and the webhooks that decide them, without crashes.
struct PaymentTests {
    private let provider = PaymentsInMemory(webhookSecret: "whsec")

    private func with(_ body: (TestClient<CardPayments>) async throws -> Void) async throws {
        try await withRestate(Endpoint(CardPayments(provider, webhookSecret: "whsec"))) {
            try await body($0.service(CardPayments.self))
        }
    }

    private func refusal(
        _ code: UInt16, _ message: String, _ body: () async throws -> Void
    ) async throws {
        let error = try await #require(throws: TerminalError.self) { try await body() }
        #expect(error.message == message)
        #expect(error.code == code)
    }

    @Test func `what is decided at once needs no webhook`() async throws {
        try await with { payments in
            try await payments.processPayment(.init(paymentMethodId: "pm_card_visa", amount: 1))
            #expect(provider.summary == ["succeeded 1"])
            try await refusal(
                500, "Payment declined: requires_payment_method - Your card was declined."
            ) {
                try await payments.processPayment(
                    .init(paymentMethodId: "pm_card_visa_chargeDeclined", amount: 1))
            }
        }
    }

    @Test func `what is not decided at once waits for its webhook, and not for another event`()
        async throws
    {
        try await withRestate(Endpoint(CardPayments(provider, webhookSecret: "whsec"))) {
            restate in
            let payments = restate.service(CardPayments.self)
            let payment = try await payments.processPayment.send(
                .init(paymentMethodId: "pm_usBankAccount_success", amount: 1))
            try await restate.settle()
            var answers: [Bool] = []
            for event in provider.events {
                provider.settle(event)
                _ = try await payments.processWebhook
                    .header("stripe-signature", event.signature)(event.body)
                try await restate.settle()
                answers.append(try await payment.output() != nil)
            }
            #expect(answers == [false, true])
            #expect(provider.summary == ["succeeded 1"])
        }
    }

    @Test func `a request that lacks something, or that the provider refuses, is told`()
        async throws
    {
        try await with { payments in
            try await refusal(400, "'amount' missing or zero in request") {
                try await payments.processPayment(.init(paymentMethodId: "pm_card_visa", amount: 0))
            }
            try await refusal(400, "'paymentMethodId' missing in request") {
                try await payments.processPayment(.init(paymentMethodId: nil, amount: 1))
            }
            try await refusal(500, "No such PaymentMethod: 'cash'") {
                try await payments.processPayment(.init(paymentMethodId: "cash", amount: 1))
            }
        }
    }

    @Test func `a webhook counts only with a signature that is right and new`() async throws {
        let body = Array(#"{"type":"payment_intent.created","data":{"object":{}}}"#.utf8)
        let now = Int(Date().timeIntervalSince1970)
        func signed(_ age: Int, with secret: String = "whsec") -> String {
            let time = now - age
            let code = HMACSHA256.hex(of: Array("\(time).".utf8) + body, key: Array(secret.utf8))
            return "t=\(time),v1=\(code)"
        }
        try await with { payments in
            let webhook = payments.processWebhook
            #expect(try await webhook.header("stripe-signature", signed(0))(body).received)
            let rotated = "\(signed(0, with: "old")),\(signed(0).split(separator: ",")[1])"
            #expect(try await webhook.header("stripe-signature", rotated)(body).received)
            try await refusal(400, "Missing 'stripe-signature' header.") {
                _ = try await webhook(body)
            }
            for (signature, why) in [
                (signed(0, with: "another"), "No signature matches the body"),
                (signed(3600), "The signature is too old"), ("v1=00", "The signature has no time"),
            ] {
                try await refusal(400, "Webhook Error: \(why)") {
                    _ = try await webhook.header("stripe-signature", signature)(body)
                }
            }
        }
    }

    @Test(arguments: [
        ("", 404, "Missing callback property: restate_callback_id"),
        (
            #","metadata":{"restate_callback_id":"lunch"}"#, 400,
            "restate_callback_id must be the id of an awakeable, not 'lunch'"
        ),
    ])
    func `a decision without an id of ours is told as one`(
        metadata: String, code: UInt16, why: String
    ) async throws {
        let intent = #"{"id":"pi","status":"succeeded","amount":1,"currency":"usd"\#(metadata)}"#
        try await with { payments in
            try await refusal(code, why) {
                let event = #"{"type":"payment_intent.succeeded","data":{"object":\#(intent)}}"#
                try await deliver(event, to: payments)
            }
        }
    }

    @Test(arguments: [
        ("lunch", "it is no JSON"), ("[]", "it must be an object"), ("{}", "type is missing"),
        (#"{"type":7}"#, "type must be a text"),
        (#"{"type":"payment_intent.succeeded"}"#, "data is missing"),
        (
            #"{"type":"payment_intent.succeeded","data":{"object":{"id":"pi"}}}"#,
            "data.object.status is missing"
        ),
        (
            #"{"type":"payment_intent.succeeded","data":{"object":{"id":null}}}"#,
            "data.object.id must be a text, not null"
        ),
    ])
    func `a body that is no event is told, with the field`(
        body: String, why: String
    ) async throws {
        try await with { payments in
            try await refusal(400, "Webhook Error: The body is no event: \(why)") {
                try await deliver(body, to: payments)
            }
        }
    }

    @Test func `a payment that is cancelled while it waits is paid back`() async throws {
        try await withRestate(Endpoint(CardPayments(provider, webhookSecret: "whsec"))) {
            restate in
            let payment = try await restate.service(CardPayments.self).processPayment.send(
                .init(paymentMethodId: "pm_card_visa", amount: 1, delayedStatus: true))
            try await restate.settle()
            await payment.cancel()
            let error = try await #require(throws: TerminalError.self) {
                try await payment.attach()
            }
            #expect(error.code == 409)
            #expect(provider.summary == ["succeeded 1 and refunded"])
        }
    }

    /// Delivers an event with a signature that is right.
    private func deliver(_ event: String, to payments: TestClient<CardPayments>) async throws {
        let time = Int(Date().timeIntervalSince1970)
        let signed = Array("\(time).\(event)".utf8)
        let code = HMACSHA256.hex(of: signed, key: Array("whsec".utf8))
        _ = try await payments.processWebhook
            .header("stripe-signature", "t=\(time),v1=\(code)")(Array(event.utf8))
    }
}
