internal import RestateHTTP
internal import RestateRuntime

/// A connection to a program or a server, for one request after another. Loop-confined.
struct HTTPConnection {
    private let connection: ClientConnection
    private let address: DeploymentEndpoint

    /// How long an answer may take.
    private static let patience = Duration.seconds(60)

    /// The address as the user wrote it.
    var name: String { address.uri }

    /// The path of a request below the address.
    func path(_ suffix: String) -> String { address.path(suffix) }

    nonisolated(nonsending) static func open(
        to address: DeploymentEndpoint, on loop: EventLoop
    ) async throws -> HTTPConnection {
        guard case .http(let host, let port, _) = address.kind else {
            throw ReplayFailure(description: "\(address.uri) is not an HTTP address")
        }
        do {
            let connection = try await ClientConnection.connect(
                loop: loop, host: host, port: port,
                version: address.usesHTTP11 ? .http1_1 : .http2)
            return HTTPConnection(connection: connection, address: address)
        } catch {
            throw ReplayFailure(description: "\(address.uri) cannot be reached: \(error)")
        }
    }

    nonisolated(nonsending) func ask(
        _ method: String, _ path: String, headers: HeaderFields, body: [UInt8]
    ) async throws -> WholeResponse {
        let answer = await answer(method, path, headers: headers, body: body)
        guard let answer else {
            throw ReplayFailure(
                description: "\(address.uri) gave no answer within \(Self.patience), or closed the "
                    + "connection")
        }
        return answer
    }

    /// Returns nil if there is no answer in time, or the connection is closed without one.
    nonisolated(nonsending) func answer(
        _ method: String, _ path: String, headers: HeaderFields, body: [UInt8] = [],
        within patience: Duration = patience
    ) async -> WholeResponse? {
        let limit = connection.loop.schedule(after: patience) { connection.close() }
        defer { limit.cancel() }
        return await connection.ask(
            method, address.path(path), authority: address.authority, headers: headers, body: body)
    }

    func close() { connection.close() }
}
