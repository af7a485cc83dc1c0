import EndpointSupport
import Nexus
import Restate
import Testing

/// The gateway as Checkout meets it: over HTTP.
@Suite(.timeLimit(.minutes(10))) struct GatewayTests {
    private func withGateway(
        _ body: (HTTPGateway) async throws -> Void
    ) async throws {
        let running = try Endpoint([]).serving(MockGateway(chargeTime: .zero))
            .start(host: "127.0.0.1", port: 0, loops: 1)
        try await body(HTTPGateway(GatewayURL("http://127.0.0.1:\(running.port)")))
        await running.shutdown(grace: .zero)
    }

    @Test func `the same key is charged once`() async throws {
        try await withGateway { gateway in
            let first = try await gateway.charge(100, to: .success, key: "a")
            let again = try await gateway.charge(100, to: .success, key: "a")
            let other = try await gateway.charge(100, to: .success, key: "b")
            #expect(!first.isEmpty && first == again && first != other)
        }
    }

    @Test func `a declined card is told with the gateway's reason`() async throws {
        try await withGateway { gateway in
            await #expect(throws: PaymentDeclined("Insufficient funds")) {
                try await gateway.charge(100, to: .decline, key: "a")
            }
        }
    }

    @Test func `a gateway in trouble is a time-out`() async throws {
        try await withGateway { gateway in
            await #expect(throws: GatewayError.timeout) {
                try await gateway.charge(100, to: .error, key: "a")
            }
        }
    }

    @Test func `a refund voids its key, charged or not`() async throws {
        try await withGateway { gateway in
            _ = try await gateway.charge(100, to: .success, key: "a")
            #expect(try await gateway.refund(key: "a"))
            #expect(try await gateway.refund(key: "a"))
            #expect(try await !gateway.refund(key: "b"))
            await #expect(throws: PaymentDeclined("Payment voided")) {
                try await gateway.charge(100, to: .success, key: "b")
            }
        }
    }
}
