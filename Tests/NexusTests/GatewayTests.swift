import Nexus
import Primitives
import Restate
import Support
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

    @Test
    func
        `a gateway that is not there is told to buyers without its address, and to operators with it`()
        async throws
    {
        let port = try SilentPort()
        let lines = Locked<[String]>([])
        let gateway = HTTPGateway(try GatewayURL("http://127.0.0.1:\(port.number)")) { line in
            lines.withLock { $0.append(line) }
        }
        let error = await #expect(throws: GatewayError.self) {
            try await gateway.refund(key: "a")
        }
        #expect(error?.description == "Gateway error: it cannot be reached")
        let told = lines.withLock { $0 }
        #expect(told.count == 1)
        #expect(
            told.first?.hasPrefix(
                "The gateway http://127.0.0.1:\(port.number)/api/mock-payment does not answer: Failed to"
            ) == true, "\(told)")
    }

    @Test func `a gateway that breaks off is told to buyers without its address`() async throws {
        let endpoint = Endpoint([]).route("POST", GatewayPath.refund) { _ in
            RouteResponse { _ in throw CancellationError() }
        }
        try await serving(endpoint) { port in
            let gateway = HTTPGateway(try GatewayURL("http://127.0.0.1:\(port)"))
            let error = await #expect(throws: GatewayError.self) {
                try await gateway.refund(key: "a")
            }
            #expect(error?.description.contains("127.0.0.1") == false, "\(error as Any)")
        }
    }
}
