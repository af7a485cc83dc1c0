/// Wraps every attempt of a handler, and every step that is executed: for tracing, metrics,
/// conversion of errors, checks.
///
/// ```swift
/// struct Timed: InvocationHooks {
///     func attempt(_ attempt: AttemptInfo, _ next: () async throws -> Void) async throws {
///         let start = ContinuousClock.now
///         defer { print("\(attempt.target) took \(ContinuousClock.now - start)") }
///         try await next()
///     }
/// }
///
/// await Endpoint(Greeter()).hooks(Timed()).serve()
/// ```
/// Hooks are set for an endpoint (`Endpoint.hooks(_:)`), a service (``RestateService/options``)
/// or a handler (``Handler/hooks(_:)``). Those of the endpoint are outermost, then those of the
/// service, then the handler's. Within one list the first is outermost.
///
/// A hook cannot change what `next` returns, but it can change what it throws. A ``TerminalError``
/// ends the invocation; any other error fails the attempt, and the server retries. A hook that
/// catches an error of `next` and returns does not suppress it.
///
/// The handler and its steps see the `@TaskLocal` values that a hook binds around `next`.
public protocol InvocationHooks: Sendable {
    /// Wraps the handler, on every attempt. Replays are attempts too, so the hook's effects are
    /// repeated.
    ///
    /// Call `next` exactly once, or throw without calling it. Otherwise the attempt fails.
    ///
    /// `next` throws ``AttemptEnd`` if the invocation suspends or the attempt is over for another
    /// reason. Rethrow it.
    func attempt(_ attempt: AttemptInfo, _ next: () async throws -> Void) async throws

    /// Wraps the closure of a `run` or `start`, on the thread that executes the closure. It is not
    /// called for a step whose result is in the journal.
    ///
    /// Call `next` exactly once, or throw without calling it. An error that it throws is the step's
    /// error: a ``TerminalError`` is the step's result, any other error is retried.
    ///
    /// - Parameters:
    ///   - name: the name of the step.
    ///   - attempt: the attempt of which the step is a part.
    ///   - next: executes the closure.
    func run(
        _ name: String, _ attempt: AttemptInfo,
        _ next: @escaping @Sendable () async throws -> Void
    ) async throws

    /// Reports that an attempt has written its last message, whatever the outcome. An attempt whose
    /// journal could not be read is reported too, although ``attempt(_:_:)`` was not called for it.
    ///
    /// It is called on a thread that serves the connection or the handler, so it must return
    /// quickly.
    func ended(_ attempt: AttemptInfo, _ report: AttemptReport)
}

extension InvocationHooks {
    public func attempt(_ attempt: AttemptInfo, _ next: () async throws -> Void) async throws {
        try await next()
    }

    public func run(
        _ name: String, _ attempt: AttemptInfo,
        _ next: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await next()
    }

    public func ended(_ attempt: AttemptInfo, _ report: AttemptReport) {}
}
