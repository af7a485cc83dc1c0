import Foundation
import Primitives
import Restate
import RestateClient
import RestateHTTP
import Support
import Testing

/// Servers that are not there, or busy, or say no.
@Suite(.timeLimit(.minutes(10))) struct TroubleTests {
    @Test func `a server that is not there is told in a sentence`() async throws {
        let port = try SilentPort()
        let place = "http://127.0.0.1:\(port.number)"
        let client = RestateClient(ingress: try url(place), retries: quick)
        let error = await #expect(throws: IngressError.self) { try await client.health() }
        #expect(
            error?.description
                == "Nobody listens at \(place); start the server or give another address")
        #expect(error?.status == nil)
        let wrong = RestateClient(ingress: try url("localhost:8080"))
        let other = await #expect(throws: IngressError.self) { try await wrong.health() }
        #expect(other?.description.contains("is no address of a server") == true)
    }

    @Test func `a service that nobody registered is the ingress's error`() async throws {
        try await withClient { client, admin in
            try await admin.health()
            let error = await #expect(throws: IngressError.self) {
                try await client.service(Greeter.self).greet("Ada")
            }
            #expect(error?.status == 404)
            #expect(error?.description.contains("restate deployments register") == true)
        }
    }

    @Test func `endpoints are registered, and what is unknown is not cancelled`() async throws {
        let endpoint = try Endpoint(Greeter()).start(host: "127.0.0.1", port: 0, loops: 1)
        try await withClient { client, admin in
            let place = try url("http://127.0.0.1:\(endpoint.port)")
            let deployment = try await admin.register(place)
            #expect(deployment.services.map(\.name) == ["Greeter"])
            let replaced = try await admin.register(place, force: true)
            #expect(replaced.services.first?.revision == 2)
            let greeting = try await client.service(Greeter.self).greet("Ada")
            #expect(greeting == "Hello, Ada")
            let id = InvocationID<String>("inv_1nonsense")
            let error = await #expect(throws: IngressError.self) { try await admin.cancel(id) }
            #expect(error?.status == 400)
        }
        await endpoint.shutdown(grace: .zero)
    }

    @Test func `a busy server is asked again only where that is safe`() async throws {
        try await withScript([503, 429, 200]) { client, asked in
            let greet = client.service(Greeter.self).greet
            let greeting = try await greet.idempotencyKey("k")("Ada")
            #expect(greeting == "Hello")
            #expect(asked() == 3)
        }
        try await withScript([502, 200], retryAfter: "Wed, 21 Oct 2015 07:28:00 GMT") {
            client, asked in
            let greet = client.service(Greeter.self).greet.idempotencyKey("k")
            let greeting = try await greet("Ada")
            #expect(greeting == "Hello")
            #expect(asked() == 2)
        }
        try await withScript([503, 200]) { client, asked in
            let error = await #expect(throws: IngressError.self) {
                try await client.service(Greeter.self).greet("Ada")
            }
            #expect(error?.status == 503)
            #expect(asked() == 1)
        }
        try await withScript([503, 503, 503, 503]) { client, asked in
            await #expect(throws: IngressError.self) {
                try await client.service(Greeter.self).greet.idempotencyKey("k")("Ada")
            }
            #expect(asked() == 3)
        }
    }

    @Test func `the token is sent, and a server that does not take it is told`() async throws {
        let endpoint = try Endpoint([]).route("POST", "/Greeter/greet") { request in
            request.header("authorization") == "Bearer secret"
                ? try .json("Hello") : .text("who are you", status: 401)
        }.start(host: "127.0.0.1", port: 0, loops: 1)
        let place = try url("http://127.0.0.1:\(endpoint.port)/")
        let known = RestateClient(ingress: place, token: "secret")
        #expect(try await known.service(Greeter.self).greet("Ada") == "Hello")
        let error = await #expect(throws: IngressError.self) {
            try await RestateClient(ingress: place).service(Greeter.self).greet("Ada")
        }
        #expect(
            error?.description == "The server does not accept the token (401): who are you")
        await endpoint.shutdown(grace: .zero)
    }

    private var quick: ClientRetryPolicy {
        ClientRetryPolicy(maxAttempts: 3, initialInterval: .milliseconds(1))
    }

    /// A server that answers a greeting with these statuses, one after the other, and asks for no
    /// pause between them. A client that did not listen would wait for an hour.
    private func withScript(
        _ statuses: [Int], retryAfter: String = "0",
        body: (_ client: RestateClient, _ asked: () -> Int) async throws -> Void
    ) async throws {
        let asked = Locked(0)
        let endpoint = try Endpoint([]).route("POST", "/Greeter/greet") { _ in
            let turn = asked.withLock { count in
                count += 1
                return count - 1
            }
            var response = try RouteResponse.json("Hello", status: statuses[turn])
            response.headers.append(("retry-after", retryAfter))
            return response
        }.start(host: "127.0.0.1", port: 0, loops: 1)
        let client = RestateClient(
            ingress: try url("http://127.0.0.1:\(endpoint.port)"),
            retries: ClientRetryPolicy(
                maxAttempts: 3, initialInterval: .seconds(3600), maxInterval: .seconds(3600)))
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(client) { asked.withLock { $0 } })
        } catch {
            result = .failure(error)
        }
        await endpoint.shutdown(grace: .zero)
        try result.get()
    }
}
