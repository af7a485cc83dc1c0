import Foundation
import Restate
import RestateClient
import RestateHTTP
import Testing

/// What the client refuses by itself, and how it tells a handler's error from the ingress's.
@Suite(.timeLimit(.minutes(10))) struct RefusalTests {
    /// Nobody listens there: what is refused is refused before anything is sent.
    private var nowhere: RestateClient {
        get throws {
            RestateClient(ingress: try url("http://127.0.0.1:1"), retries: .never)
        }
    }

    @Test(arguments: ["order-7\n", "order\r\n7", "é", "\u{7f}", "", " order-7", "order-7\t", "\0"])
    func `an idempotency key that would not arrive is refused`(key: String) async throws {
        let call = try nowhere.service(Greeter.self).greet.idempotencyKey(key)
        for attempt in [
            { _ = try await call("Ada") }, { _ = try await call.send("Ada") },
            { _ = try await call.attach() }, { _ = try await call.output() },
        ] as [() async throws -> Void] {
            let error = await #expect(throws: IngressError.self) { try await attempt() }
            #expect(error?.status == nil)
            #expect(
                error?.description.contains("idempotency key") == true,
                "\(String(describing: error))")
        }
    }

    @Test(arguments: [
        ("x-a", "1\r\nx-b: 2"), ("x-a", "ü"), ("x-a", "\0"), ("x a", "1"), ("", "1"), ("x:a", "1"),
        ("ä", "1"), ("x-a\n", "1"),
    ])
    func `a header that would not arrive is refused`(name: String, value: String) async throws {
        let call = try nowhere.service(Greeter.self).greet.header(name, value)
        let error = await #expect(throws: IngressError.self) { try await call("Ada") }
        #expect(error?.description.contains("header") == true)
        let token = RestateClient(ingress: try url("http://127.0.0.1:1"), token: "a\nb")
        await #expect(throws: IngressError.self) { try await token.health() }
    }

    @Test(arguments: [".", "..", "...", ".a", "%2E", "%2e%2e"])
    func `keys of dots reach their object`(key: String) async throws {
        try await withClient(Counter()) { client, _ in
            let sum = try await client.object(Counter.self, key).add(2)
            #expect(sum == 2)
            let raw = client.call(service: "Counter", key: key, handler: "get")
            let text = try await raw([])
            #expect(text == Array("2".utf8))
            let other = try await client.object(Counter.self, key + "x").get()
            #expect(other == 0)
        }
    }

    @Test func `a delay without end is one to the last moment there is`() async throws {
        try await withClient(Greeter()) { client, admin in
            let sent = try await client.service(Greeter.self).greet
                .send("Ada", after: .seconds(Int64.max))
            #expect(sent.isNew)
            try await admin.cancel(sent.id)
        }
    }

    @Test func `a handler that its table computes cannot be called`() async throws {
        let call = try nowhere.service(Computed.self).ping.idempotencyKey("k")
        for attempt in [
            { try await call() }, { _ = try await call.send() }, { try await call.attach() },
        ] as [() async throws -> Void] {
            let error = await #expect(throws: IngressError.self) { try await attempt() }
            #expect(error?.description.contains("must be stored properties of API") == true)
        }
    }

    @Test(arguments: [Double.infinity, .nan, 1e300, 0, -3])
    func `any factor of a retry policy can be waited for`(factor: Double) async throws {
        let policy = ClientRetryPolicy(
            maxAttempts: 6, initialInterval: .milliseconds(1), factor: factor,
            maxInterval: .milliseconds(2))
        let client = RestateClient(ingress: try url("http://127.0.0.1:1"), retries: policy)
        await #expect(throws: IngressError.self) { try await client.health() }
    }

    // MARK: Whose error it is

    private struct Said {
        var status = 500
        var headers: [(String, String)] = []
        var body = ""
    }

    private func failure(_ said: Said) async throws -> (any Error)? {
        let ingress = try Endpoint([]).route("POST", "/Greeter/greet") { _ in
            var response = RouteResponse.text(said.body, status: said.status)
            response.headers += said.headers.map { (name: $0, value: $1) }
            return response
        }.start(host: "127.0.0.1", port: 0, loops: 1)
        let client = RestateClient(
            ingress: try url("http://127.0.0.1:\(ingress.port)"), retries: .never)
        var failure: (any Error)?
        do {
            _ = try await client.service(Greeter.self).greet("Ada")
        } catch {
            failure = error
        }
        await ingress.shutdown(grace: .zero)
        return failure
    }

    @Test func `a terminal error with a code of success is an error`() async throws {
        for status in [200, 202, 204, 299] {
            let error = try await failure(
                Said(status: status, headers: [("x-restate-error-source", "invocation")]))
            #expect((error as? TerminalError)?.code == UInt16(status), "\(status)")
        }
        let told = try await failure(
            Said(
                status: 200, headers: [("x-restate-error-source", "invocation")],
                body: #"{"code":200,"message":"not really"}"#))
        #expect((told as? TerminalError)?.message == "not really")
        let ingress = try await failure(
            Said(status: 200, headers: [("x-restate-error-source", "ingress")]))
        #expect(ingress is IngressError)
    }

    @Test func `a server before 1_7_4 says whose error it is by the invocation's id`() async throws
    {
        let body = #"{"message":"sold"}"#
        let ofHandler = try await failure(
            Said(status: 409, headers: [("x-restate-id", "inv_1")], body: body))
        #expect(ofHandler as? TerminalError == TerminalError("sold", code: 409))
        let ofIngress = try await failure(Said(status: 409, body: body))
        #expect((ofIngress as? IngressError)?.status == 409)
        let inBody = try await failure(
            Said(
                status: 409, headers: [("x-restate-id", "inv_1")],
                body: #"{"message":"sold","source":"ingress"}"#))
        #expect(inBody is IngressError)
    }
}

private struct Computed: Service {
    func ping(_ ctx: Context) async throws {}

    struct API: HandlerTable {
        let stored = handler(Computed.ping)
        var ping: Handler<Computed, Void, Void> { handler(Computed.ping) }
    }
}
