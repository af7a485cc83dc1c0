import EndpointSupport
import Foundation
import Nexus
import NexusOperations
import Restate
import Support
import Testing

/// What is the operator's: charges and refunds of the mock gateway, its ledger, the outbox and the metrics.
@Suite(.timeLimit(.minutes(10))) struct OperatorTests {
    private static let secret = "a-secret-of-the-operator"
    private static let routes = [
        ("POST", "/api/mock-payment"), ("POST", "/api/mock-payment/refunds"),
        ("GET", "/api/mock-payment/ledger"), ("GET", "/api/outbox"), ("GET", "/metrics"),
    ]
    private static let charge = #"{"amount":100,"paymentMethodId":"card_success"}"#

    private let gateway = MockGateway(chargeTime: .zero)

    private func shop(_ house: House, token: String? = nil) throws -> Endpoint {
        var settings = NexusSettings()
        settings.house = house
        settings.operatorToken = try token.map { try OperatorToken($0) }
        return BoxOffice(settings, gateway: gateway, mailer: Outbox(mailTime: .zero)).endpoint
    }

    private func statuses(_ port: Int, authorization: String? = nil) async throws -> [Int] {
        var statuses: [Int] = []
        for (method, path) in Self.routes {
            let reply = try await ask(
                port, method, path, key: "a", Self.charge, authorization: authorization)
            statuses.append(reply.status)
        }
        return statuses
    }

    @Test func `a sealed shop without a token refuses its operator's routes to everybody`()
        async throws
    {
        _ = try await gateway.charge(100, to: .success, key: "sold")
        try await serving(shop(.sealed(["A1"]))) { port in
            let found = try await statuses(port)
            #expect(found == [403, 403, 403, 403, 403])
            let shown = try await statuses(port, authorization: "Bearer a-secret-of-mine!!")
            #expect(shown == [403, 403, 403, 403, 403])
            let refund = try await ask(port, "POST", "/api/mock-payment/refunds", key: "sold")
            #expect(refund.body.contains("NEXUS_OPERATOR_TOKEN"))
        }
        #expect(await gateway.entries.map(\.refunded) == [false])
        #expect(await gateway.entries.map(\.key) == ["sold"])
    }

    @Test(arguments: [House.open, try! House.sealed(["A1"])])
    func `with a token its operator's routes are for who has it, sealed or open`(house: House)
        async throws
    {
        try await serving(shop(house, token: Self.secret)) { port in
            for authorization in [
                nil, "", "Bearer", "Bearer \(Self.secret)x", "Bearer \(Self.secret.dropLast())",
                "Basic \(Self.secret)", Self.secret, "Bearer  \(Self.secret)",
                "Bearer \(Self.secret.dropLast())X",
            ] {
                let found = try await statuses(port, authorization: authorization)
                #expect(found == [401, 401, 401, 401, 401], "\(authorization ?? "nothing")")
            }
            for scheme in ["Bearer", "bearer"] {
                let found = try await statuses(port, authorization: "\(scheme) \(Self.secret)")
                #expect(found == [200, 200, 200, 200, 200])
            }
        }
    }

    @Test func `an open shop without a token is a game, and everybody sees behind it`() async throws
    {
        try await serving(shop(.open)) { port in
            let found = try await statuses(port)
            #expect(found == [200, 200, 200, 200, 200])
        }
    }

    @Test
    func `checkout charges at a gateway that wants the token, and the ledger is read with it`()
        async throws
    {
        let token = try OperatorToken(Self.secret)
        try await serving(Endpoint([]).serving(gateway, for: .holders(of: token))) { port in
            let url = "http://127.0.0.1:\(port)"
            let known = HTTPGateway(try GatewayURL(url), token: token)
            #expect(try await !known.charge(100, to: .success, key: "a").isEmpty)
            let stranger = HTTPGateway(try GatewayURL(url))
            let error = await #expect(throws: GatewayError.self) {
                try await stranger.refund(key: "a")
            }
            #expect(error?.description.hasPrefix("Gateway error: status 401") == true)
            #expect(
                try await LedgerReader(gateway: url, token: token).entries().map(\.refunded) == [
                    false
                ])
            let refusal = await #expect(throws: OperationFailed.self) {
                try await LedgerReader(gateway: url).entries()
            }
            #expect(refusal?.description.contains("give --operator-token") == true)
        }
    }

    @Test(arguments: [
        "", "fifteen-letters", "sixteen letters!", "sixteen-letters\r\nx: y",
        String(repeating: "x", count: 257),
    ])
    func `what can be guessed or breaks a header is no token`(text: String) {
        #expect(throws: InvalidOperatorToken.self) { try OperatorToken(text) }
    }

    @Test func `a token is not told by accident`() throws {
        #expect(!"\(try OperatorToken(Self.secret))".contains(Self.secret))
    }

    @Test func `a command that is given a token which is none says so without it`() async throws {
        for words in [["serve"], ["gateway"], ["reconcile"], ["scenarios", "--url", "http://a"]] {
            let ended = try await EndedProcess(
                product: "nexus", words, environment: ["NEXUS_OPERATOR_TOKEN": "too short"])
            #expect(ended.status == 2)
            #expect(
                ended.complaint.hasPrefix(
                    "nexus: NEXUS_OPERATOR_TOKEN must be a token of 16 to 256 characters"))
            #expect(!ended.complaint.contains("too short"))
        }
    }

    @Test func `a gateway alone asks for the token, and says whether it does`() async throws {
        let words = ["gateway", "--host", "127.0.0.1", "--port", "0"]
        try await withProduct(
            "nexus", words + ["--operator-token", Self.secret],
            saying: "are for who has the operator's token"
        ) { port in
            let closed = try await ask(port, "GET", "/api/mock-payment/ledger")
            #expect(closed.status == 401)
            let open = try await ask(
                port, "GET", "/api/mock-payment/ledger", authorization: "Bearer \(Self.secret)")
            #expect(open == Reply(200, "[]"))
            #expect(try await ask(port, "GET", "/metrics").status == 401)
        }
        try await withProduct(
            "nexus", words, saying: "Whoever reaches this port can charge and refund"
        ) { _ in }
    }

    @Test func `a body that is too large is refused in the words of the other refusals`()
        async throws
    {
        try await serving(Endpoint([]).serving(gateway)) { port in
            let body = String(repeating: " ", count: 20_000)
            let reply = try await ask(port, "POST", "/api/mock-payment", key: "a", body)
            #expect(reply == Reply(413, #"{"error":"The body is over 16384 bytes"}"#))
        }
    }
}
