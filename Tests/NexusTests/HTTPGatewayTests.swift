import EndpointSupport
import Primitives
import Restate
import RestateHTTP
import Support
import Testing

@testable import Nexus

/// The client of a gateway elsewhere, against those that answer in other ways than ours.
@Suite(.timeLimit(.minutes(10)))
struct HTTPGatewayTests {
    private func withGateway(
        _ endpoint: Endpoint, _ body: (HTTPGateway) async throws -> Void
    ) async throws {
        try await serving(endpoint) { port in
            try await body(HTTPGateway(GatewayURL("http://127.0.0.1:\(port)")))
        }
    }

    private func answering(_ status: Int, _ body: String) -> Endpoint {
        let response = RouteResponse.text(body, status: status)
        return Endpoint([])
            .route("POST", GatewayPath.charge) { _ in response }
            .route("POST", GatewayPath.refund) { _ in response }
    }

    @Test func `a bare 200 is a charge whose transaction is the key`() async throws {
        try await withGateway(answering(200, "")) { gateway in
            let transaction = try await gateway.charge(100, to: .success, key: "a")
            #expect(transaction == "a")
            let refunded = try await gateway.refund(key: "a")
            #expect(refunded)
        }
    }

    @Test func `a gateway that is started again loses no sale`() async throws {
        let mock = Endpoint([]).serving(MockGateway(chargeTime: .zero)).quiet
        let first = try mock.start(host: "127.0.0.1", port: 0, loops: 1)
        let port = first.port
        await first.shutdown(grace: .zero)
        let second = Locked<RunningEndpoint?>(nil)
        let gateway = HTTPGateway(
            try GatewayURL("http://127.0.0.1:\(port)"), token: nil, trouble: { _ in }
        ) { _ in
            // It comes back between two tries.
            if second.withLock({ $0 }) != nil { return }
            let running = try mock.start(host: "127.0.0.1", port: port, loops: 1)
            second.withLock { $0 = running }
        }
        #expect(try await !gateway.charge(100, to: .success, key: "a").isEmpty)
        let running = try #require(second.withLock { $0 })
        await running.shutdown(grace: .zero)
    }

    @Test func `a gateway that breaks a connection is asked again under the same key`() async throws
    {
        let mock = MockGateway(chargeTime: .zero)
        let isBroken = Locked(true)
        let endpoint = Endpoint([]).route("POST", GatewayPath.charge) { _ in
            if isBroken.withLock({ $0 }) { return RouteResponse { _ in throw CancellationError() } }
            let reply = await mock.reply(toCharge: 100, .success, key: "a")
            return try .json(reply.body)
        }
        try await serving(endpoint) { port in
            let gateway = HTTPGateway(
                try GatewayURL("http://127.0.0.1:\(port)"), token: nil, trouble: { _ in }
            ) { _ in isBroken.withLock { $0 = false } }
            let transaction = try await gateway.charge(100, to: .success, key: "a")
            #expect(!transaction.isEmpty)
        }
        #expect(await mock.entries.map(\.charges) == [1])
    }

    @Test(arguments: [true, false])
    func `a gateway in trouble is told to buyers without its address, and to operators with it`(
        isThere: Bool
    ) async throws {
        let broken = Endpoint([]).route("POST", GatewayPath.refund) { _ in
            RouteResponse { _ in throw CancellationError() }
        }
        let silence = try SilentPort()
        let (lines, tries) = (Locked<[String]>([]), Locked(1))
        try await serving(broken) { port in
            let url = "http://127.0.0.1:\(isThere ? port : silence.number)"
            let gateway = HTTPGateway(
                try GatewayURL(url), token: nil,
                trouble: { line in lines.withLock { $0.append(line) } }
            ) { _ in tries.withLock { $0 += 1 } }
            let error = await #expect(throws: GatewayError.self) {
                try await gateway.refund(key: "a")
            }
            let expected = isThere ? "the connection to it was lost" : "it cannot be reached"
            #expect(error == GatewayError.failed(expected))
            let told = lines.withLock { $0 }
            #expect(told.count == 1)
            #expect(
                told.first?.hasPrefix("The gateway \(url)/api/mock-payment does not answer: ")
                    == true,
                "\(told)")
        }
        #expect(tries.withLock { $0 } == 8)
    }

    @Test func `another status is trouble that may pass`() async throws {
        try await withGateway(answering(418, #"{"error":"tea"}"#)) { gateway in
            let expected = GatewayError.failed("status 418, tea")
            await #expect(throws: expected) {
                try await gateway.charge(100, to: .success, key: "a")
            }
            await #expect(throws: expected) { try await gateway.refund(key: "a") }
            #expect(expected.description == "Gateway error: status 418, tea")
        }
    }

    @Test func `a gateway that does not answer is given up, and its connection closed`()
        async throws
    {
        let (closed, close) = AsyncStream.makeStream(of: Void.self)
        let silent = Endpoint([]).route("POST", GatewayPath.charge) { _ in
            try? await Task.sleep(for: .seconds(600))
            close.finish()
            return RouteResponse()
        }
        try await withGateway(silent) { gateway in
            await #expect(throws: GatewayError.timeout) {
                try await within(.milliseconds(50), else: GatewayError.timeout) {
                    try await gateway.charge(100, to: .success, key: "a")
                }
            }
            // The route's sleep ends because its client has gone.
            for await _ in closed {}
        }
    }
}
