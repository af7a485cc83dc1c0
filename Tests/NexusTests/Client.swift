import Support
import Restate
import RestateHTTP

/// A reply, as text.
struct Reply: Equatable, Sendable {
    var status: Int
    var body: String

    init(_ status: Int, _ body: String) {
        self.status = status
        self.body = body
    }
}

/// Asks an endpoint on this machine, over a connection of its own.
func ask(
    _ port: Int, _ method: String, _ path: String, key: String? = nil, _ body: String = "",
    version: HTTPVersion = .http2, authorization: String? = nil
) async throws -> Reply {
    try await onLoop { loop in
        let connection = try await ClientConnection.connect(
            loop: loop, host: "127.0.0.1", port: port, version: version, limits: .patient)
        defer { connection.close() }
        var headers: HeaderFields = ["content-type": "application/json"]
        if let key { headers.append(name: "idempotency-key", value: key) }
        if let authorization { headers.append(name: "authorization", value: authorization) }
        if version == .http1_1 {
            headers.append(name: "content-length", value: "\(body.utf8.count)")
        }
        let stream = connection.open(
            RequestHead(
                method: method, path: path, authority: "127.0.0.1", headers: headers,
                version: version))
        stream.write(Array(body.utf8))
        stream.finish()
        var bytes: [UInt8] = []
        while true {
            if stream.hasInput { bytes += stream.takeInput() }
            if stream.inputEnded { break }
            if stream.isClosed { throw ConnectionLost() }
            await stream.changed()
        }
        return Reply(stream.responseStatus ?? 0, String(decoding: bytes, as: UTF8.self))
    }
}

struct ConnectionLost: Error {}
