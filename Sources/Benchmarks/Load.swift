import Primitives
import RestateHTTP

/// Requests to a port of this machine, many at once over a few connections.
struct Load: Sendable {
    var port: Int
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
        let loop = EventLoop()
        loop.start()
        defer { loop.stop() }
        let workers = connections * streams
        let start = ContinuousClock.now
        let task = Task(executorPreference: loop) { [self] in
            var open: [LoopBound<ClientConnection>] = []
            for _ in 0..<connections {
                open.append(
                    LoopBound(
                        try await ClientConnection.connect(
                            loop: loop, host: "127.0.0.1", port: port), on: loop))
            }
            defer { for connection in open { connection.value.close() } }
            try await withThrowingTaskGroup { group in
                for worker in 0..<workers {
                    let connection = open[worker % connections]
                    group.addTask(executorPreference: loop) {
                        for _ in 0..<(requests / workers) { try await ask(connection.value) }
                    }
                }
                try await group.waitForAll()
            }
        }
        try await task.value
        let seconds = start.duration(to: .now) / .seconds(1)
        return Double(requests / workers * workers) / seconds
    }

    private nonisolated(nonsending) func ask(_ connection: ClientConnection) async throws {
        let stream = connection.open(
            RequestHead(
                method: "POST", path: path, authority: "127.0.0.1",
                headers: ["content-type": contentType]))
        stream.write(body)
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
