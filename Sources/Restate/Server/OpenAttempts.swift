import RestateHTTP2

/// The attempts that are under way for the connections of one loop, wherever they run.
///
/// `@unchecked Sendable`: everything but the loop is confined to it.
final class LoopAttempts: @unchecked Sendable {
    let loop: EventLoop
    @exclusivity(unchecked) private var attempts: [Invocation] = []
    /// The endpoint ends: nothing new begins.
    @exclusivity(unchecked) private(set) var isDraining = false

    init(_ loop: EventLoop) { self.loop = loop }

    var count: Int { attempts.count }

    /// On the loop.
    func add(_ attempt: Invocation) {
        attempt.place = attempts.count
        attempts.append(attempt)
    }

    /// From wherever the attempt ran.
    func remove(_ attempt: Invocation) {
        if loop.isCurrent { return forget(attempt) }
        let confined = LoopConfined(attempt)
        loop.execute { [self] in forget(confined.value) }
    }

    private func forget(_ attempt: Invocation) {
        let last = attempts.removeLast()
        guard last !== attempt else { return }
        attempts[attempt.place] = last
        last.place = attempt.place
    }

    /// Those that wait suspend, those whose closures run do so afterwards.
    func drain() {
        isDraining = true
        for attempt in attempts { attempt.drain() }
    }

    /// Whoever has not ended gets no more time.
    func giveUp(after grace: Duration) {
        for attempt in attempts { attempt.giveUp(after: grace) }
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

    /// - Returns: how many attempts were under way.
    func drain() async -> Int {
        var count = 0
        for attempts in loops.withLock({ $0 }) {
            count += await withCheckedContinuation { continuation in
                attempts.loop.execute {
                    attempts.drain()
                    continuation.resume(returning: attempts.count)
                }
            }
        }
        return count
    }

    func giveUp(after grace: Duration) {
        for attempts in loops.withLock({ $0 }) {
            attempts.loop.execute { attempts.giveUp(after: grace) }
        }
    }
}
