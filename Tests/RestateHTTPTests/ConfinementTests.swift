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

/// What belongs to a loop or a strand traps in debug builds when another thread touches it.
@Suite struct ConfinementTests {
    /// The confined entries of a loop, and of what lives on it.
    enum Entry: String, CaseIterable, Codable, Sendable {
        case schedule, add, watch, remove, markDirty, runJobs, atTurnEnd
        case write, takeInput, withInput, consumeInput, finish, reset, respond, observer

        func touch(_ loop: EventLoop, _ source: EventSource, _ stream: RequestStream) {
            switch self {
            case .schedule: _ = loop.schedule(after: .zero) {}
            case .add: loop.add(source)
            case .watch: loop.watch(source, reading: true, writing: false)
            case .remove: loop.remove(source)
            case .markDirty: loop.markDirty(source)
            case .runJobs: loop.runJobs()
            case .atTurnEnd: loop.atTurnEnd(Observer())
            case .write: stream.write([1])
            case .takeInput: _ = stream.takeInput()
            case .withInput: stream.withInput { _ in }
            case .consumeInput: stream.consumeInput(1)
            case .finish: stream.finish()
            case .reset: stream.reset(code: 8)
            case .respond: stream.respond(status: 200)
            case .observer: stream.observer = Observer()
            }
        }
    }

    final class Observer: StreamObserver, TurnObserver {
        func streamChanged() {}
        func turnEnded() {}
    }

    private static func makeSource() -> EventSource {
        EventSource(descriptor: socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0))
    }

    @Test(arguments: Entry.allCases)
    func `an entry of a loop traps on another thread`(_ entry: Entry) async {
        await #expect(processExitsWith: .failure) { [entry] in
            let loop = EventLoop()
            loop.start()
            entry.touch(
                loop, ConfinementTests.makeSource(), RequestStream(loop: loop))
        }
    }

    @Test(arguments: Entry.allCases)
    func `before a loop starts, and on it afterwards, every entry is open`(_ entry: Entry) async {
        let loop = EventLoop()
        entry.touch(loop, Self.makeSource(), RequestStream(loop: loop))
        loop.start()
        await Task(executorPreference: loop) {
            entry.touch(loop, Self.makeSource(), RequestStream(loop: loop))
        }.value
        await loop.stopped()
    }

    @Test func `two accesses at once to a stream's buffer trap in debug builds`() async {
        await #expect(processExitsWith: .failure) {
            let stream = RequestStream(loop: EventLoop())
            ConfinementTests.change(&stream.output) { stream.output.clear() }
        }
    }

    private static func change(_ buffer: inout StreamBytes, _ meanwhile: () -> Void) {
        meanwhile()
        buffer.clear()
    }

    @Test func `a value that is bound to a loop is opened there only`() async {
        let loop = EventLoop()
        let bound = LoopBound(7, on: loop)
        loop.start()
        let seen = await Task(executorPreference: loop) { bound.value }.value
        #expect(seen == 7)
        await loop.stopped()
        await #expect(processExitsWith: .failure) {
            let loop = EventLoop()
            loop.start()
            _ = LoopBound(7, on: loop).value
        }
    }

    @Test func `a value that is bound to a strand is opened there only`() async {
        let home = EventLoop()
        let pool = WorkerPool(width: 1)
        let strand = Strand(pool, home: home)
        let bound = LoopBound(7, on: strand)
        strand.start()
        let seen = await Task(executorPreference: strand) { bound.value }.value
        #expect(seen == 7)
        await pool.stopped()
        await #expect(processExitsWith: .failure) {
            let strand = Strand(WorkerPool(width: 1), home: EventLoop())
            strand.start()
            _ = LoopBound(7, on: strand).value
        }
    }
}
