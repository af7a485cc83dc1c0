import Foundation
import RestateHTTP
import Support

/// An answer as a test looks at it.
struct Answer: Sendable {
    var status: Int
    var headers: [String: String]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: FixtureJSON { get throws { try FixtureJSON(parsing: body) } }
}

/// Asks one question on a connection of its own.
func ask(
    port: Int, _ method: String, _ path: String, headers: [(String, String)] = [],
    body: [UInt8] = [], version: HTTPVersion = .http1_1
) async throws -> Answer {
    try await withConnection(port: port, version: version) { connection in
        var fields: HeaderFields = [:]
        for (name, value) in headers { fields.append(name: name, value: value) }
        let stream = connection.open(
            RequestHead(
                method: method, path: path, authority: "127.0.0.1:\(port)", headers: fields),
            endStream: body.isEmpty)
        if !body.isEmpty {
            stream.write(body)
            stream.finish()
        }
        return try await stream.answer()
    }
}

/// A loop and a connection for the time of `body`, which runs on the loop.
func withConnection<R: Sendable>(
    port: Int, version: HTTPVersion,
    _ body: @escaping @Sendable (ClientConnection) async throws -> R
) async throws -> R {
    let loop = EventLoop()
    loop.start()
    let task = Task(executorPreference: loop) {
        let connection = try await ClientConnection.connect(
            loop: loop, host: "127.0.0.1", port: port, version: version, limits: .patient)
        defer { connection.close() }
        return try await body(connection)
    }
    let result = await task.result
    await loop.stopped()
    return try result.get()
}

extension ClientStream {
    /// Reads to the end of the response.
    func answer() async throws -> Answer {
        var body: [UInt8] = []
        while true {
            if hasInput { body += takeInput() }
            if inputEnded || isClosed { break }
            await changed()
        }
        guard let status = responseStatus else { throw FixtureError("no answer came") }
        var headers: [String: String] = [:]
        for (name, value) in responseHeaders { headers[name] = value }
        return Answer(status: status, headers: headers, body: body)
    }
}
