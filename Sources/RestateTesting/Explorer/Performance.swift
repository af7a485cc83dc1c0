import Primitives

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif
internal import Restate
internal import RestateHTTP
internal import RestateProtocol
internal import RestateRuntime

/// The observations of one performance of a story.
struct Performance: Sendable {
    /// The result of the act, or its error.
    var result = ""
    /// The state and the promises of all keys.
    var state: [String] = []
    var effects: [String: Int] = [:]
    /// Violations of the rules for every performance.
    var violations: [String] = []
    var points = 0
    var frames = 0
    var waits = 0
    var seen: [Interference.Seen] = []

    /// Returns the differences to the undisturbed performance, one line each.
    func differences(from usual: Performance) -> [String] {
        var lines = violations
        if result != usual.result { lines.append("it gives \(result), and not \(usual.result)") }
        for entry in state where !usual.state.contains(entry) { lines.append("there is \(entry)") }
        for entry in usual.state where !state.contains(entry) {
            lines.append("there is no \(entry)")
        }
        for (effect, count) in effects.sorted(by: { $0.key < $1.key })
        where count != usual.effects[effect] {
            lines.append(
                "outside of a run \"\(effect)\" is done \(count) times, and not "
                    + "\(usual.effects[effect] ?? 0)")
        }
        for effect in usual.effects.keys.sorted() where effects[effect] == nil {
            lines.append("\"\(effect)\" is not done")
        }
        return lines
    }
}

/// Performs stories on one loop with one thread for all closures, so that each performance has a
/// deterministic order.
struct Theatre: Sendable {
    let loop: EventLoop
    private let runs = ThreadPool(limit: 1)
    private let start = Date()

    init() {
        loop = EventLoop()
        loop.start()
    }

    func close() { loop.stop() }

    func perform(
        _ story: Story, _ cut: Cut, cancelsCallees: Bool = false
    ) async throws -> Performance {
        var settings = cut.mode.settings
        settings.start = start
        let scene = story.scene()
        let interference = LoopBound(
            Interference(cut, cancelsCallees: cancelsCallees), on: loop)
        let world = TestWorld(
            startingAt: settings.startTime, runs: runs,
            observer: RunInterference(loop, interference))
        let chosen = settings
        let engine = try await withUnsafeThrowingContinuation { continuation in
            loop.execute { [loop] in
                continuation.resume(
                    with: Result {
                        let engine = try TestEngine(
                            scene.endpoint, chosen, world, on: loop, tap: interference.value)
                        interference.value.engine = engine
                        return LoopBound(engine, on: loop)
                    })
            }
        }
        let restate = TestEnvironment(
            engine, world, EndpointCoding(of: scene.endpoint), loop, ownsLoop: false)
        var performance = Performance()
        let isCancelled = if case .cancelled = cut.kind { true } else { false }
        do {
            do {
                performance.result = try await scene.act(restate)
            } catch let error as TerminalError {
                performance.result = "the error \(error.code) \(error.message)"
            }
            try await restate.settle()
            if isCancelled { try await scene.whenCancelled?(restate) }
        } catch {
            performance.violations.append("\(error)")
        }
        let coding = ServiceCoding(restate.coding)
        let seen = await restate.ask { engine in
            let looked = interference.value
            return (
                engine.runtime.keptState(coding), looked.violations, looked.points, looked.frames,
                looked.waits, looked.seen
            )
        }
        performance.state = seen.0
        // First, because a violation is what caused the other differences.
        performance.violations = seen.1 + performance.violations
        (performance.points, performance.frames) = (seen.2, seen.3)
        (performance.waits, performance.seen) = (seen.4, seen.5)
        performance.effects = scene.effects?.outside ?? [:]
        await restate.shutdown()
        return performance
    }
}

extension LocalRuntime {
    /// Returns the state and the promises of all keys, one line each. They are decoded, because equal
    /// values may be encoded differently each time.
    fileprivate func keptState(_ coding: ServiceCoding) -> [String] {
        func text(_ bytes: Bytes) -> String {
            String(decoding: (try? coding.decoded(bytes)) ?? bytes, as: UTF8.self)
        }
        let states = stateRows().map { row in
            "state \(row.owner.service)/\(row.owner.key) \(String(decoding: row.key, as: UTF8.self))"
                + " = \(text(row.value))"
        }
        let promises = promiseRows().compactMap { row in
            row.result.map { result in
                let value =
                    switch result {
                    case .value(let bytes): text(bytes)
                    case .failure(let failure): "error \(failure.message)"
                    }
                return "promise \(row.owner.service)/\(row.owner.key) \(row.name) = \(value)"
            }
        }
        return (states + promises).sorted()
    }
}
