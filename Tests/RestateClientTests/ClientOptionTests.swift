import Foundation
import Primitives
import Restate
import RestateClient
import RestateHTTP
import Support
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Headers, limits, sessions, retries and the environment.
@Suite(.timeLimit(.minutes(10))) struct ClientOptionTests {
    @Test func `a header of the client is sent unless a call has its own`() async throws {
        try await withClient(Greeter()) { client, _ in
            let header = client.header("x-tenant", "1").header("X-Tenant", "2")
                .service(Greeter.self).header
            let ofClient = try await header("x-tenant")
            #expect(ofClient == "2")
            let ofCall = try await header.header("x-tenant", "3")("x-tenant")
            #expect(ofCall == "3")
            await #expect(throws: IngressError.self) {
                try await client.header("x tenant", "1").service(Greeter.self).greet("Ada")
            }
        }
    }

    @Test func `a call that takes too long is told, and the invocation goes on`() async throws {
        try await withClient(Greeter(), Counter()) { client, admin in
            let sent = try await client.service(Greeter.self).wait.send("notes")
            let error = await #expect(throws: IngressError.self) {
                try await sent.timeout(.milliseconds(1)).attach()
            }
            #expect(error?.code == .timedOut)
            #expect(error?.description.contains("an invocation that has begun goes on") == true)
            let wait = client.service(Greeter.self).wait.idempotencyKey("k")
            for call in [
                { try await wait.timeout(.milliseconds(1))("notes") },
                {
                    try await client.timeout(.milliseconds(1)).service(Greeter.self).wait("notes")
                },
            ] as [() async throws -> String] {
                let error = await #expect(throws: IngressError.self) { try await call() }
                #expect(error?.code == .timedOut)
            }
            #expect(try await sent.output() == nil)
            try await admin.kill(sent.id)
        }
    }

    @Test func `an earlier call is found by its idempotency key or its workflow`() async throws {
        try await withClient(Greeter(), Signup()) { client, _ in
            let greet = client.service(Greeter.self).greet.idempotencyKey("k")
            let sent = try await greet.send("Ada")
            let found = try await greet.invocation()
            #expect(found.id == sent.id)
            #expect(try await found.attach() == "Hello, Ada")
            let signup = client.workflow(Signup.self, "a/b")
            let run = try await signup.run.send("Ada")
            #expect(try await signup.run.invocation().id == run.id)
            try await signup.approve()
            #expect(try await signup.run.attach() == "Ada is in")
            // Its id follows from its key, whether or not somebody has made the call.
            let none = try await client.service(Greeter.self).greet.idempotencyKey("x").invocation()
            let error = await #expect(throws: IngressError.self) { try await none.output() }
            #expect(error?.code == .notFound)
        }
    }

    @Test func `a scope and its limit key are in path, header and question`() async throws {
        let seen = Locked<[String]>([])
        @Sendable func note(_ request: RouteRequest) {
            let limit = request.header("x-restate-limit-key") ?? "-"
            let text = "\(request.path) \(limit) \(String(decoding: request.body, as: UTF8.self))"
            seen.withLock { $0.append(text) }
        }
        let ingress = try Endpoint([]).quiet
            .route("POST", "/restate/scope/big%20shop/call/Greeter/greet") { request in
                note(request)
                return try .json("Hello")
            }
            .route("POST", "/restate/attach") { request in
                note(request)
                return try .json("Hello")
            }
            .start(host: "127.0.0.1", port: 0, loops: 1)
        let client = RestateClient(ingress: try url("http://127.0.0.1:\(ingress.port)"))
        let greet = client.service(Greeter.self).greet.scope("big shop", limitKey: "a/b")
        #expect(try await greet("Ada") == "Hello")
        #expect(try await greet.idempotencyKey("k").attach() == "Hello")
        let texts = seen.withLock { $0 }
        #expect(
            texts == [
                "/restate/scope/big%20shop/call/Greeter/greet a/b \"Ada\"",
                "/restate/attach - "
                    + #"{"handler":"greet","idempotencyKey":"k","scope":"big shop","#
                    + #""service":"Greeter","target":"idempotentInvocation"}"#,
            ])
        await #expect(throws: IngressError.self) { try await greet.scope("")("Ada") }
        await ingress.shutdown(grace: .zero)
    }

    @Test func `a server without scopes says so`() async throws {
        try await withClient(Greeter()) { client, _ in
            let error = await #expect(throws: IngressError.self) {
                try await client.service(Greeter.self).greet.scope("tenant")("Ada")
            }
            #expect(error?.message == "scoped invocations require vqueues to be enabled")
        }
    }

    @Test func `a session of one's own is used`() async throws {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpAdditionalHeaders = ["x-session": "mine"]
        let session = URLSession(configuration: configuration)
        try await withClient(Greeter()) { client, admin in
            let header = client.session(session).service(Greeter.self).header
            #expect(try await header("x-session") == "mine")
            try await admin.session(session).health()
        }
        session.invalidateAndCancel()
    }

    @Test func `the environment says where the server is`() async throws {
        try await withClient(Greeter()) { client, _ in
            let plain = try RestateClient.fromEnvironment([:])
            _ = plain.service(Greeter.self)
            for (variables, said) in [
                (
                    ["RESTATE_INGRESS_URL": "localhost:8080"],
                    "RESTATE_INGRESS_URL is 'localhost:8080'"
                ),
                (["RESTATE_INGRESS_URL": "http://a:0"], "RESTATE_INGRESS_URL is 'http://a:0'"),
                (["RESTATE_INGRESS_KEY": "rstcloudv1_1"], "Set RESTATE_INGRESS_URL"),
            ] {
                let error = #expect(throws: IngressError.self) {
                    try RestateClient.fromEnvironment(variables)
                }
                #expect(error?.code == .configuration)
                #expect(error?.description.contains(said) == true)
            }
            let wrong = #expect(throws: IngressError.self) {
                try RestateAdmin.fromEnvironment(["RESTATE_ADMIN_URL": "9070"])
            }
            #expect(wrong?.description.contains("http://localhost:9070") == true)
        }
        let endpoint = try Endpoint([]).quiet.route("GET", "/restate/health") { request in
            request.header("authorization") == "Bearer secret"
                ? try .json(["services": ["A"]]) : .text("who are you", status: 401)
        }.start(host: "127.0.0.1", port: 0, loops: 1)
        let client = try RestateClient.fromEnvironment([
            "RESTATE_INGRESS_URL": "http://127.0.0.1:\(endpoint.port)",
            "RESTATE_AUTH_TOKEN": "secret",
        ])
        #expect(try await client.health() == ["A"])
        await endpoint.shutdown(grace: .zero)
    }

    // MARK: Retries

    @Test func `intervals grow, are spread, and never pass the longest`() {
        let policy = ClientRetryPolicy(
            maxAttempts: 100, initialInterval: .seconds(1), maxInterval: .seconds(8), jitter: 0.5)
        func delay(_ failures: Int, _ chance: Double, after: Duration? = nil) -> Duration? {
            policy.delay(
                afterFailures: failures, elapsed: .zero, retryAfter: after, chance: chance)
        }
        #expect(delay(1, 0.5) == .seconds(1))
        #expect(delay(1, 0) == .milliseconds(500))
        #expect(delay(1, 1) == .milliseconds(1500))
        #expect(delay(3, 0.5) == .seconds(4))
        #expect(delay(9, 1) == .seconds(8))
        // What a server asks for is waited for, whatever chance says.
        #expect(delay(1, 0, after: .seconds(2)) == .seconds(2))
        #expect(delay(1, 1, after: .seconds(2)) == .seconds(3))
        #expect(delay(100, 0.5) == nil)
    }

    @Test func `no attempt begins after the bound`() {
        let policy = ClientRetryPolicy(
            initialInterval: .seconds(1), jitter: 0, maxDuration: .seconds(5))
        func delay(_ elapsed: Duration) -> Duration? {
            policy.delay(afterFailures: 1, elapsed: elapsed, retryAfter: nil, chance: 0.5)
        }
        #expect(delay(.seconds(4)) == .seconds(1))
        #expect(delay(.milliseconds(4001)) == nil)
    }

    @Test(arguments: [408, 425, 429, 500, 502, 503, 504, 599])
    func `a temporary answer of the server itself is asked for again`(status: Int) async throws {
        #expect(try await attempts(status) == 2)
        #expect(try await attempts(status, ofInvocation: true) == 1)
    }

    @Test(arguments: [400, 401, 404, 409, 501])
    func `a lasting answer is not asked for again, unless the program says so`(status: Int)
        async throws
    {
        #expect(try await attempts(status) == 1)
        let policy = ClientRetryPolicy(
            maxAttempts: 3, initialInterval: .zero, shouldRetry: { $0.status == status })
        #expect(try await attempts(status, policy) == 3)
    }

    private func attempts(
        _ status: Int, _ policy: ClientRetryPolicy? = nil, ofInvocation: Bool = false
    ) async throws -> Int {
        let asked = Locked(0)
        let ingress = try Endpoint([]).quiet.route("POST", "/Greeter/greet") { _ in
            asked.withLock { $0 += 1 }
            var response = RouteResponse.text("no", status: status)
            if ofInvocation { response.headers.append(("x-restate-error-source", "invocation")) }
            return response
        }.start(host: "127.0.0.1", port: 0, loops: 1)
        let client = RestateClient(
            ingress: try url("http://127.0.0.1:\(ingress.port)"),
            retries: policy ?? ClientRetryPolicy(maxAttempts: 2, initialInterval: .zero))
        _ = await #expect(throws: (any Error).self) {
            try await client.service(Greeter.self).greet.idempotencyKey("k")("Ada")
        }
        await ingress.shutdown(grace: .zero)
        return asked.withLock { $0 }
    }
}
