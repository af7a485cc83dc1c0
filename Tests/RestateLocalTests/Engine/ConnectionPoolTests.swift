import Restate
import RestateHTTP
import Support
import Testing

@testable import RestateLocal

/// The end of a pool, for those who wait for one of its connections.
@Suite(.timeLimit(.minutes(10))) struct ConnectionPoolTests {
    private typealias Taken = Result<ClientConnection, SystemError>

    /// Runs `body` on a loop, with a pool of connections to a port that takes them and never answers.
    private func withPool<R: Sendable>(
        port: Int, _ body: @escaping @Sendable (ConnectionPool, EventLoop) async throws -> R
    ) async throws -> R {
        let loop = EventLoop()
        loop.start()
        let task = Task(executorPreference: loop) {
            try await body(
                ConnectionPool(loop: loop, host: "127.0.0.1", port: port, version: .http1_1), loop)
        }
        let result = await task.result
        await loop.stopped()
        return try result.get()
    }

    private func reason(_ taken: Taken?) -> String? {
        guard case .failure(let error)? = taken else { return nil }
        return "\(error)"
    }

    @Test func `a pool that is closed answers all who wait, and those who come later, at once`()
        async throws
    {
        let silent = try SilentPort(backlog: 8)
        let number = silent.number
        let reasons = try await withPool(port: number) { pool, _ in
            var taken: [Taken] = []
            // In one turn of the loop: no connection can be there before the pool is closed.
            for _ in 0..<3 { pool.take { taken.append($0) } }
            #expect(taken.isEmpty)
            pool.close()
            #expect(taken.count == 3)
            pool.take { taken.append($0) }
            return taken.map { reason($0) }
        }
        #expect(reasons.count == 4)
        for reason in reasons {
            #expect(reason?.contains("the local runtime is shut down") == true)
        }
    }

    @Test func `a connection that is made after the end is closed, and nobody is told twice`()
        async throws
    {
        let silent = try SilentPort(backlog: 8)
        let number = silent.number
        try await withPool(port: number) { pool, loop in
            var count = 0
            pool.take { _ in count += 1 }
            pool.close()
            #expect(count == 1)
            // By the time another connection is there, so was the one that nobody waits for any more.
            let probe = ConnectionPool(
                loop: loop, host: "127.0.0.1", port: number, version: .http1_1)
            await withCheckedContinuation { continuation in
                probe.take { _ in continuation.resume() }
            }
            probe.close()
            #expect(count == 1)
        }
    }

    @Test func `a connection that is in use ends with its pool`() async throws {
        let silent = try SilentPort(backlog: 8)
        let number = silent.number
        let isClosed = try await withPool(port: number) { pool, _ in
            var stream: ClientStream?
            await withCheckedContinuation { continuation in
                pool.take { taken in
                    let head = RequestHead(method: "GET", path: "/", authority: "localhost")
                    stream = (try? taken.get())?.open(head, endStream: true)
                    continuation.resume()
                }
            }
            pool.close()
            return try #require(stream).isClosed
        }
        #expect(isClosed)
    }
}
