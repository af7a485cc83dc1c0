import Primitives
import Restate
import RestateHTTP
import Testing

@testable import RestateLocal
@testable import RestateRuntime

/// An engine whose clock a story moves, and one invocation on it.
final class RetryStage: Sendable {
    private let engine: LoopBound<Engine>
    private let clock: EngineClock
    private let state = Locked(State())

    private struct State {
        var id: InvocationIdentity?
        var told: String?
    }

    /// Serves an endpoint on a stage for the time of the body.
    static func with<Result: Sendable>(
        _ endpoint: Endpoint, _ mode: Mode,
        _ body: @escaping @Sendable (RetryStage) async throws -> Result
    ) async throws -> Result {
        let clock = EngineClock(standingAt: 1_800_000_000_000)
        return try await withEngine(mode, serving: endpoint.quiet, clock: clock) { engine in
            try await body(RetryStage(engine, clock))
        }
    }

    private init(_ engine: LoopBound<Engine>, _ clock: EngineClock) {
        self.engine = engine
        self.clock = clock
    }

    /// The output, or `code message`; nil as long as it has none.
    var told: String? { state.withLock { $0.told } }

    var snapshot: InvocationSnapshot? {
        guard let id = state.withLock({ $0.id }) else { return nil }
        return engine.value.runtime.snapshot(id)
    }

    func begin(_ target: String, _ input: String = "") throws {
        let engine = engine.value
        let waiter = engine.waiter { [state] outcome in
            state.withLock { $0.told = (try? outcome.get())?.text }
        }
        let submission = engine.perform { runtime, now in
            Result {
                try runtime.submit(InvocationRequest(target, input), waiter: waiter, at: now)
            }
        }
        let id = try submission.get().id
        state.withLock { $0.id = id }
    }

    func resume() -> Bool {
        guard let id = state.withLock({ $0.id }) else { return false }
        return engine.value.perform { $0.resume(id, at: $1) } == .resumed
    }

    /// Waits until nothing happens without a later time or a resume.
    nonisolated(nonsending) func rest() async throws -> InvocationSnapshot.Status {
        while true {
            let status = try #require(snapshot?.status)
            if [.backingOff, .paused, .completed].contains(status) { return status }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// Waits for the next failure, and gives the delay until the next attempt.
    nonisolated(nonsending) func delay() async throws -> Milliseconds {
        let status = try await rest()
        #expect(status == .backingOff)
        return try #require(snapshot?.attempts.nextRetryAt) - clock.now
    }

    func pass(_ time: Milliseconds) {
        clock.move(to: clock.now + time)
        engine.value.advance()
    }
}

/// A handler that fails until it is allowed to go on, and whose code changes meanwhile.
struct Changing: Service {
    let switches: Switches

    static let options = ServiceOptions().retryPolicy(
        InvocationRetryPolicy(
            initialInterval: .milliseconds(50), factor: 2, maxAttempts: 3, onMaxAttempts: .pause))

    func fail(_ ctx: Context) async throws -> String {
        try await step(ctx)
        guard switches.isAllowed else { throw NotYet() }
        return "done"
    }

    func stop(_ ctx: Context) async throws -> String {
        try await step(ctx)
        let switches = switches
        try await ctx.run("stops") {
            guard switches.isAllowed else { throw PauseError("ask somebody") }
        }
        return "done"
    }

    private nonisolated(nonsending) func step(_ ctx: Context) async throws {
        let switches = switches
        try await ctx.run(switches.isChanged ? "another step" : "step") { switches.noteStep() }
    }

    struct API: HandlerTable {
        let retries = handler(Changing.fail)
        let pauses = handler(Changing.fail).onJournalMismatch(.pause)
        let fails = handler(Changing.fail).onJournalMismatch(.fail)
        let stops = handler(Changing.stop)
    }

    private struct NotYet: Error, CustomStringConvertible {
        let description = "not yet"
    }
}

/// What a story changes while a handler of ``Changing`` runs again and again.
final class Switches: Sendable {
    private let state = Locked((isAllowed: false, isChanged: false, steps: 0))

    var isAllowed: Bool { state.withLock { $0.isAllowed } }
    /// Whether the code is another one than at first.
    var isChanged: Bool { state.withLock { $0.isChanged } }
    /// How often the step was really done.
    var steps: Int { state.withLock { $0.steps } }

    func allow() { state.withLock { $0.isAllowed = true } }
    func change() { state.withLock { $0.isChanged.toggle() } }
    func noteStep() { state.withLock { $0.steps += 1 } }
}
