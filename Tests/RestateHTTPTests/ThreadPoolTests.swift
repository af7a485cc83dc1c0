import Primitives
import RestateHTTP
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

@Suite(.timeLimit(.minutes(10))) struct ThreadPoolTests {
    @Test func `blocking work gets as many threads as it needs`() async {
        let pool = ThreadPool(limit: 64)
        let count = 4 * EventLoop.coreCount
        let gate = Barrier(opensAt: count)
        // Each blocks its thread until all are inside: with fewer threads nobody would come out.
        let passed = Locked(0)
        await run(count, on: pool) {
            gate.pass()
            passed.withLock { $0 += 1 }
        }
        #expect(passed.withLock { $0 } == count)
    }

    @Test func `there are never more threads than the limit`() async {
        let pool = ThreadPool(limit: 3)
        let inside = Locked((now: 0, most: 0))
        await run(30, on: pool) {
            inside.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            usleep(2000)
            inside.withLock { $0.now -= 1 }
        }
        #expect(inside.withLock { $0.most } <= 3)
        #expect(pool.threadCount <= 3)
    }

    @Test func `threads without work end, and come back`() async throws {
        let pool = ThreadPool(limit: 8, idleTime: .milliseconds(20))
        for _ in 0..<3 {
            let gate = Barrier(opensAt: 8)
            await run(8, on: pool) { gate.pass() }
            while pool.threadCount > 0 { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    @Test func `many short pieces of work are all done`() async {
        let pool = ThreadPool(limit: 64)
        let sum = Locked(0)
        await run(20_000, on: pool) { sum.withLock { $0 += 1 } }
        #expect(sum.withLock { $0 } == 20_000)
    }

    private func run(
        _ count: Int, on pool: ThreadPool, _ body: @escaping @Sendable () -> Void
    ) async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                group.addTask(executorPreference: pool) { body() }
            }
        }
    }
}

/// Holds the threads that come until there are enough of them.
private final class Barrier: Sendable {
    private let size: Int
    private let count = Locked(0)

    init(opensAt size: Int) { self.size = size }

    func pass() {
        count.withLock { $0 += 1 }
        while count.withLock({ $0 }) < size { usleep(500) }
    }
}
