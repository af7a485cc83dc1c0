import Foundation
import Restate
import RestateHTTP
import RestateLocal
import Support
import Testing

@testable import TestServices

/// What those are told who ask the local runtime for something while it stops.
@Suite(.timeLimit(.minutes(10))) struct StoppingTests {
    private func expectGoodbye(_ answer: Answer, isKept: Bool) throws {
        #expect(answer.status == 503)
        #expect(answer.headers["content-type"] == "application/json")
        #expect(answer.headers["x-restate-error-source"] == "ingress")
        let body = try answer.json
        #expect(body["code"]?.integer == 503)
        #expect(body["source"]?.string == "ingress")
        let rest =
            isKept
            ? "What it has accepted is in its data folder, and goes on when it is started there again."
            : "It has no data folder, so what it has accepted ends with it."
        #expect(body["message"]?.string == "The local runtime is stopping. \(rest)")
    }

    private func withFolder(
        _ isKept: Bool, _ body: (String?) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "stopping-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(isKept ? folder.path : nil)
    }

    /// A local runtime that `body` stops.
    private func withServer(
        _ services: [any RestateService], folder: String? = nil,
        _ body: (RunningLocalServer) async throws -> Void
    ) async throws {
        let endpoint = try Endpoint(services).start(host: "127.0.0.1", port: 0, loops: 1)
        var settings = LocalServerSettings()
        settings.ingressPort = 0
        settings.adminPort = 0
        settings.dataDirectory = folder
        let server = try await LocalServer(settings).start()
        try await server.register("http://127.0.0.1:\(endpoint.port)")
        try await body(server)
        await endpoint.shutdown(grace: .zero)
    }

    @Test(arguments: [HTTPVersion.http1_1, .http2], [false, true])
    func `a caller who waits is told that it stops`(
        version: HTTPVersion, isKept: Bool
    ) async throws {
        try await withFolder(isKept) { folder in
            try await withServer([Sleeper()], folder: folder) { server in
                let port = server.ingressPort
                let call = Task {
                    try await ask(port: port, "POST", "/Sleeper/k/nap", version: version)
                }
                while try await server.post("Sleeper/k/hasBegun", "").text != "true" {}
                await server.shutdown(grace: .milliseconds(50))
                try expectGoodbye(try await call.value, isKept: isKept)
            }
        }
    }

    @Test func `who is attached is told that it stops, and asks again after the next start`()
        async throws
    {
        try await withFolder(true) { folder in
            var id = ""
            try await withServer([Sleeper()], folder: folder) { server in
                let sent = try await server.post("Sleeper/k/nap/send", "")
                id = try #require(try sent.json["invocationId"]?.string)
                let path = "/restate/invocation/\(id)"
                let answer = try await withConnection(port: server.ingressPort, version: .http2) {
                    let attached = $0.open(
                        RequestHead(method: "GET", path: path + "/attach", authority: "localhost"),
                        endStream: true)
                    // One connection keeps the order: after this answer the other one waits.
                    let question = $0.open(
                        RequestHead(method: "GET", path: path + "/output", authority: "localhost"),
                        endStream: true)
                    #expect(try await question.answer().status == 470)
                    async let end: Void = server.shutdown()
                    let answer = try await attached.answer()
                    await end
                    return answer
                }
                try expectGoodbye(answer, isKept: true)
            }
            try await withLocalServer([Sleeper()], registered: false) {
                $0.dataDirectory = folder
            } body: { server, _ in
                let output = try await ask(
                    port: server.ingressPort, "GET", "/restate/invocation/\(id)/output")
                #expect(output.status == 470)
            }
        }
    }

    @Test func `a registration that is under way is told that it stops`() async throws {
        let silent = try SilentPort(backlog: 8)
        try await withServer([Sleeper()]) { server in
            let port = server.adminPort
            // Two requests of one connection: when the second one is answered the first one is there.
            let answer = try await withConnection(port: port, version: .http2) {
                let registration = $0.open(
                    RequestHead(
                        method: "POST", path: "/deployments", authority: "localhost:\(port)",
                        headers: ["content-type": "application/json"]))
                registration.write(Array("{\"uri\":\"http://127.0.0.1:\(silent.number)\"}".utf8))
                registration.finish()
                let health = $0.open(
                    RequestHead(method: "GET", path: "/health", authority: "localhost"),
                    endStream: true)
                #expect(try await health.answer().status == 200)
                async let end: Void = server.shutdown()
                let answer = try await registration.answer()
                await end
                return answer
            }
            #expect(answer.status == 503)
            #expect(
                try answer.json["message"]?.string?.hasPrefix("The local runtime is stopping.")
                    == true)
        }
    }

    @Test func `a setting that is no host stops the start`() async throws {
        for change in [
            { $0.host = "a b" }, { $0.allowedHosts = ["a", "a/b"] },
        ] as [(inout LocalServerSettings) -> Void] {
            await #expect(throws: LocalServerError.self) {
                try await withLocalServer([], registered: false, change: change) { _, _ in }
            }
        }
    }
}
