import Restate
import RestateLocal
import Support

/// Runs `body` with a local runtime on free ports. The endpoint is registered over HTTP or not at
/// all.
func withLocalServer<R>(
    _ services: [any RestateService], registered: Bool = true,
    change: (inout LocalServerSettings) -> Void = { _ in },
    body: (_ server: RunningLocalServer, _ endpoint: RunningEndpoint) async throws -> R
) async throws -> R {
    // The route is for tests without services, because an endpoint without either is refused.
    let endpoint = try Endpoint(services).quiet.route("GET", "/") { _ in .text("") }
        .start(host: "127.0.0.1", port: 0, loops: 1)
    var settings = LocalServerSettings()
    settings.host = "127.0.0.1"
    settings.ingressPort = 0
    settings.adminPort = 0
    change(&settings)
    let server: RunningLocalServer
    do {
        server = try await LocalServer(settings).start()
    } catch {
        await endpoint.shutdown(grace: .zero)
        throw error
    }
    let result: Result<R, any Error>
    do {
        if registered { try await server.register("http://127.0.0.1:\(endpoint.port)") }
        result = .success(try await body(server, endpoint))
    } catch {
        result = .failure(error)
    }
    await server.shutdown()
    await endpoint.shutdown(grace: .zero)
    return try result.get()
}

extension RunningLocalServer {
    /// Calls a handler, with an idempotency key if there is one.
    func post(_ path: String, _ body: String, key: String? = nil) async throws -> Answer {
        var headers = body.isEmpty ? [] : [("content-type", "application/json")]
        if let key { headers.append(("idempotency-key", key)) }
        return try await ask(
            port: ingressPort, "POST", "/" + path, headers: headers, body: Array(body.utf8))
    }

    /// Returns the answer to a query as JSON.
    func query(_ sql: String) async throws -> String {
        try await ask(
            port: adminPort, "POST", "/query",
            headers: [("accept", "application/json"), ("content-type", "application/json")],
            body: Array("{\"query\":\"\(sql)\"}".utf8)
        ).text
    }
}
