/// Does some work, but waits no longer than a limit for it.
///
/// Work that takes no notice of its cancellation is left alone: then it ends somewhere, some time,
/// and nobody looks at its result. A task group would wait for it.
func within<Value: Sendable>(
    _ limit: Duration, else failure: any Error,
    _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    // Whoever ends the stream first decides; what the other one says later is ignored.
    let (results, race) = AsyncThrowingStream.makeStream(of: Value.self)
    let worker = Task {
        do {
            race.yield(try await work())
            race.finish()
        } catch {
            race.finish(throwing: error)
        }
    }
    let timer = Task {
        try await Task.sleep(for: limit)
        race.finish(throwing: failure)
    }
    defer {
        timer.cancel()
        worker.cancel()
    }
    for try await value in results { return value }
    throw CancellationError()
}
