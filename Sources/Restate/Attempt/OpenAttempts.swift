import Primitives
import RestateHTTP

/// The open attempts of the connections of one loop, including attempts that run on strands.
///
/// `@unchecked Sendable`: everything but `loop` is confined to the loop.
final class LoopAttempts: @unchecked Sendable {
    let loop: EventLoop
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var attempts: [AttemptDriver] = []

    init(_ loop: EventLoop) { self.loop = loop }

    /// Adds an attempt. Called on the loop.
    func add(_ attempt: AttemptDriver) {
        loop.assertAccess()
        attempt.place = attempts.count
        attempt.began = loop.now
        attempts.append(attempt)
    }

    /// Removes an attempt. Called from wherever the attempt ran.
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

    /// Begins the drain of all attempts; see `AttemptDriver.drain`.
    func drain() {
        for attempt in attempts { attempt.drain() }
    }

    /// Ends all attempts that have not ended within the grace period.
    /// - Returns: their number.
    func giveUp(after grace: Duration) -> Int {
        for attempt in attempts { attempt.giveUp(after: grace) }
        return attempts.count
    }
}

/// The open attempts of an endpoint, one table for each loop.
final class OpenAttempts: Sendable {
    private let loops = Locked<[LoopAttempts]>([])

    /// Makes the table of a loop.
    func on(_ loop: EventLoop) -> LoopAttempts {
        let made = LoopAttempts(loop)
        loops.withLock { $0.append(made) }
        return made
    }

    /// - Returns: the number of attempts that had not ended.
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
