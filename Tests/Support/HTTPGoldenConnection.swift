package import RestateHTTP

/// Connects the golden player to an endpoint, over HTTP/2 with prior knowledge unless told
/// otherwise. Confined to its loop.
package final class HTTPGoldenConnection: GoldenConnection {
    private let connection: ClientConnection
    private var stream: ClientStream?
    private var headIsTold = false

    private init(_ connection: ClientConnection) { self.connection = connection }

    /// Called in a task of the loop.
    package static func connect(
        loop: EventLoop, port: Int, version: HTTPVersion = .http2
    ) async throws -> HTTPGoldenConnection {
        HTTPGoldenConnection(
            try await ClientConnection.connect(
                loop: loop, host: "127.0.0.1", port: port, version: version, limits: .patient))
    }

    package func open(path: String, headers: [(name: String, value: String)]) {
        var fields = HeaderFields()
        for (name, value) in headers { fields.append(name: name, value: value) }
        stream = connection.open(
            RequestHead(method: "POST", path: path, authority: "localhost", headers: fields))
    }

    package func send(_ bytes: [UInt8]) async throws {
        let stream = try open()
        while stream.outputIsFull, !stream.isClosed { await stream.changed() }
        stream.write(bytes)
    }

    package func end() throws { try open().finish() }

    package func next() async throws -> GoldenEvent {
        let stream = try open()
        while true {
            if !headIsTold, let status = stream.responseStatus {
                headIsTold = true
                return .head(status: status, contentType: stream.responseHeaders["content-type"])
            }
            if stream.hasInput { return .bytes(stream.takeInput()) }
            if stream.inputEnded { return .ended }
            if stream.isClosed { return .reset(code: stream.resetCode) }
            await stream.changed()
        }
    }

    package func close() {
        stream?.reset(code: 8)
        connection.close()
    }

    private func open() throws -> ClientStream {
        guard let stream else { throw FixtureError("no request was opened") }
        return stream
    }
}

/// Plays one journal against an endpoint on this machine. Returns nil if it answers as recorded, or
/// else the difference.
package func play(_ golden: Golden, port: Int, limit: Duration = .seconds(300)) async -> String? {
    await withEventLoop {
        await play(golden, port: port, version: .http2, limit: limit, loop: $0)
    }
}

/// Plays journals, a few at a time. Returns a line for each journal that differs, with the name of
/// its file.
package func play(
    _ goldens: [Golden], port: Int, version: HTTPVersion = .http2, atOnce: Int = 8,
    limit: Duration = .seconds(300)
) async -> [String] {
    await withEventLoop { loop in
        await play(goldens, atOnce: atOnce) {
            await play($0, port: port, version: version, limit: limit, loop: loop)
        }
    }
}

private func play(
    _ golden: Golden, port: Int, version: HTTPVersion, limit: Duration, loop: EventLoop
) async -> String? {
    await play(golden, limit: limit, on: loop) {
        try await HTTPGoldenConnection.connect(loop: loop, port: port, version: version)
    }
}

/// Runs `body` with an event loop. At the end the loop closes what is still open, so that a player
/// that hangs ends too.
func withEventLoop<Result: Sendable>(
    _ body: (EventLoop) async -> Result
) async -> Result {
    let loop = EventLoop()
    loop.start()
    let result = await body(loop)
    await loop.stopped()
    return result
}
