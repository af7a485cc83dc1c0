import RestateHTTP

/// Ends the question of a registration when its time is over, or when nobody wants to know any more.
/// Loop-confined.
final class DiscoveryWatch {
    /// Set once it is to end.
    private(set) var reason: String?
    private let loop: EventLoop
    private var timer: LoopTimer?
    private var interrupt: () -> Void = {}

    init(_ loop: EventLoop, limit: Duration) {
        self.loop = loop
        timer = loop.schedule(after: limit) { [weak self] in
            self?.stop("no whole answer within \(limit.components.seconds) seconds")
        }
    }

    func stop(_ reason: String) {
        guard self.reason == nil else { return }
        self.reason = reason
        interrupt()
    }

    /// What breaks off that which is waited for now.
    func interrupting(_ interrupt: @escaping () -> Void) {
        self.interrupt = interrupt
        if reason != nil { interrupt() }
    }

    func finish() {
        timer?.cancel()
        interrupt = {}
    }

    /// Nil if it is to end before there is one.
    nonisolated(nonsending) func connection(
        of pool: ConnectionPool
    ) async -> Result<LoopBound<ClientConnection>, SystemError>? {
        await withCheckedContinuation { continuation in
            let answer = FirstAnswer(continuation)
            interrupting { answer.give(nil) }
            pool.take { [loop] in answer.give($0.map { LoopBound($0, on: loop) }) }
        }
    }

    /// Of a connection and the end the first that comes.
    private final class FirstAnswer {
        typealias Answer = Result<LoopBound<ClientConnection>, SystemError>?
        private var continuation: CheckedContinuation<Answer, Never>?

        init(_ continuation: CheckedContinuation<Answer, Never>) {
            self.continuation = continuation
        }

        func give(_ answer: Answer) {
            continuation?.resume(returning: answer)
            continuation = nil
        }
    }
}
