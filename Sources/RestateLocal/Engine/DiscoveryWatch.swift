import Primitives
import RestateHTTP

/// Ends a discovery when its time limit is over, or when its client has gone. It is used on the
/// engine's loop only.
final class DiscoveryWatch {
    /// Why the discovery ends; nil while it goes on.
    private(set) var reason: String?
    private let loop: EventLoop
    private var timer: LoopTimer?
    private var interrupt: () -> Void = {}

    init(_ loop: EventLoop, limit: Duration) {
        self.loop = loop
        timer = loop.schedule(after: limit) { [weak self] in
            self?.stop(
                "the endpoint did not answer completely within \(limit.components.seconds) seconds")
        }
    }

    /// Ends the discovery. Only the first reason counts.
    func stop(_ reason: String) {
        guard self.reason == nil else { return }
        self.reason = reason
        interrupt()
    }

    /// Sets what interrupts the current wait, and calls it at once if the discovery has been ended.
    func interrupting(_ interrupt: @escaping () -> Void) {
        self.interrupt = interrupt
        if reason != nil { interrupt() }
    }

    func finish() {
        timer?.cancel()
        interrupt = {}
    }

    /// Waits for a connection. Returns nil if the discovery is ended first.
    nonisolated(nonsending) func connection(
        of pool: ConnectionPool
    ) async -> Result<LoopBound<ClientConnection>, SystemError>? {
        await withCheckedContinuation { continuation in
            let answer = FirstAnswer(continuation)
            interrupting { answer.give(nil) }
            pool.take { [loop] in answer.give($0.map { LoopBound($0, on: loop) }) }
        }
    }

    /// Resumes a continuation with the first of two answers: the connection, or the end.
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
