import Primitives
import Restate
import RestateHTTP
import RestateProtocol
import Testing

@testable import RestateLocal
@testable import RestateRuntime
@testable import TestServices

/// A store that keeps its commits back until a test lets them go.
final class SlowStore: BatchStore {
    private struct Waiting: Sendable {
        var batch: StoreBatch
        var done: @Sendable (StorageError?) -> Void
    }

    private let waiting = Locked<[Waiting]>([])
    private let kept = Locked(RecordKeeper())

    func store(_ batch: StoreBatch, _ done: @escaping @Sendable (StorageError?) -> Void) {
        waiting.withLock { $0.append(Waiting(batch: batch, done: done)) }
    }

    /// How many batches are on their way: never more than one.
    var count: Int { waiting.withLock { $0.count } }

    /// What a process that died now would leave behind.
    var left: StoredData {
        get throws { try kept.withLock { try $0.data } }
    }

    func commit() {
        guard let first = waiting.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { return }
        kept.withLock { $0.apply(first.batch) }
        first.done(nil)
    }

    func fail(_ error: StorageError) {
        waiting.withLock { $0.isEmpty ? nil : $0.removeFirst() }?.done(error)
    }
}

/// Nothing leaves the engine before what it rests on is stored.
@Suite(.timeLimit(.minutes(10))) struct HoldbackTests {
    /// An engine on a loop of its own that keeps its data in `store`.
    private func withEngine<R: Sendable>(
        _ store: SlowStore, _ body: @escaping @Sendable (Engine) async throws -> R
    ) async throws -> R {
        let loop = EventLoop()
        loop.start()
        let result = await Task(executorPreference: loop) { () async throws -> R in
            var settings = LocalSettings()
            settings.reportsChanges = true
            let engine = Engine(
                loop: loop, runtime: LocalRuntime(settings: settings, seed: 1), store: store)
            let place = try engine.link(Endpoint(Tour()), name: "tests")
            _ = try await engine.register(place)
            try await self.commitAll(store, engine)
            do {
                let result = try await body(engine)
                engine.shutdown()
                return result
            } catch {
                engine.shutdown()
                throw error
            }
        }.result
        await loop.stopped()
        return try result.get()
    }

    /// Waits until a batch is on its way.
    private nonisolated(nonsending) func untilStoring(_ store: SlowStore) async throws {
        while store.count == 0 { try await Task.sleep(for: .milliseconds(1)) }
    }

    /// Commits until the engine has nothing more to store.
    private nonisolated(nonsending) func commitAll(
        _ store: SlowStore, _ engine: Engine
    ) async throws {
        while engine.gate.isStoring || engine.runtime.hasChanges || store.count > 0 {
            store.commit()
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    @Test func `no attempt starts and no answer leaves before it is stored`() async throws {
        let store = SlowStore()
        try await withEngine(store) { engine in
            var answer: String?
            var isAccepted = false
            let waiter = engine.waiter { answer = (try? $0.get())?.text ?? "refused" }
            engine.perform {
                _ = try? $0.submit(InvocationRequest("Tour/echo", "1"), waiter: waiter, at: $1)
            }
            engine.whenStored { _ in isAccepted = true }
            try await self.untilStoring(store)
            let id = try #require(engine.runtime.snapshots().first).id
            // The attempt has begun for the runtime, and not for the endpoint.
            for _ in 0..<20 { try await Task.sleep(for: .milliseconds(1)) }
            #expect(engine.runtime.snapshot(id)?.status == .running)
            #expect(engine.runtime.snapshot(id)?.attempts.lastServer == nil)
            #expect(!isAccepted)
            #expect(try store.left.invocations.isEmpty)

            store.commit()
            #expect(try store.left.invocations.count == 1)
            while engine.runtime.finishedCount == 0 {
                if store.count > 0, engine.runtime.finishedCount == 0 { store.commit() }
                try await Task.sleep(for: .milliseconds(1))
            }
            #expect(isAccepted)
            // It has ended, which is not stored yet.
            #expect(answer == nil)
            var isKnown = false
            engine.whenStored { _ in isKnown = true }
            #expect(!isKnown)
            try await self.commitAll(store, engine)
            while answer == nil { try await Task.sleep(for: .milliseconds(1)) }
            #expect(answer == "1")
            #expect(isKnown)
            // With nothing on its way nothing waits.
            var isImmediate = false
            engine.whenStored { _ in isImmediate = true }
            #expect(isImmediate)
        }
    }

    @Test func `what comes while a batch is stored gathers for the next one`() async throws {
        let store = SlowStore()
        try await withEngine(store) { engine in
            engine.perform {
                _ = try? $0.submit(InvocationRequest("Tour/echo", "1"), at: $1)
            }
            try await self.untilStoring(store)
            for _ in 0..<50 {
                engine.perform {
                    _ = try? $0.submit(InvocationRequest("Tour/echo", "1"), at: $1)
                }
            }
            for _ in 0..<5 { try await Task.sleep(for: .milliseconds(1)) }
            #expect(store.count == 1)
            store.commit()
            try await self.untilStoring(store)
            #expect(try store.left.invocations.count == 1)
            store.commit()
            #expect(try store.left.invocations.count + store.left.finished.count == 51)
            try await self.commitAll(store, engine)
            while engine.runtime.finishedCount < 51 {
                try await self.commitAll(store, engine)
                try await Task.sleep(for: .milliseconds(1))
            }
        }
    }

    @Test func `when a commit fails, everybody who waits is told and nobody is answered`()
        async throws
    {
        let store = SlowStore()
        try await withEngine(store) { engine in
            var told: [String] = []
            engine.failed = { told.append("process: \($0)") }
            let waiter = engine.waiter {
                switch $0 {
                case .success(let outcome): told.append("answer: \(outcome.text)")
                case .failure(let error): told.append("waiter: \(error)")
                }
            }
            engine.perform {
                _ = try? $0.submit(InvocationRequest("Tour/echo", "1"), waiter: waiter, at: $1)
            }
            engine.whenStored { told.append("read: \($0.map { "\($0)" } ?? "stored")") }
            try await self.untilStoring(store)
            store.fail(StorageError("The disk is full."))
            while told.count < 3 { try await Task.sleep(for: .milliseconds(1)) }
            #expect(
                told == [
                    "read: The disk is full.", "waiter: The disk is full.",
                    "process: The disk is full.",
                ])
            // And so it stays.
            engine.perform {
                _ = try? $0.submit(InvocationRequest("Tour/echo", "1"), at: $1)
            }
            let later = await engine.stored()
            #expect(later?.description == "The disk is full.")
            #expect(store.count == 0)
            #expect(engine.runtime.nextDeadline != nil)
        }
    }
}
