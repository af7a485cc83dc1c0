import EndpointSupport
import Foundation
import Patterns
import Restate
import RestateClient
import RestateLocal
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The parts of the patterns that speak HTTP, on free ports.
struct PatternServerTests {
    private struct World {
        let server: RunningLocalServer
        let client: RestateClient
    }

    private func with(
        _ endpoint: Endpoint, _ body: (World) async throws -> Void
    ) async throws {
        var settings = LocalServerSettings()
        settings.ingressPort = 0
        settings.adminPort = 0
        let server = try await LocalServer(settings).start()
        do {
            try await server.register(endpoint.logger(SilentLogger()))
            let ingress = try #require(URL(string: server.ingressURL))
            try await body(World(server: server, client: RestateClient(ingress: ingress)))
        } catch {
            await server.shutdown()
            throw error
        }
        await server.shutdown()
    }

    @Test func `a program shares promises with handlers`() async throws {
        let endpoint = Endpoint(
            DurablePromises(), DurablePromiseServer(), QuestionsAndAnswers())
        try await with(endpoint) { world in
            let promise = IngressPromise<String>("p", world.client)
            let open = try await promise.peek()
            #expect(open == nil)
            async let value = promise.get()
            let first = try await promise.resolve("for everyone")
            let second = try await promise.reject("in vain")
            let waited = try await value
            #expect([first, second, waited] == Array(repeating: "for everyone", count: 3))
            let answered = try await world.client.service(QuestionsAndAnswers.self).ask("p")
            #expect(answered.answer == "for everyone")

            let refused = IngressPromise<String>("no", world.client)
            await #expect(throws: TerminalError("help!")) { _ = try await refused.reject("help!") }
            await #expect(throws: TerminalError("help!")) { _ = try await refused.get() }
        }
    }

    @Test
    func `parts of another process count an effect once, and refuse what comes after its end`()
        async throws
    {
        let parts = EffectsInMemory()
        try await serving(Endpoint([]).parts(parts)) { port in
            let url = "http://127.0.0.1:\(port)"
            let client = EffectsClient(url)
            #expect(try await client.record("mail", "send reminder", key: "i/0", body: "a") == 1)
            #expect(try await client.record("mail", "send reminder", key: "i/0", body: "a") == 2)
            #expect(parts.summary == ["mail send reminder i/0"])
            _ = try await client.record("cars", "cancel", key: "c", body: "")
            let error = try await #require(throws: TerminalError.self) {
                _ = try await client.record("cars", "reserve", key: "c", body: "")
            }
            #expect(error.code == 409)
            #expect(try await client.look("posts", key: "k") == "PENDING")
            #expect(try await client.look("posts", key: "k") == "PENDING")
            #expect(try await client.look("posts", key: "k") == "DONE")
        }
    }

    @Test func `the stand-in for the payment provider speaks as Stripe does`() async throws {
        let provider = PaymentsInMemory(webhookSecret: "whsec")
        try await serving(Endpoint([]).payments(provider)) { port in
            let url = "http://127.0.0.1:\(port)"
            let client = StripeClient(url, secretKey: "sk")
            func pay(_ method: String, _ key: String) async throws -> Payment {
                try await client.pay(
                    PaymentOrder(method: method, amount: 109, callback: .init("sign_1+/=")),
                    key: key)
            }
            let paid = try await pay("pm_card_visa", "k1")
            #expect(paid.intent.status == "succeeded")
            #expect(paid.intent.metadata == ["restate_callback_id": "sign_1+/="])
            #expect(try await pay("pm_card_visa", "k1").intent.id == paid.intent.id)
            try await client.takeBack(paid.intent.id, key: "k1")

            let declined = try await pay("pm_card_visa_chargeDeclined", "k2")
            #expect(declined.text == "Your card was declined.")
            try await client.takeBack(declined.intent.id, key: "k2")

            let open = try await pay("pm_usBankAccount_success", "k3")
            await #expect(throws: (any Error).self) {
                try await client.takeBack(open.intent.id, key: "k3")
            }
            let refused = try await #require(throws: TerminalError.self) {
                _ = try await pay("cash", "k4")
            }
            #expect(refused.message == "No such PaymentMethod: 'cash'")
            #expect(
                provider.summary == [
                    "succeeded 109 and refunded", "canceled 109", "processing 109",
                ])
        }
    }

    @Test func `a payment is decided by a webhook of the stand-in`() async throws {
        let provider = PaymentsInMemory(webhookSecret: "whsec")
        try await with(Endpoint(CardPayments(provider, webhookSecret: "whsec"))) { world in
            provider.deliver(to: "\(world.server.ingressURL)/payments/processWebhook") { true }
            try await world.client.service(CardPayments.self).processPayment(
                .init(paymentMethodId: "pm_card_visa", amount: 109, delayedStatus: true))
            #expect(provider.summary == ["succeeded 109"])
        }
    }

    @Test func `a request that is made again gets the first one's answer`() async throws {
        try await with(Endpoint(Product())) { world in
            try await serving(Endpoint([]).reservations(through: world.client)) { port in
                let url = "http://127.0.0.1:\(port)"
                for (path, answer) in [("p2/r1", "true"), ("p2/r2", "false"), ("p2/r1", "true")] {
                    let said = try await post("\(url)/reserve/\(path)")
                    #expect(said == answer)
                }
            }
        }
    }

    @Test func `an id that cannot be sent is the caller's mistake`() async throws {
        let nobody = try #require(URL(string: "http://127.0.0.1:9"))
        let client = RestateClient(ingress: nobody, retries: .never)
        try await serving(Endpoint([]).reservations(through: client)) { port in
            let url = "http://127.0.0.1:\(port)"
            for (id, expected) in [("%C3%A9", 400), ("%0A", 400), ("r1", 503)] {
                let status = try await status("\(url)/reserve/p/\(id)")
                #expect(status == expected)
            }
        }
    }

    private func status(_ url: String) async throws -> Int? {
        var request = URLRequest(url: try #require(URL(string: url)))
        request.httpMethod = "POST"
        let (_, response) = try await URLSession.shared.data(for: request)
        return (response as? HTTPURLResponse)?.statusCode
    }

    private func post(_ url: String) async throws -> String {
        var request = URLRequest(url: try #require(URL(string: url)))
        request.httpMethod = "POST"
        let (body, _) = try await URLSession.shared.data(for: request)
        return String(decoding: body, as: UTF8.self)
    }
}
