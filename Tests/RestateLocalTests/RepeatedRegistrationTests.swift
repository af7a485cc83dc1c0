import Foundation
import Restate
import RestateLocal
import Support
import Testing

@testable import TestServices

/// An endpoint that is registered again by the program, as `restate-local --register` does at each start.
@Suite(.timeLimit(.minutes(5))) struct RepeatedRegistrationTests {
    private func withServer(
        _ path: String?, _ body: (RunningLocalServer) async throws -> Void
    ) async throws {
        var settings = LocalServerSettings()
        settings.host = "127.0.0.1"
        (settings.ingressPort, settings.adminPort) = (0, 0)
        settings.dataDirectory = path
        let server = try await LocalServer(settings).start()
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(server))
        } catch {
            result = .failure(error)
        }
        await server.shutdown()
        try result.get()
    }

    private func withEndpoint(
        _ services: [any RestateService], port: Int = 0,
        _ body: (_ url: String, _ port: Int) async throws -> Void
    ) async throws {
        let endpoint = try Endpoint(services).quiet.start(host: "127.0.0.1", port: port, loops: 1)
        let result: Result<Void, any Error>
        do {
            result = .success(
                try await body("http://127.0.0.1:\(endpoint.port)", endpoint.port))
        } catch {
            result = .failure(error)
        }
        await endpoint.shutdown(grace: .zero)
        try result.get()
    }

    private func patch(_ server: RunningLocalServer) async throws {
        let answer = try await ask(
            port: server.adminPort, "PATCH", "/services/Counter",
            headers: [("content-type", "application/json")],
            body: Array(#"{"journal_retention":"7s","public":false}"#.utf8))
        #expect(answer.status == 200)
    }

    /// The revision and the changed options of the service.
    private func counter(_ server: RunningLocalServer) async throws -> [String?] {
        let text = try await ask(port: server.adminPort, "GET", "/services/Counter").text
        let service = try FixtureJSON(parsing: Array(text.utf8))
        return [
            service["revision"].map { "\($0)" }, service["journal_retention"]?.string,
            text.contains(#""public":true"#) ? "public" : "private",
        ]
    }

    @Test func `options that were changed outlive a restart with the same registration`()
        async throws
    {
        let path = FileManager.default.temporaryDirectory.path + "/restate-again-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var port = 0
        var patched: [String?] = []
        try await withEndpoint([Counter(), Tour()]) { url, free in
            port = free
            try await withServer(path) { server in
                try await server.register(url)
                let before = try await counter(server)
                try await patch(server)
                patched = try await counter(server)
                #expect(patched[0] == before[0])
                #expect(patched[1...] == ["7s", "private"])
            }
            try await withServer(path) { server in
                try await server.register(url)
                let once = try await counter(server)
                #expect(once == patched)
                try await server.register(url)
                let twice = try await counter(server)
                #expect(twice == patched)
            }
        }
        // The endpoint says something else now, at the same address.
        try await withEndpoint([Counter()], port: port) { url, _ in
            try await withServer(path) { server in
                let stored = try await counter(server)
                #expect(stored == patched)
                try await server.register(url)
                let now = try await counter(server)
                #expect(now[0] != patched[0])
                #expect(now[1...] == ["1d", "public"])
                let tour = try await ask(port: server.adminPort, "GET", "/services/Tour")
                #expect(tour.status == 404)
            }
        }
    }

    @Test func `an endpoint of this process keeps its changed options as well`() async throws {
        try await withServer(nil) { server in
            try await server.register(Endpoint(Counter()).quiet)
            try await patch(server)
            let patched = try await counter(server)
            try await server.register(Endpoint(Counter()).quiet)
            let again = try await counter(server)
            #expect(again == patched)
            try await server.register(Endpoint(Counter(), Tour()).quiet)
            let changed = try await counter(server)
            #expect(changed[1...] == ["1d", "public"])
        }
    }

    @Test func `an endpoint that is to be called in another way is registered anew`() async throws {
        let path = FileManager.default.temporaryDirectory.path + "/restate-again-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await withEndpoint([Counter()]) { url, _ in
            try await withServer(path) { try await $0.register(url) }
            var settings = LocalServerSettings()
            settings.host = "127.0.0.1"
            (settings.ingressPort, settings.adminPort) = (0, 0)
            settings.dataDirectory = path
            settings.delivery.alwaysHTTP11 = true
            let server = try await LocalServer(settings).start()
            try await server.register(url)
            let deployments = try await ask(port: server.adminPort, "GET", "/deployments").text
            #expect(deployments.contains("HTTP/1.1"))
            await server.shutdown()
        }
    }

    @Test func `the admin API replaces what it is told to, as a server does`() async throws {
        try await withEndpoint([Counter()]) { url, _ in
            try await withServer(nil) { server in
                try await server.register(url)
                try await patch(server)
                let patched = try await counter(server)
                func register(_ force: Bool) async throws -> Int {
                    try await ask(
                        port: server.adminPort, "POST", "/v3/deployments",
                        headers: [("content-type", "application/json")],
                        body: Array(#"{"uri":"\#(url)","force":\#(force)}"#.utf8)
                    ).status
                }
                let unforced = try await register(false)
                #expect(unforced == 200)
                let kept = try await counter(server)
                #expect(kept == patched)
                let forced = try await register(true)
                #expect(forced == 200)
                let replaced = try await counter(server)
                #expect(replaced[1...] == ["1d", "public"])
            }
        }
    }
}
