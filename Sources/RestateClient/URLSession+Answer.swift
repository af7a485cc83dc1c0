internal import Dispatch
internal import Foundation
internal import Synchronization

#if canImport(FoundationNetworking)
internal import FoundationNetworking
#endif

extension URLSession {
    /// Sends a request and returns the answer. The task may be cancelled at any moment.
    ///
    /// Foundation's own `data(for:)` calls `cancel()` on the thread that cancels. If the answer
    /// arrives at that moment, both threads wait for each other's lock, and the program deadlocks.
    func answer(to request: URLRequest) async throws -> (Data, URLResponse) {
        let exchange = CancellableExchange()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let task = dataTask(with: request) { body, response, error in
                    if let error { return exchange.end(.failure(error)) }
                    guard let body, let response else {
                        return exchange.end(.failure(URLError(.badServerResponse)))
                    }
                    exchange.end(.success((body, response)))
                }
                exchange.begin(task, continuation)
            }
        } onCancel: {
            exchange.cancel()
        }
    }
}

/// A request that ends once: with its answer, or by cancellation.
private final class CancellableExchange: Sendable {
    typealias Answer = (Data, URLResponse)
    private typealias Waiting = CheckedContinuation<Answer, any Error>

    private struct State {
        var task: URLSessionDataTask?
        var waiting: Waiting?
        var isCancelled = false
    }

    private let state = Mutex(State())

    func begin(_ task: URLSessionDataTask, _ waiting: CheckedContinuation<Answer, any Error>) {
        let isCancelled = state.withLock { state in
            guard !state.isCancelled else { return true }
            state.task = task
            state.waiting = waiting
            return false
        }
        guard !isCancelled else { return waiting.resume(throwing: CancellationError()) }
        task.resume()
    }

    func end(_ result: Result<Answer, any Error>) {
        let waiting = state.withLock { state in
            state.task = nil
            return state.waiting.take()
        }
        waiting?.resume(with: result)
    }

    func cancel() {
        let (task, waiting) = state.withLock { state in
            state.isCancelled = true
            return (state.task.take(), state.waiting.take())
        }
        // On another thread, which may block on the lock without holding up the canceller.
        if let task { DispatchQueue.global().async { task.cancel() } }
        waiting?.resume(throwing: CancellationError())
    }
}
