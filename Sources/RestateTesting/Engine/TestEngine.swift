internal import Primitives
internal import Restate
internal import RestateHTTP
internal import RestateProtocol
internal import RestateRuntime

/// Drives a runtime and the handlers of one endpoint on one loop, by a clock that moves only when
/// it is told to. It detects when nothing can run any more. Loop-confined.
final class TestEngine {
    /// A test that waits for an invocation's end.
    private struct Waiting {
        var target: String
        var answer: (Result<InvocationOutcome, any Error>) -> Void
    }

    let loop: EventLoop
    let world: TestWorld
    private(set) var runtime: LocalRuntime
    var clockJumps: Bool
    /// Sees each frame, if set.
    var tap: (any FrameTap)?

    let link: EndpointLink
    private let patience: Duration
    /// What an attempt says comes when it has ended.
    private let buffersOutput: Bool
    private var streams: [AttemptID: TestStream] = [:]
    /// The streams whose tasks have not ended, including those whose connection was lost.
    private var living: [TestStream] = []
    private var answers: [WaiterID: Waiting] = [:]
    private var resting: [(Result<Void, any Error>) -> Void] = []
    private var journey: (target: Timestamp, arrive: (Result<Void, any Error>) -> Void)?
    /// Failures that came while no test waited.
    private var troubles: [HandlerFailed] = []
    private var isCarryingOut = false
    private var isLookPlanned = false
    private var isShutDown = false
    private var stuckTimer: LoopTimer?

    init(
        _ endpoint: Endpoint, _ settings: TestSettings, _ world: TestWorld, on loop: EventLoop,
        tap: (any FrameTap)? = nil
    ) throws {
        var endpoint = endpoint
        endpoint.rehearsal = world
        self.loop = loop
        self.world = world
        self.tap = tap
        clockJumps = settings.clockJumps
        patience = settings.patience
        buffersOutput = settings.buffersOutput
        link = try EndpointLink(endpoint)
        runtime = LocalRuntime(settings: settings.runtime, seed: settings.seed)
        var manifest = try Manifest(parsing: try link.manifest())
        if settings.retries != .asDeclared { manifest.forgetRetryPolicies() }
        // The settings decide whether waits suspend, not the protocol mode of the endpoint.
        manifest.protocolMode = "BIDI_STREAM"
        _ = try runtime.register(
            Discovered(manifest: manifest, sdkVersion: nil),
            at: DeploymentEndpoint(inProcess: "test"), RegistrationOptions(), at: world.time)
        _ = runtime.takeEffects()
    }

    // MARK: The runtime

    /// Changes the runtime and then carries out its effects. Every change goes through here.
    @discardableResult
    func perform<R>(_ body: (inout LocalRuntime, Timestamp) throws -> R) rethrows -> R {
        loop.assertAccess()
        defer { carryOut() }
        return try body(&runtime, world.time)
    }

    private func carryOut() {
        // A change during the effects adds to them, and the outer call carries them out.
        guard !isCarryingOut else { return }
        isCarryingOut = true
        var effects = runtime.takeEffects()
        while !effects.isEmpty {
            for effect in effects { carryOut(effect) }
            effects = runtime.takeEffects()
        }
        isCarryingOut = false
        stuckTimer?.cancel()
        stuckTimer = nil
        lookLater()
    }

    private func carryOut(_ effect: Effect) {
        switch effect {
        case .start(let request): start(request)
        case .send(let attempt, let bytes): send(bytes, to: attempt)
        case .endInput(let attempt): streams[attempt]?.endInput()
        case .finish(let attempt):
            let stream = streams.removeValue(forKey: attempt)
            stream?.isOver = true
            stream?.endInput()
        case .abort(let attempt): streams.removeValue(forKey: attempt)?.close()
        case .answer(let waiter, let outcome):
            answers.removeValue(forKey: waiter)?.answer(.success(outcome))
        case .refuse(let waiter, let failure):
            answers.removeValue(forKey: waiter)?.answer(.failure(failure))
        case .log(.paused(let target, let id, let failure)):
            report(HandlerFailed(target, id, failure))
        case .log: break
        }
    }

    // MARK: Attempts

    private func start(_ request: AttemptRequest) {
        guard !isShutDown else { return }
        let stream = TestStream(request, self)
        stream.begin(
            link.rehearse(
                service: request.service, handler: request.handler, version: request.version,
                stream, on: loop
            ) { [weak self] in self?.lookLater() })
        streams[request.attempt] = stream
        living.append(stream)
        tap?.began(request)
    }

    private func send(_ bytes: [UInt8], to attempt: AttemptID) {
        guard let tap, let stream = streams[attempt] else {
            streams[attempt]?.deliver(bytes)
            return
        }
        var frames = TappedFrame.frames(in: bytes, .toEndpoint, stream.request)
        if frames.first?.type == .start {
            for index in frames.indices.dropLast() { frames[index].isFollowed = true }
        }
        for frame in frames {
            guard streams[attempt] === stream else { return }
            let decision = tap.passed(frame)
            stream.deliver(frame.bytes(after: decision))
            follow(decision, stream)
        }
    }

    func arrived(_ bytes: [UInt8], _ stream: TestStream) {
        guard !buffersOutput else { return stream.hold(bytes) }
        tapped(bytes, stream)
    }

    private func tapped(_ bytes: [UInt8], _ stream: TestStream) {
        guard let tap else { return receive(bytes, stream) }
        for frame in TappedFrame.frames(in: bytes, .fromEndpoint, stream.request) {
            guard !stream.isOver else { return }
            let decision = tap.passed(frame)
            receive(frame.bytes(after: decision), stream)
            follow(decision, stream)
        }
    }

    private func receive(_ bytes: [UInt8], _ stream: TestStream) {
        perform { $0.received(stream.request.attempt, bytes, at: $1) }
    }

    private func follow(_ decision: TapDecision, _ stream: TestStream) {
        switch decision {
        case .goOn: break
        case .cut, .tear: cut(stream)
        case .cancel: perform { _ = $0.cancel(stream.request.invocation, at: $1) }
        }
    }

    private func cut(_ stream: TestStream) {
        guard streams.removeValue(forKey: stream.request.attempt) != nil else { return }
        stream.close()
        perform {
            $0.connectionFailed(stream.request.attempt, "cut on purpose", at: $1)
        }
    }

    /// Breaks the connection of the invocation's attempt, if it has one.
    func cut(invocation: String) {
        guard let stream = streams.values.first(where: { $0.request.invocation.text == invocation })
        else { return }
        cut(stream)
    }

    /// Forgets an attempt whose task has ended.
    func ended(_ stream: TestStream) {
        if buffersOutput, !stream.isOver { tapped(stream.takeHeld(), stream) }
        if !stream.isOver {
            perform { $0.responseEnded(stream.request.attempt, at: $1) }
        }
        if isShutDown { stream.forgetAttempt() }
        lookLater()
    }

    // MARK: Rest

    private func lookLater() {
        guard !isLookPlanned, !isShutDown else { return }
        isLookPlanned = true
        let confined = LoopBound(self, on: loop)
        loop.execute { confined.value.look() }
    }

    /// If nothing can run any more, resumes the tests that wait for that, or moves the clock.
    private func look() {
        isLookPlanned = false
        forgetGone()
        guard living.allSatisfy(\.isAtRest) else { return }
        if let due = runtime.nextDeadline, due <= world.time { return advance(to: due) }
        if let (target, arrive) = journey {
            if let next = runtime.nextDeadline, next <= target { return advance(to: next) }
            world.move(to: target)
            journey = nil
            arrive(.success(()))
        }
        let rested = resting
        resting = []
        for tell in rested { tell(.success(())) }
        guard !answers.isEmpty else { return }
        if clockJumps, runtime.nextWakeUp != nil, let next = runtime.nextDeadline {
            return advance(to: next)
        }
        waitForHelp()
    }

    private func forgetGone() {
        for stream in living where stream.isGone { stream.forgetAttempt() }
        living.removeAll(where: \.isGone)
    }

    private func advance(to time: Timestamp) {
        world.move(to: time)
        perform { $0.advance(to: $1) }
    }

    /// Waits in real time, because another task of the test may complete something.
    private func waitForHelp() {
        guard stuckTimer == nil else { return }
        stuckTimer = loop.schedule(after: patience) { [weak self] in self?.giveUp() }
    }

    private func giveUp() {
        stuckTimer = nil
        let waiting = openInvocations
        for (id, one) in takeAnswers() {
            runtime.detach(id)
            one.answer(.failure(TestStuck(target: one.target, waiting: waiting)))
        }
    }

    private func takeAnswers() -> [(WaiterID, Waiting)] {
        defer { answers = [:] }
        return answers.sorted { $0.key.number < $1.key.number }
    }

    // MARK: Trouble

    /// Fails every test that waits. If none waits, the next one that asks gets the failure.
    private func report(_ failure: HandlerFailed) {
        let waiting = takeAnswers()
        if waiting.isEmpty, resting.isEmpty, journey == nil { troubles.append(failure) }
        for (id, one) in waiting {
            runtime.detach(id)
            one.answer(.failure(failure))
        }
        let rested = resting
        resting = []
        for tell in rested { tell(.failure(failure)) }
        let journey = journey
        self.journey = nil
        journey?.arrive(.failure(failure))
    }

    /// Returns a failure that no test has seen yet.
    func takeTrouble() -> HandlerFailed? {
        defer { troubles = [] }
        return troubles.first
    }

    // MARK: What a test waits for

    func wait(
        as id: WaiterID, for target: String,
        _ answer: @escaping (Result<InvocationOutcome, any Error>) -> Void
    ) {
        answers[id] = Waiting(target: target, answer: answer)
    }

    /// Ends a test's wait with an error.
    func forget(_ id: WaiterID, _ reason: any Error) {
        guard let waiting = answers.removeValue(forKey: id) else { return }
        perform { runtime, _ in runtime.detach(id) }
        waiting.answer(.failure(reason))
    }

    func rest(_ tell: @escaping (Result<Void, any Error>) -> Void) {
        if let trouble = takeTrouble() { return tell(.failure(trouble)) }
        resting.append(tell)
        lookLater()
    }

    func travel(
        to target: Timestamp, _ arrive: @escaping (Result<Void, any Error>) -> Void
    ) {
        if let trouble = takeTrouble() { return arrive(.failure(trouble)) }
        guard journey == nil else {
            return arrive(
                .failure(TestMistake(description: "The clock is being advanced already.")))
        }
        journey = (target, arrive)
        lookLater()
    }

    func shutdown() {
        isShutDown = true
        stuckTimer?.cancel()
        stuckTimer = nil
        let reason = TestMistake(description: "The test environment is shut down.")
        for (_, one) in takeAnswers() { one.answer(.failure(reason)) }
        let rested = resting
        resting = []
        for tell in rested { tell(.failure(reason)) }
        journey?.arrive(.failure(reason))
        journey = nil
        streams = [:]
        for stream in living { stream.close() }
        // Those that have ended would not be looked at again.
        for stream in living where stream.hasEnded { stream.forgetAttempt() }
    }

    /// Lists the invocations that have not ended, each with its last journal entry.
    private var openInvocations: [String] {
        runtime.snapshots().filter { $0.status != .completed }
            .sorted { $0.head.value.createdAt < $1.head.value.createdAt }
            .map { snapshot in
                let journal = runtime.journal(of: snapshot.id) ?? []
                let last = journal.last(where: \.isCommand).map {
                    ", after \(JournalLine($0))"
                }
                return "\(snapshot.head.value.target) is \(snapshot.status.rawValue)\(last ?? "")"
            }
    }
}

extension Manifest {
    fileprivate mutating func forgetRetryPolicies() {
        for service in services.indices {
            services[service].options.retryPolicy = AttemptRetryOverrides()
            for handler in services[service].handlers.indices {
                services[service].handlers[handler].options.retryPolicy = AttemptRetryOverrides()
            }
        }
    }
}
