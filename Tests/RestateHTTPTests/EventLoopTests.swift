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

@Suite struct EventLoopTests {
    @Test func `a task with the loop as its executor never leaves the loop`() async {
        let loop = EventLoop()
        loop.start()
        let seen = await Task(executorPreference: loop) { () -> [Bool] in
            var seen = [loop.isCurrent]
            await Task.yield()
            seen.append(loop.isCurrent)
            await offTheActor { seen.append(loop.isCurrent) }
            await withUnsafeContinuation { continuation in
                Task.detached { continuation.resume() }
            }
            seen.append(loop.isCurrent)
            return seen
        }.value
        #expect(seen == [true, true, true, true])
        #expect(!loop.isCurrent)
        await loop.stopped()
    }

    @Test func `calls run in the order they were given`() async {
        let loop = EventLoop()
        let order = Locked<[Int]>([])
        for number in 0..<100 { loop.execute { order.withLock { $0.append(number) } } }
        loop.start()
        await loop.stopped()
        #expect(order.withLock { $0 } == Array(0..<100))
    }

    @Test func `a loop whose turn has lasted long is watched in the next ones`() async {
        let loop = EventLoop()
        loop.start()
        loop.execute { usleep(2000) }
        await loop.turnEnded()
        let seen = await Task(executorPreference: loop) { loop.isWatched }.value
        #expect(seen)
        await loop.stopped()
    }

    @Test func `256 short turns after a long one nobody is watched any more`() {
        var watch = LoopWatch()
        watch.note(turn: 1_000_000)
        #expect(!watch.isOn)
        watch.note(turn: 1_000_001)
        for _ in 0..<256 {
            #expect(watch.isOn)
            watch.note(turn: 10)
        }
        #expect(!watch.isOn)
    }

    @Test func `timers fire by their deadline and a cancelled one does not`() async {
        let loop = EventLoop()
        loop.start()
        let fired = Locked<[String]>([])
        await withCheckedContinuation { continuation in
            loop.execute {
                _ = loop.schedule(after: .milliseconds(20)) {
                    fired.withLock { $0.append("late") }
                    continuation.resume()
                }
                let cancelled = loop.schedule(after: .milliseconds(5)) {
                    fired.withLock { $0.append("cancelled") }
                }
                _ = loop.schedule(after: .milliseconds(1)) { fired.withLock { $0.append("soon") } }
                cancelled.cancel()
            }
        }
        #expect(fired.withLock { $0 } == ["soon", "late"])
        await loop.stopped()
    }

    @Test func `a task that comes back after the loop has stopped still ends`() async {
        let loop = EventLoop()
        loop.start()
        let gate = Locked<CheckedContinuation<Void, Never>?>(nil)
        let task = Task(executorPreference: loop) {
            await withCheckedContinuation { continuation in gate.withLock { $0 = continuation } }
            return loop.isCurrent
        }
        while gate.withLock({ $0 == nil }) { await Task.yield() }
        await loop.stopped()
        gate.withLock { $0 }?.resume()
        #expect(await task.value)
    }
}

@concurrent
private func offTheActor(_ body: () -> Void) async { body() }
