import Primitives
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

@testable import RestateHTTP

@Suite(.timeLimit(.minutes(10))) struct StrandTests {
    /// A strand whose home runs, for the time of `body`.
    private func withStrand(
        width: Int = 2, _ body: (Strand, WorkerPool) async throws -> Void
    ) async rethrows {
        let home = EventLoop()
        home.start()
        let pool = WorkerPool(width: width)
        let strand = Strand(pool, home: home)
        strand.start()
        try await body(strand, pool)
        await pool.stopped()
        await home.stopped()
    }

    @Test func `a task of a strand is there after every wait`() async {
        await withStrand { strand, _ in
            let seen = await Task(executorPreference: strand) { () -> [Bool] in
                var seen = [strand.isCurrent]
                await Task.yield()
                seen.append(strand.isCurrent)
                await withUnsafeContinuation { continuation in
                    Task.detached { continuation.resume() }
                }
                seen.append(strand.isCurrent)
                return seen
            }.value
            #expect(seen == [true, true, true])
            #expect(!strand.isCurrent)
        }
    }

    @Test func `calls from many threads run one at a time, each thread's in its order`() async {
        await withStrand { strand, _ in
            // Not locked: the strand is what keeps them apart.
            final class Notes { var numbers: [Int] = [] }
            let notes = LoopBound(Notes(), on: strand)
            await withTaskGroup(of: Void.self) { group in
                for thread in 0..<4 {
                    group.addTask {
                        for number in 0..<1000 {
                            strand.execute { notes.value.numbers.append(thread * 1000 + number) }
                        }
                    }
                }
            }
            let numbers = await withCheckedContinuation { continuation in
                strand.execute { continuation.resume(returning: notes.value.numbers) }
            }
            #expect(numbers.count == 4000)
            for thread in 0..<4 {
                let own = numbers.filter { $0 / 1000 == thread }
                #expect(own == own.sorted())
            }
        }
    }

    @Test func `nothing runs before the start`() async {
        let home = EventLoop()
        home.start()
        let pool = WorkerPool(width: 1)
        let strand = Strand(pool, home: home)
        let order = Locked<[String]>([])
        let task = Task(executorPreference: strand) { order.withLock { $0.append("task") } }
        strand.execute { order.withLock { $0.append("call") } }
        #expect(pool.isQuiet)
        strand.start()
        await task.value
        await pool.stopped()
        #expect(order.withLock { $0 } == ["call", "task"])
        await home.stopped()
    }

    @Test func `timers fire on the strand, and a cancelled one does not`() async {
        await withStrand { strand, _ in
            let fired = Locked<[String]>([])
            await withCheckedContinuation { continuation in
                strand.execute {
                    _ = strand.timer(after: .milliseconds(20)) {
                        fired.withLock { $0.append("late \(strand.isCurrent)") }
                        continuation.resume()
                    }
                    let cancelled = strand.timer(after: .milliseconds(5)) {
                        fired.withLock { $0.append("cancelled") }
                    }
                    _ = strand.timer(after: .milliseconds(1)) {
                        fired.withLock { $0.append("soon") }
                    }
                    cancelled.cancel()
                }
            }
            #expect(fired.withLock { $0 } == ["soon", "late true"])
        }
    }

    @Test func `what a turn has for the home loop comes in order`() async {
        await withStrand { strand, _ in
            let order = Locked<[Int]>([])
            await withCheckedContinuation { continuation in
                strand.execute {
                    for number in 0..<100 {
                        strand.post {
                            order.withLock { $0.append(number) }
                            if !strand.home.isCurrent { Issue.record("not at home") }
                        }
                    }
                    strand.post { continuation.resume() }
                }
            }
            #expect(order.withLock { $0 } == Array(0..<100))
        }
    }

    @Test func `a task that yields for ever does not keep the only thread`() async {
        await withStrand(width: 1) { strand, pool in
            let isEnough = Locked(false)
            let stubborn = Task(executorPreference: strand) {
                while !isEnough.withLock({ $0 }) { await Task.yield() }
            }
            let other = Strand(pool, home: strand.home)
            other.start()
            await withCheckedContinuation { continuation in
                other.execute { continuation.resume() }
            }
            isEnough.withLock { $0 = true }
            await stubborn.value
        }
    }

    @Test func `strands that block do not keep the others out`() async {
        let count = 10
        let home = EventLoop()
        home.start()
        let pool = WorkerPool(width: 1)
        let inside = Locked(0)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<count {
                let strand = Strand(pool, home: home)
                strand.start()
                group.addTask {
                    await withCheckedContinuation { continuation in
                        strand.execute {
                            inside.withLock { $0 += 1 }
                            var isFull = false
                            for _ in 0..<600_000 where !isFull {
                                isFull = inside.withLock { $0 == count }
                                if !isFull { usleep(1000) }
                            }
                            continuation.resume(returning: isFull)
                        }
                    }
                }
            }
            for await isFull in group { #expect(isFull) }
        }
        await pool.stopped()
        await home.stopped()
    }

    @Test func `a strand that comes back after the stop still runs`() async {
        let home = EventLoop()
        home.start()
        let pool = WorkerPool(width: 1)
        let strand = Strand(pool, home: home)
        strand.start()
        await pool.stopped()
        await withCheckedContinuation { continuation in
            strand.execute { continuation.resume() }
        }
        await pool.stopped()
        await home.stopped()
    }
}
