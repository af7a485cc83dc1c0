import Primitives
package import Restate
package import RestateHTTP
package import RestateRuntime

/// Drives a runtime: gives it events with the real time, and carries out its effects through
/// connections, timers and endpoints of this process.
///
/// It is used on its loop only, except for `init`.
package final class Engine {
    package let loop: EventLoop
    package internal(set) var runtime: LocalRuntime
    let options: EngineOptions
    private let log: (LogEvent) -> Void
    /// The data folder; nil if everything is kept in memory.
    let store: (any BatchStore)?
    var gate = CommitGate()
    var isBatchPlanned = false
    /// Why the engine has stopped; nil while it works. Then every request is refused with this
    /// reason.
    package internal(set) var failure: LocalServerError?
    /// Called once, after the engine has stopped because of a failure.
    var failed: (LocalServerError) -> Void = { _ in }

    private var transports: [AttemptID: any AttemptTransport] = [:]
    private var pools: [PoolKey: ConnectionPool] = [:]
    private var links: [String: EndpointLink] = [:]
    private var answers: [WaiterID: (Result<InvocationOutcome, LocalServerError>) -> Void] = [:]
    private var waiterCount: UInt64 = 0
    private var timer: LoopTimer?
    /// The deadline for which the timer is set.
    private var armedFor: Timestamp?
    /// Whether effects are being carried out, which may call the runtime again.
    private var isCarryingOut = false
    /// What is being carried out. Empty in between; its memory is kept.
    private var effects: [Effect] = []
    private var isShutDown = false
    private var chaos: SplitMix

    private struct PoolKey: Hashable {
        var host: ExactName
        var port: Int
        var version: HTTPVersion
    }

    package convenience init(
        loop: EventLoop, settings: LocalSettings = LocalSettings(),
        options: EngineOptions = EngineOptions(), log: @escaping (LogEvent) -> Void = { _ in }
    ) {
        let runtime = LocalRuntime(settings: settings, seed: options.seed)
        self.init(loop: loop, runtime: runtime, options: options, log: log)
    }

    /// - Parameter store: the data folder from which the runtime was recovered; nil without one.
    init(
        loop: EventLoop, runtime: LocalRuntime, store: (any BatchStore)? = nil,
        options: EngineOptions = EngineOptions(), log: @escaping (LogEvent) -> Void = { _ in }
    ) {
        self.loop = loop
        self.options = options
        self.log = log
        self.store = store
        self.runtime = runtime
        chaos = SplitMix(seed: options.seed &+ 1)
    }

    package var now: Timestamp { options.clock.now }

    // MARK: The runtime

    /// Changes the runtime, and carries out the effects. There is no other way to change it.
    @discardableResult
    package func perform<R>(_ body: (inout LocalRuntime, Timestamp) -> R) -> R {
        loop.assertAccess()
        defer { carryOut() }
        return body(&runtime, now)
    }

    /// Registers a closure that is called once, on the loop, with the outcome for this id, or with
    /// the reason why there will be none.
    package func waiter(
        _ answer: @escaping (Result<InvocationOutcome, LocalServerError>) -> Void
    ) -> WaiterID {
        waiterCount += 1
        let id = WaiterID(waiterCount)
        answers[id] = answer
        return id
    }

    /// Removes a waiter that is not interested any more. The invocation goes on.
    package func cancelWaiter(_ id: WaiterID) {
        answers[id] = nil
        perform { runtime, _ in runtime.detach(id) }
    }

    /// Handles the deadlines that are due. With a manual clock only the test calls this.
    package func advance() {
        perform { $0.advance(to: $1) }
    }

    /// Carries out the runtime's effects, then plans a batch and sets the timer.
    func carryOut() {
        // An effect that calls the runtime adds effects, which the outer call takes.
        guard !isCarryingOut else { return }
        isCarryingOut = true
        defer { isCarryingOut = false }
        runtime.takeEffects(into: &effects)
        while !effects.isEmpty {
            for effect in effects {
                if store == nil { carryOut(effect) } else { hold(.effect(effect)) }
            }
            runtime.takeEffects(into: &effects)
        }
        if store != nil { planBatch() }
        arm()
    }

    /// Carries out items that were held back. Effects that they cause follow all of them.
    func carryOut(_ items: [CommitGate.Item]) {
        isCarryingOut = true
        for item in items { carryOut(item) }
        isCarryingOut = false
        carryOut()
    }

    func carryOut(_ effect: Effect) {
        switch effect {
        case .start(let request): start(request)
        case .send(let attempt, let bytes):
            guard !isCut(attempt) else { return }
            transports[attempt]?.send(bytes)
        case .endInput(let attempt): transports[attempt]?.endInput()
        case .finish(let attempt): transports.removeValue(forKey: attempt)?.finish()
        case .abort(let attempt): transports.removeValue(forKey: attempt)?.abort()
        case .answer(let waiter, let outcome):
            answers.removeValue(forKey: waiter)?(.success(outcome))
        case .refuse(let waiter, let failure):
            answers.removeValue(forKey: waiter)?(.failure(LocalServerError(failure)))
        case .log(let event): log(event)
        }
    }

    /// Sets the one timer to the runtime's earliest deadline, or leaves it earlier.
    private func arm() {
        let isStill = isShutDown || failure != nil || options.clock.isManual
        let deadline = isStill ? nil : runtime.readNextDeadline()
        // A timer that comes too early sets the next one. Most deadlines are removed before their time,
        // and the timer need not follow each of them.
        if let armedFor, let deadline, armedFor <= deadline { return }
        guard deadline != armedFor else { return }
        armedFor = deadline
        timer?.cancel()
        timer = nil
        guard let deadline else { return }
        let now = now
        let delay = deadline > now ? Int64(clamping: deadline - now) : 0
        timer = loop.schedule(after: .milliseconds(delay)) { [self] in
            timer = nil
            armedFor = nil
            advance()
        }
    }

    // MARK: Attempts

    /// Begins an attempt on a new transport, which the engine keeps until the attempt ends.
    private func start(_ request: AttemptRequest) {
        guard !isShutDown, failure == nil else { return }
        let attempt = request.attempt
        let tell = { [self] (event: TransportEvent) in happened(event, attempt) }
        switch request.endpoint.kind {
        case .inProcess(let name):
            guard let link = links[name] else {
                return later(
                    attempt,
                    .failed("no endpoint of this process is linked under the name '\(name)'"))
            }
            let transport = LinkedTransport(tell: tell)
            transports[attempt] = wrapped(transport)
            transport.begin(request, at: link, on: loop)
        case .http:
            guard let pool = pool(for: request.endpoint) else { return }
            let transport = HTTPTransport(
                loop: loop, now: { [clock = options.clock] in clock.now }, tell: tell)
            transports[attempt] = wrapped(transport)
            transport.begin(request, through: pool, signer: options.signer)
        }
    }

    private func wrapped(_ transport: any AttemptTransport) -> any AttemptTransport {
        options.chunkSize.map { ChunkedTransport(transport, size: $0, on: loop) } ?? transport
    }

    /// Reports an event in the next turn of the loop, because the runtime is in the middle of an
    /// effect now.
    private func later(_ attempt: AttemptID, _ event: TransportEvent) {
        let confined = LoopBound((self, event), on: loop)
        loop.execute {
            let (engine, event) = confined.value
            engine.happened(event, attempt)
        }
    }

    /// Gives the runtime an event of a transport.
    private func happened(_ event: TransportEvent, _ attempt: AttemptID) {
        guard !isShutDown, failure == nil, !isCut(attempt) else { return }
        perform { runtime, now in
            switch event {
            case .head(let status, let contentType, let server, let retryAfter):
                runtime.responded(
                    attempt, status: status, contentType: contentType, server: server,
                    retryAfter: retryAfter, at: now)
            case .bytes(let bytes): runtime.received(attempt, bytes, at: now)
            case .ended: runtime.responseEnded(attempt, at: now)
            case .failed(let reason): runtime.connectionFailed(attempt, reason, at: now)
            }
        }
    }

    /// Loses the attempt's connection at random, if the options ask for that. A mode for tests of
    /// endpoints.
    private func isCut(_ attempt: AttemptID) -> Bool {
        guard options.cutProbability > 0, transports[attempt] != nil,
            Double.random(in: 0..<1, using: &chaos) < options.cutProbability
        else { return false }
        transports.removeValue(forKey: attempt)?.abort()
        perform { $0.connectionFailed(attempt, "the connection was cut on purpose", at: $1) }
        return true
    }

    /// Returns the connections to an address. Deployments at one address share them.
    func pool(for endpoint: DeploymentEndpoint) -> ConnectionPool? {
        guard case .http(let host, let port, _) = endpoint.kind else { return nil }
        let version: HTTPVersion = endpoint.usesHTTP11 ? .http1_1 : .http2
        let key = PoolKey(host: ExactName(text: host), port: port, version: version)
        if let pool = pools[key] { return pool }
        let pool = ConnectionPool(loop: loop, host: host, port: port, version: version)
        pools[key] = pool
        return pool
    }

    // MARK: Endpoints in this process

    /// Makes an endpoint of this process reachable without a socket. It must still be registered.
    package func link(_ endpoint: Endpoint, name: String) throws -> DeploymentEndpoint {
        links[name] = try EndpointLink(endpoint)
        return DeploymentEndpoint(inProcess: name)
    }

    func link(_ name: String) -> EndpointLink? { links[name] }

    var allLinks: [EndpointLink] { Array(links.values) }

    /// Aborts all attempts and closes all connections. Waiters, and requests that come later, are
    /// answered with the reason.
    package func shutdown() {
        isShutDown = true
        let stopping = LocalServerError.stopping(isKept: store != nil)
        failure = failure ?? stopping
        refuse(StorageError.closed)
        refuseWaiters(stopping)
        disconnect()
    }

    /// Aborts all attempts, closes all connections, and stops the timer.
    func disconnect() {
        timer?.cancel()
        timer = nil
        armedFor = nil
        let open = transports
        transports = [:]
        for transport in open.values { transport.abort() }
        for pool in pools.values { pool.close() }
        pools = [:]
    }

    /// Tells all waiters that there will be no outcome.
    func refuseWaiters(_ error: LocalServerError) {
        let waiting = answers
        answers = [:]
        for answer in waiting.values { answer(.failure(error)) }
    }
}
