import Primitives
import RestateHTTP

/// The attempts that are under way for the connections of one loop, wherever they run.
///
/// `@unchecked Sendable`: everything but the loop is confined to it.
final class LoopAttempts: @unchecked Sendable {
    let loop: EventLoop
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var attempts: [AttemptDriver] = []

    init(_ loop: EventLoop) { self.loop = loop }

    /// On the loop.
    func add(_ attempt: AttemptDriver) {
        loop.assertAccess()
        attempt.place = attempts.count
        attempt.began = loop.now
        attempts.append(attempt)
    }

    /// From wherever the attempt ran.
    func remove(_ attempt: AttemptDriver) {
        if loop.isCurrent { return forget(attempt) }
        let confined = LoopBound(attempt, on: loop)
        loop.execute { [self] in forget(confined.value) }
    }

    private func forget(_ attempt: AttemptDriver) {
        loop.assertAccess()
        let last = attempts.removeLast()
        guard last !== attempt else { return }
        attempts[attempt.place] = last
        last.place = attempt.place
    }

    /// Those that wait suspend, those whose closures run do so afterwards.
    func drain() {
        for attempt in attempts { attempt.drain() }
    }

    /// Whoever has not ended gets no more time.
    /// - Returns: how many they are.
    func giveUp(after grace: Duration) -> Int {
        for attempt in attempts { attempt.giveUp(after: grace) }
        return attempts.count
    }
}

/// The attempts of an endpoint, loop by loop.
final class OpenAttempts: Sendable {
    private let loops = Locked<[LoopAttempts]>([])

    /// Those of a loop.
    func on(_ loop: EventLoop) -> LoopAttempts {
        let made = LoopAttempts(loop)
        loops.withLock { $0.append(made) }
        return made
    }

    /// - Returns: how many had not ended.
    func giveUp(after grace: Duration) async -> Int {
        var count = 0
        for attempts in loops.withLock({ $0 }) {
            count += await withCheckedContinuation { continuation in
                attempts.loop.execute {
                    continuation.resume(returning: attempts.giveUp(after: grace))
                }
            }
        }
        return count
    }
}
