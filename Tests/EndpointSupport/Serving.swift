package import Restate

/// Serves on a free port of this machine while the body runs, and logs nothing.
package func serving<Result>(
    _ endpoint: Endpoint, loops: Int? = 1, _ body: (_ port: Int) async throws -> Result
) async throws -> Result {
    let running = try endpoint.quiet.start(host: "127.0.0.1", port: 0, loops: loops)
    do {
        let result = try await body(running.port)
        await running.shutdown(grace: .zero)
        return result
    } catch {
        await running.shutdown(grace: .zero)
        throw error
    }
}
