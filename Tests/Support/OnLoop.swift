package import RestateHTTP

/// Runs a body on an event loop of its own, which has ended when this returns.
package func onLoop<Result: Sendable>(
    _ body: @escaping @Sendable (EventLoop) async throws -> Result
) async throws -> Result {
    let loop = EventLoop()
    loop.start()
    let result = await Task(executorPreference: loop) { try await body(loop) }.result
    await loop.stopped()
    return try result.get()
}
