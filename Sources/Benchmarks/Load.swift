import Primitives
import RestateHTTP

/// Requests to a port of this machine, many at once over a few connections.
struct Load: Sendable {
    var port: Int
    var method = "POST"
    var path: String
    var contentType: String
    var body: [UInt8]
    /// What every answer must be.
    var answer: [UInt8]

    var connections = 2
    /// Of each connection.
    var streams = 32

    /// Requests a second.
    func rate(requests: Int) async throws -> Double {
        let each = requests / (connections * streams)
        let start = ContinuousClock.now
        try await connected(connections) { open, loop in
            try await withThrowingTaskGroup { group in
                for worker in 0..<(connections * streams) {
                    let connection = open[worker % connections]
                    group.addTask(executorPreference: loop) {
                        for _ in 0..<each { try await ask(connection.value) }
                    }
                }
                try await group.waitForAll()
            }
        }
        return Double(each * connections * streams) / (start.duration(to: .now) / .seconds(1))
    }

    /// Asks some times, one after the other, over a connection of its own.
    func answers(_ requests: Int) async throws {
        try await connected(1) { open, _ in
            for _ in 0..<requests { try await ask(open[0].value) }
        }
    }

    /// Does something while so many requests are open, each of which has been answered in part.
    func whileOpen<T: Sendable>(_ count: Int, _ body: @escaping @Sendable () throws -> T)
        async throws -> T
    {
        try await connected(1) { open, _ in
            let streams = (0..<count).map { _ in request(open[0].value) }
            for stream in streams {
                while !stream.hasInput && !stream.isClosed { await stream.changed() }
                guard !stream.isClosed else {
                    throw UnexpectedAnswer(status: stream.responseStatus, body: [])
                }
            }
            return try body()
        }
    }

    /// Runs on a loop of its own, with open connections.
    private func connected<T: Sendable>(
        _ count: Int,
        _ body:
            @escaping @Sendable (_ open: [LoopBound<ClientConnection>], _ loop: EventLoop)
            async throws -> T
    ) async throws -> T {
        let loop = EventLoop()
        loop.start()
        defer { loop.stop() }
        return try await Task(executorPreference: loop) {
            var open: [LoopBound<ClientConnection>] = []
            for _ in 0..<count {
                open.append(
                    LoopBound(
                        try await ClientConnection.connect(
                            loop: loop, host: "127.0.0.1", port: port), on: loop))
            }
            defer { for connection in open { connection.value.close() } }
            return try await body(open, loop)
        }.value
    }

    private func request(_ connection: ClientConnection) -> ClientStream {
        let stream = connection.open(
            RequestHead(
                method: method, path: path, authority: "127.0.0.1",
                headers: ["content-type": contentType]))
        stream.write(body)
        return stream
    }

    private nonisolated(nonsending) func ask(_ connection: ClientConnection) async throws {
        let stream = request(connection)
        stream.finish()
        var received: [UInt8] = []
        while true {
            if stream.hasInput { received += stream.takeInput() }
            if stream.inputEnded || stream.isClosed { break }
            await stream.changed()
        }
        guard stream.responseStatus == 200, received.suffix(answer.count) == answer[...] else {
            throw UnexpectedAnswer(status: stream.responseStatus, body: received)
        }
    }
}

private struct UnexpectedAnswer: Error, CustomStringConvertible {
    var status: Int?
    var body: [UInt8]

    var description: String {
        "A request was answered with \(status.map(String.init) ?? "no status"): "
            + String(decoding: body.prefix(200), as: UTF8.self)
    }
}
