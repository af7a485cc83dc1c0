import CanonicalJSON
import EndpointSupport
import Restate
import RestateHTTP
import Testing

@testable import Nexus

@Suite(.timeLimit(.minutes(10)))
struct GatewayRoutesTests {
    private static let success = #"{"amount":100,"paymentMethodId":"card_success"}"#

    private func withGateway(_ body: (_ port: Int) async throws -> Void) async throws {
        try await serving(Endpoint([]).serving(MockGateway(chargeTime: .zero)), body)
    }

    private func transaction(_ reply: Reply) throws -> String {
        #expect(reply.status == 200)
        let answer = try JSON.decode(GatewayAnswer.self, from: Array(reply.body.utf8))
        #expect(answer.success == true)
        return try #require(answer.transactionId)
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2])
    func `the same key gets the same transaction, another key another`(
        version: HTTPVersion
    ) async throws {
        try await withGateway { port in
            func charge(_ key: String) async throws -> String {
                try transaction(
                    await ask(
                        port, "POST", GatewayPath.charge, key: key, Self.success, version: version))
            }
            let first = try await charge("a")
            #expect(try await charge("a") == first)
            #expect(try await charge("b") != first)
            let ledger = try await ask(port, "GET", GatewayPath.ledger, version: version)
            let a = #"{"amount":100,"asked":2,"charges":1,"key":"a","refunded":false}"#
            let b = #"{"amount":100,"asked":1,"charges":1,"key":"b","refunded":false}"#
            #expect(ledger == Reply(200, "[\(a),\(b)]"))
        }
    }

    @Test func `the same key with another amount is a mistake, and charges nothing`() async throws {
        try await withGateway { port in
            _ = try await ask(port, "POST", GatewayPath.charge, key: "a", Self.success)
            let other = #"{"amount":99,"paymentMethodId":"card_success"}"#
            let reply = try await ask(port, "POST", GatewayPath.charge, key: "a", other)
            #expect(reply == Reply(409, #"{"error":"The key was used for another amount"}"#))
            let ledger = try await ask(port, "GET", GatewayPath.ledger)
            #expect(
                ledger.body
                    == #"[{"amount":100,"asked":1,"charges":1,"key":"a","refunded":false}]"#)
        }
    }

    @Test func `a card that cannot pay and a gateway in trouble are told apart`() async throws {
        try await withGateway { port in
            let declined = try await ask(
                port, "POST", GatewayPath.charge, key: "a",
                #"{"amount":100,"paymentMethodId":"card_decline"}"#)
            #expect(declined == Reply(402, #"{"error":"Insufficient funds"}"#))
            let trouble = try await ask(
                port, "POST", GatewayPath.charge, key: "a",
                #"{"amount":100,"paymentMethodId":"card_error"}"#)
            #expect(trouble == Reply(503, #"{"error":"Gateway timeout"}"#))
        }
    }

    @Test func `a refund voids the key, charged or not`() async throws {
        try await withGateway { port in
            let free = try await ask(port, "POST", GatewayPath.refund, key: "free")
            #expect(free == Reply(200, #"{"refunded":false}"#))
            let late = try await ask(port, "POST", GatewayPath.charge, key: "free", Self.success)
            #expect(late == Reply(402, #"{"error":"Payment voided"}"#))

            _ = try await ask(port, "POST", GatewayPath.charge, key: "paid", Self.success)
            for _ in 1...2 {
                let paid = try await ask(port, "POST", GatewayPath.refund, key: "paid")
                #expect(paid == Reply(200, #"{"refunded":true}"#))
            }
        }
    }

    @Test func `a request that makes no sense is told why`() async throws {
        try await withGateway { port in
            let keyless = Reply(400, #"{"error":"The header 'idempotency-key' is missing"}"#)
            #expect(try await ask(port, "POST", GatewayPath.charge, Self.success) == keyless)
            #expect(try await ask(port, "POST", GatewayPath.refund) == keyless)
            for body in ["", "{}", #"{"amount":0,"paymentMethodId":"card_success"}"#] {
                let reply = try await ask(port, "POST", GatewayPath.charge, key: "a", body)
                #expect(reply.status == 400)
            }
            #expect(try await ask(port, "GET", GatewayPath.charge).status == 405)
            #expect(try await ask(port, "GET", GatewayPath.ledger) == Reply(200, "[]"))
        }
    }

    @Test func `many charges with one key at once are one`() async throws {
        let gateway = MockGateway(chargeTime: .milliseconds(20))
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 {
                group.addTask { try await gateway.charge(100, to: .success, key: "a") }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        #expect(
            await gateway.entries == [
                LedgerEntry(key: "a", amount: 100, asked: 20, charges: 1, refunded: false)
            ])
    }

    @Test func `a client that goes away does not stop its charge`() async throws {
        let gateway = MockGateway(chargeTime: .milliseconds(20))
        let task = Task { try await gateway.charge(100, to: .success, key: "a") }
        task.cancel()
        _ = try await task.value
        #expect(await gateway.entries.map(\.charges) == [1])
    }

    @Test func `the outbox lists what was sent`() async throws {
        let outbox = Outbox(mailTime: .zero)
        try await outbox.send(Mail(to: "u", subject: "s", text: "t"), key: "k")
        try await serving(Endpoint([]).serving(outbox)) { port in
            let list = try await ask(port, "GET", "/api/outbox")
            #expect(list == Reply(200, #"[{"key":"k","subject":"s","text":"t","to":"u"}]"#))
        }
    }
}
