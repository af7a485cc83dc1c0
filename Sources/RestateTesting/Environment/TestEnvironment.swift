public import Restate
internal import Primitives
internal import RestateHTTP
internal import RestateProtocol
internal import RestateRuntime

/// Runs an endpoint's handlers with everything that a server does for them: journals, calls, state,
/// timers, retries. It opens no ports, and its time is that of its own clock.
///
/// ``withRestate(_:_:_:)`` makes one, and so does the trait `.restate(…)`.
///
/// ```swift
/// try await withRestate(Endpoint(Counter())) { restate in
///     let sum = try await restate.object(Counter.self, "k").add(2)
///     #expect(sum == 2)
///     try await #expect(restate.state(of: Counter.self, "k").get(Counter.count) == 2)
/// }
/// ```
/// A test gets a handler's
/// `TerminalError` with its code and metadata. An ordinary error, which a server would retry without end, becomes a ``HandlerFailed``
/// for every test that waits for anything.
public final class TestEnvironment: Sendable {
    let loop: EventLoop
    let world: TestWorld
    /// How the endpoint writes values.
    let coding: EndpointCoding?
    private let ownsLoop: Bool
    private let engine: LoopBound<TestEngine>
    private let waiters = Locked<UInt64>(0)

    /// Makes an environment that lives until ``shutdown()``.
    /// - Throws: `EndpointError` if the services cannot be served.
    public convenience init(_ endpoint: Endpoint, _ settings: TestSettings = TestSettings()) throws
    {
        let world = TestWorld(startingAt: settings.startTime)
        let loop = EventLoop()
        let engine = try TestEngine(endpoint, settings, world, on: loop)
        self.init(
            LoopBound(engine, on: loop), world, EndpointCoding(of: endpoint), loop, ownsLoop: true)
        loop.start()
    }

    init(
        _ engine: LoopBound<TestEngine>, _ world: TestWorld, _ coding: EndpointCoding?,
        _ loop: EventLoop, ownsLoop: Bool
    ) {
        self.engine = engine
        self.world = world
        self.coding = coding
        self.loop = loop
        self.ownsLoop = ownsLoop
    }

    /// Ends everything that is running.
    public func shutdown() async {
        let link = await ask { engine in
            engine.shutdown()
            return engine.link
        }
        await link.recorded()
        if ownsLoop { loop.stop() }
    }

    // MARK: Clients

    /// Returns a client for a `Service`.
    public func service<S: Service>(_ type: S.Type) -> TestClient<S> {
        TestClient(environment: self, key: nil)
    }

    /// Returns a client for the object with this key.
    public func object<S: VirtualObject>(_ type: S.Type, _ key: String) -> TestClient<S> {
        TestClient(environment: self, key: key)
    }

    /// Returns a client for the workflow with this key.
    public func workflow<S: Workflow>(_ type: S.Type, _ key: String) -> TestClient<S> {
        TestClient(environment: self, key: key)
    }

    /// Returns the call of a handler by its names. Input and output are bytes.
    public func call(
        service: String, key: String? = nil, handler: String
    ) -> TestCall<[UInt8], [UInt8]> {
        TestCall(
            environment: self, key: key,
            handler: HandlerReference(
                service: service, handler: handler, contentType: "*/*", coding))
    }

    // MARK: What happens beside calls

    /// Waits until nothing can run any more: every invocation has ended, or waits for a timer or
    /// for the test. The clock does not move.
    /// - Throws: ``HandlerFailed`` if a handler has failed and no test has seen the error.
    public func settle() async throws {
        try await waiting { $0.rest($1) }
    }

    /// The clock of this environment.
    public var clock: TestClock { TestClock(environment: self) }

    // MARK: The engine

    func ask<R>(_ body: sending @escaping (TestEngine) -> sending R) async -> sending R {
        let body = LoopBound(body, on: loop)
        return await withUnsafeContinuation { continuation in
            loop.execute { [engine] in
                continuation.resume(returning: body.value(engine.value))
            }
        }
    }

    func waiting(
        _ begin:
            @escaping @Sendable (
                TestEngine, _ tell: @escaping (Result<Void, any Error>) -> Void
            ) -> Void
    ) async throws {
        try await withUnsafeThrowingContinuation { continuation in
            loop.execute { [engine] in
                begin(engine.value) { continuation.resume(with: $0) }
            }
        }
    }

    /// Starts or finds an invocation, and waits for its end.
    func outcome(
        of target: String,
        _ begin: @escaping @Sendable (inout LocalRuntime, WaiterID, Timestamp) throws -> Void
    ) async throws -> InvocationOutcome {
        let id = waiters.withLock { last in
            last += 1
            return WaiterID(last)
        }
        let isCancelled = Locked(false)
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                loop.execute { [engine] in
                    let engine = engine.value
                    if isCancelled.withLock({ $0 }) {
                        return continuation.resume(throwing: CancellationError())
                    }
                    if let trouble = engine.takeTrouble() {
                        return continuation.resume(throwing: trouble)
                    }
                    engine.wait(as: id, for: target) { continuation.resume(with: $0) }
                    do {
                        try engine.perform { try begin(&$0, id, $1) }
                    } catch {
                        engine.forget(id, error)
                    }
                }
            }
        } onCancel: {
            isCancelled.withLock { $0 = true }
            loop.execute { [engine] in engine.value.forget(id, CancellationError()) }
        }
    }
}

/// Runs an endpoint's handlers in `body`, and ends what is still running afterwards.
///
/// - Parameters:
///   - endpoint: the services, with the options that they have in production.
///   - settings: how handlers are run.
///   - body: the test. It calls handlers, advances the clock, reads state.
/// - Throws: the error that `body` throws; ``HandlerFailed`` if a handler failed and `body` did not
///   see the error.
@discardableResult
public nonisolated(nonsending) func withRestate<Result>(
    _ endpoint: Endpoint, _ settings: TestSettings = TestSettings(),
    _ body: nonisolated(nonsending) (TestEnvironment) async throws -> Result
) async throws -> Result {
    let environment = try TestEnvironment(endpoint, settings)
    do {
        let result = try await body(environment)
        try await environment.close()
        return result
    } catch {
        await environment.shutdown()
        throw error
    }
}

extension TestEnvironment {
    /// Shuts down, and throws a failure that no test has seen.
    func close() async throws {
        let trouble = await ask { engine in
            defer { engine.shutdown() }
            return engine.takeTrouble()
        }
        await shutdown()
        if let trouble { throw trouble }
    }
}
