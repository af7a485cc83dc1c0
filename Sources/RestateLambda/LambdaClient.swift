internal import Primitives
internal import RestateHTTP

/// Asks the runtime API, over one connection that is kept.
struct LambdaClient: Sendable {
    private let address: LambdaAddress
    private let loop: EventLoop
    private let kept: LoopBound<KeptConnection>

    init(_ address: LambdaAddress, _ loop: EventLoop) {
        self.address = address
        self.loop = loop
        kept = LoopBound(KeptConnection(), on: loop)
    }

    /// - Throws: ``LambdaFailure`` if the API cannot be reached or closes the connection.
    func send(
        _ method: String, _ path: String, _ body: [UInt8] = [],
        _ headers: [(name: String, value: String)] = []
    ) async throws -> WholeResponse {
        let asking = Task(executorPreference: loop) {
            try await ask(method, path, body, headers)
        }
        return try await withTaskCancellationHandler {
            try await asking.value
        } onCancel: {
            // Nothing is lost: whoever cancels gives no answer any more.
            asking.cancel()
            loop.execute { kept.value.connection?.close() }
        }
    }

    private nonisolated(nonsending) func ask(
        _ method: String, _ path: String, _ body: [UInt8],
        _ headers: [(name: String, value: String)]
    ) async throws -> WholeResponse {
        let kept = kept.value
        let connection: ClientConnection
        if let known = kept.connection, known.isUsable {
            connection = known
        } else {
            connection = try await ClientConnection.connect(
                loop: loop, host: address.host, port: address.port, version: .http1_1)
            kept.connection = connection
        }
        // From here on, a cancellation finds the connection and closes it.
        try Task.checkCancellation()
        var fields: HeaderFields = [:]
        if method == "POST" {
            fields.append(name: "content-type", value: "application/json")
            fields.append(name: "content-length", value: "\(body.count)")
        }
        for (name, value) in headers { fields.append(name: name, value: value) }
        let response = await connection.ask(
            method, path, authority: "\(address.host):\(address.port)", headers: fields,
            body: body)
        guard let response else {
            throw LambdaFailure(
                "the runtime API at \(address.host):\(address.port) closed the connection")
        }
        return response
    }
}

private final class KeptConnection {
    var connection: ClientConnection?
}

struct LambdaFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
