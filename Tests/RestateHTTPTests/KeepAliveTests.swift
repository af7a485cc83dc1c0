import Support
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

@testable import RestateHTTP

/// Servers that fall silent.
@Suite(.timeLimit(.minutes(10))) struct KeepAliveTests {
    private static func limits(interval: Duration, timeout: Duration) -> HTTPLimits {
        var limits = HTTPLimits()
        limits.pingInterval = interval
        limits.pingTimeout = timeout
        return limits
    }

    @Test func `a connection whose server no longer answers is given up`() async throws {
        // Connections are made by the kernel, and nobody ever reads from them.
        let mute = try SilentPort(backlog: 4)
        let limits = Self.limits(interval: .milliseconds(1), timeout: .milliseconds(1))
        let loop = EventLoop()
        loop.start()
        let task = Task(executorPreference: loop) {
            let connection = try await ClientConnection.connect(
                loop: loop, host: "127.0.0.1", port: mute.number, limits: limits)
            let stream = connection.open(RequestHead(method: "GET", path: "/", authority: "x"))
            while !stream.isClosed { await stream.changed() }
            return !connection.isUsable && stream.responseStatus == nil
        }
        let isClosed = await task.result
        await loop.stopped()
        #expect(try isClosed.get())
    }

    @Test func `one that answers stays`() async throws {
        let limits = Self.limits(interval: .milliseconds(1), timeout: .seconds(60))
        try await withServer(handler: echo) { server in
            let answers = try await withClient(server, .http2, limits: limits) { connection in
                var answers = 0
                for _ in 0..<200 {
                    let stream = connection.open(
                        RequestHead(method: "GET", path: "/", authority: "x"), endStream: true)
                    if await stream.answer().status == 200 { answers += 1 }
                }
                return answers
            }
            #expect(answers == 200)
        }
    }
}
