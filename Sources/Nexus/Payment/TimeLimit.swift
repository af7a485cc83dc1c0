internal import RestateHTTP2

/// Does some work, but waits no longer than a limit for it.
///
/// Work that takes no notice of its cancellation is left alone: then it ends somewhere, some time,
/// and nobody looks at its result. A task group would wait for it.
func within<Value: Sendable>(
    _ limit: Duration, else failure: any Error,
    _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let race = Race<Value>()
    let worker = Task {
        do {
            race.end(.success(try await work()))
        } catch {
            race.end(.failure(error))
        }
    }
    let timer = Task {
        try await Task.sleep(for: limit)
        race.end(.failure(failure))
        worker.cancel()
    }
    defer { timer.cancel() }
    return try await withTaskCancellationHandler {
        try await race.value()
    } onCancel: {
        race.end(.failure(CancellationError()))
        worker.cancel()
    }
}

/// Whoever comes first decides; the others are too late.
private final class Race<Value: Sendable>: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Value, any Error>)
        case decided(Result<Value, any Error>)
        case over
    }

    private let state = Locked(State.open)

    func value() async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let result: Result<Value, any Error>? = state.withLock { state in
                guard case .decided(let result) = state else {
                    state = .awaited(continuation)
                    return nil
                }
                state = .over
                return result
            }
            if let result { continuation.resume(with: result) }
        }
    }

    func end(_ result: Result<Value, any Error>) {
        let waiter: CheckedContinuation<Value, any Error>? = state.withLock { state in
            switch state {
            case .open:
                state = .decided(result)
                return nil
            case .awaited(let continuation):
                state = .over
                return continuation
            case .decided, .over:
                return nil
            }
        }
        waiter?.resume(with: result)
    }
}
