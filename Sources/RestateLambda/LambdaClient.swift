internal import RestateHTTP

/// Asks the runtime API, over one connection that is kept. Loop-confined inside.
struct LambdaClient: Sendable {
    private let address: LambdaAddress
    private let loop: EventLoop
    private let kept = KeptConnection()

    init(_ address: LambdaAddress, _ loop: EventLoop) {
        self.address = address
        self.loop = loop
    }

    struct Answer: Sendable {
        var status: Int
        var headers: HeaderFields
        var body: [UInt8]

        func header(_ name: String) -> String? { headers[name] }
    }

    /// - Throws: ``LambdaFailure`` if the API cannot be reached or closes the connection.
    func send(
        _ method: String, _ path: String, _ body: [UInt8] = [],
        _ headers: [(name: String, value: String)] = []
    ) async throws -> Answer {
        let asking = Task(executorPreference: loop) {
            try await ask(method, path, body, headers)
        }
        return try await withTaskCancellationHandler {
            try await asking.value
        } onCancel: {
            // Nothing is lost: whoever cancels gives no answer any more.
            loop.execute { kept.connection?.close() }
        }
    }

    private nonisolated(nonsending) func ask(
        _ method: String, _ path: String, _ body: [UInt8],
        _ headers: [(name: String, value: String)]
    ) async throws -> Answer {
        let connection: ClientConnection
        if let known = kept.connection, known.isUsable {
            connection = known
        } else {
            connection = try await ClientConnection.connect(
                loop: loop, host: address.host, port: address.port, version: .http1_1)
            kept.connection = connection
        }
        var fields: HeaderFields = [:]
        if method == "POST" {
            fields.append(name: "content-type", value: "application/json")
            fields.append(name: "content-length", value: "\(body.count)")
        }
        for (name, value) in headers { fields.append(name: name, value: value) }
        let head = RequestHead(
            method: method, path: path, authority: "\(address.host):\(address.port)",
            headers: fields,
            version: .http1_1)
        let stream = connection.open(head, endStream: method == "GET")
        if method == "POST" {
            stream.write(body)
            stream.finish()
        }
        var bytes: [UInt8] = []
        while !stream.inputEnded, !stream.isClosed {
            if stream.hasInput { bytes += stream.takeInput() } else { await stream.changed() }
        }
        if stream.hasInput { bytes += stream.takeInput() }
        guard let status = stream.responseStatus, stream.inputEnded else {
            throw LambdaFailure(
                "the runtime API at \(address.host):\(address.port) closed the connection")
        }
        return Answer(status: status, headers: stream.responseHeaders, body: bytes)
    }
}

/// `@unchecked Sendable`: the connection is used on its loop only.
private final class KeptConnection: @unchecked Sendable {
    var connection: ClientConnection?
}

struct LambdaFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
