/// Code around every attempt of a handler, and around every step that it really runs: for tracing,
/// metrics, errors of other libraries, checks.
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
/// Hooks are given to an endpoint (``Endpoint/hooks(_:)``), a service (``RestateService/hooks``) or a
/// handler (``Handler/hooks(_:)``). Those of the endpoint are outermost, then those of the service,
/// then the handler's; of one list, the first is outermost.
///
/// What `next` gives cannot be changed; what it throws can. A ``TerminalError`` ends the invocation,
/// any other error fails the attempt, and the server makes another one. A hook that catches an error
/// of `next` and returns changes nothing: the error still counts.
///
/// What a hook binds around `next` with `@TaskLocal` is seen by the handler and by its steps.
public protocol InvocationHooks: Sendable {
    /// Called around the handler, on every attempt: replays are attempts too, so what happens here
    /// happens again.
    ///
    /// Call `next` exactly once, or throw without calling it. If `next` is called twice, or not at
    /// all, the attempt fails.
    ///
    /// `next` throws ``AttemptEnd`` when the invocation suspends or the attempt is over for another
    /// reason. Pass it on.
    func attempt(_ attempt: AttemptInfo, _ next: () async throws -> Void) async throws

    /// Called around the closure of a `run` or `start`, where it runs: on another thread than the
    /// handler, and only when it really runs. A step whose result is in the journal calls nothing.
    ///
    /// Call `next` exactly once, or throw without calling it. What is thrown is the step's error: a
    /// ``TerminalError`` is its result, any other one is tried again.
    ///
    /// - Parameter name: the name of the step.
    func run(
        _ name: String, _ attempt: AttemptInfo,
        _ next: @escaping @Sendable () async throws -> Void
    ) async throws

    /// Called when an attempt is over and its last word is written, whatever came of it. An attempt
    /// whose journal could not be read is told here too, without a call of
    /// ``attempt(_:_:)`` before.
    ///
    /// It is called on the thread that serves the connection or the handler, so it must be quick.
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
