import RestateHTTP
import RestateMachine
import RestateProtocol

/// One attempt of one invocation: the only place where tasks, bytes and the machine meet.
///
/// It belongs to its event loop or strand: the handler's task runs there, the stream's events come
/// there, and the results of runs are brought there.
final class AttemptDriver: StreamObserver {
    // Only the loop's thread comes here, so the run-time checks for overlapping access find nothing in
    // release builds. They cost a tenth of a small request: `benchmarks http` with and without.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var machine: InvocationMachine

    let handler: ServedHandler
    let stream: any AttemptStream
    /// Where the attempt runs.
    let loop: any Confinement
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var runs: [UInt32: KeptRun] = [:]
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var executing: [UInt32: Task<Void, Never>] = [:]

    private var waiter: UnsafeContinuation<Void, Never>?
    /// Told when nothing moves here any more; only in a rehearsal.
    var comesToRest: (() -> Void)?
    /// The endpoint ends: there is nothing more to wait for here.
    var isDraining = false
    /// Those that are under way, and this one's place among them.
    private let attempts: LoopAttempts?
    var place = 0
    /// When this attempt began, in monotonic nanoseconds. `attempts` notes it, as it knows the time.
    var began: UInt64 = 0
    /// What hooks and the log want to know; nil as long as nobody does.
    var observed: ObservedAttempt?
    /// Something happened since the last look; kept so that no wake-up is lost.
    private var changed = false
    private var waitsAfterEnd = 0
    /// When this attempt got its turn, and for how many nanoseconds it has kept one at most.
    private var turnTaken: UInt64 = 0
    private var longestHold: UInt64 = 0
    /// Bytes that a handler may write before they are handed on, even if it never waits.
    private static let flushSize = 64 << 10

    init(
        _ handler: ServedHandler, _ version: ProtocolVersion, _ stream: any AttemptStream,
        _ loop: any Confinement, _ attempts: LoopAttempts? = nil
    ) {
        self.handler = handler
        machine = InvocationMachine(version: version, options: handler.machineOptions)
        self.stream = stream
        self.loop = loop
        self.attempts = attempts
        stream.observer = self
        if let attempts { attempts.add(self) } else { began = monotonicNow() }
    }

    /// Bytes that one message may have.
    var messageLimit: Int { handler.settings.messageLimit }

    /// What becomes of the errors that the closures of runs throw.
    var errors: ErrorRules { handler.errors }

    var attemptHeaders: [(name: String, value: String)] { stream.requestHeaders }

    var isExecuting: Bool { !executing.isEmpty }
    var isWaiting: Bool { waiter != nil && !isExecuting }

    var rehearsal: (any Rehearsal)? { handler.settings.rehearsal }

    // MARK: The attempt

    /// Runs the handler from the first byte to the last.
    ///
    /// In one piece, because each asynchronous function on the way to the handler costs as much as
    /// decoding a message.
    nonisolated(nonsending) func serve() async {
        if handler.isReported { observed = ObservedAttempt() }
        turnTaken = loop.turnTaken
        pull()
        while isReceiving() {
            await change()
            pull()
        }
        stream.inputIsComplete()
        if begin() {
            if observed != nil { noteBegin() }
            do {
                end(.success(try await handler.body(LoopBound(self, on: loop))))
            } catch {
                end(.failure(error))
            }
        }
        stopRuns()
        flush()
        if observed != nil || machine.hasFailed { report() }
        giveTurn()
        if !stream.inputEnded && !stream.isClosed { await linger() }
        stream.finish()
        stream.observer = nil  // Or the stream would hold this attempt until its end is sent.
        attempts?.remove(self)
    }

    @inline(never)
    private func isReceiving() -> Bool {
        !machine.isReady && !machine.hasEnded
    }

    // Not inlined, like the other steps of `serve`, so that what they need for a moment does not
    // become a part of each waiting task.
    @inline(never)
    private func begin() -> Bool {
        do {
            try machine.readInput()
            return true
        } catch {
            return false
        }
    }

    @inline(never)
    private func end(_ outcome: Result<[UInt8], any Error>) {
        attempt {
            switch outcome {
            case .success(let output):
                try machine.writeOutput(.value(output[...]), at: .handlerEnd)
                try machine.end()
            case .failure(let error as TerminalError):
                try end(with: error)
            case .failure(let error):
                if error is AttemptEnd { throw error }
                switch errors.meaning(of: error, at: "handler \(name)") {
                case .terminal(let error): try end(with: error)
                case .failure(let failure): machine.fail(failure)
                }
            }
        }
        if machine.hasLeftOutMetadata { tellOfMetadata() }
    }

    private func end(with error: TerminalError) throws {
        try machine.writeOutput(.failure(error.failure), at: .handlerEnd)
        try machine.end()
        note(error)
    }

    @inline(never)
    private func tellOfMetadata() {
        handler.settings.log(
            .warn,
            "The metadata of a terminal error was left out, which needs service protocol 6. A server "
                + "that knows it uses it for deployments that are registered again.",
            LogFields.of(machine.input.debugID, target))
    }

    var name: String { "\(handler.service)/\(handler.name)" }

    /// Waits until the server has ended its half, as it does when it has seen our last word: some
    /// proxies reset a request that is answered before it is read.
    @inline(never)
    private nonisolated(nonsending) func linger() async {
        var isLate = false
        let timer = loop.timer(after: Self.lingering) { [self] in
            isLate = true
            streamChanged()
        }
        while !stream.inputEnded && !stream.isClosed && !isLate {
            if stream.hasInput { _ = stream.takeInput() }
            await change()
        }
        timer.cancel()
    }

    /// How long the request may stay open after our last word.
    private static let lingering = Duration.seconds(5)

    // MARK: Waiting

    /// Waits for one notification: the short way, without a tree.
    nonisolated(nonsending) func result(
        _ id: NotificationID, at site: CallSite
    ) async throws -> NotificationResult {
        if hasMuchToSend { try await makeRoom() }
        while true {
            if let result = machine.take(id) { return result }
            try await settle(.leaf(id), at: site)
        }
    }

    /// Issues a command whose result is waited for. If that fails, the wait says so.
    func issue(_ command: () throws -> UInt32) -> UInt32 {
        var id: UInt32 = 0  // Completion ids start at 1: nothing is ever known of this one.
        attempt { id = try command() }
        return id
    }

    /// Waits until something in the tree has come: then the caller looks what.
    nonisolated(nonsending) func settle(_ tree: AwaitTree, at site: CallSite) async throws {
        if hasMuchToSend || stream.outputIsFull { try await makeRoom() }
        pull()
        do {
            while true {
                switch try machine.awaitPoint(tree, at: site) {
                case .completed:
                    return
                case .execute(let id):
                    execute(id)
                    while let next = machine.nextRun() { execute(next) }
                case .cancelled:
                    flush()
                    throw TerminalError.cancelled
                case .wait:
                    flush()
                    await change()
                    pull()
                }
            }
        } catch let end as AttemptEndCause {
            throw await unwinding(end)
        }
    }

    /// What the handler gets wherever it waits once the attempt is over.
    nonisolated(nonsending) func unwinding(_ end: AttemptEndCause) async -> AttemptEnd {
        flush()
        await throttle()
        return AttemptEnd(cause: end)
    }

    /// A handler that swallows errors in a loop goes on after its attempt is over. From its second
    /// wait on it is held up, longer each time, so that others get their turns.
    private nonisolated(nonsending) func throttle() async {
        waitsAfterEnd += 1
        guard waitsAfterEnd > 1 else { return }
        let delay = Duration.milliseconds(1 << min(waitsAfterEnd, 10))
        await withUnsafeContinuation { continuation in
            _ = loop.timer(after: delay) { continuation.resume() }
        }
    }

    private var hasMuchToSend: Bool { machine.output.bytes.count >= Self.flushSize }

    /// Holds the handler up while the server does not read what was written.
    private nonisolated(nonsending) func makeRoom() async throws {
        if hasMuchToSend { flush() }
        while stream.outputIsFull && !stream.isClosed {
            await change()
            pull()
        }
    }

    /// An operation that neither waits nor throws: if it fails, the machine has kept why, and the
    /// next wait or the end says so.
    func attempt(_ operation: () throws -> Void) {
        do {
            try operation()
        } catch is AttemptEndCause {
        } catch is AttemptEnd {
        } catch {
            machine.fail(
                AttemptFailure(
                    message: ErrorText.describe(error),
                    stacktrace: trace(of: error, at: "handler \(name)")))
        }
    }

    // MARK: Bytes

    func streamChanged() {
        loop.assertAccess()
        changed = true
        if let waiter {
            self.waiter = nil
            waiter.resume()
        }
    }

    /// Suspends the task until the stream or a run has something new.
    nonisolated(nonsending) func change() async {
        if !changed {
            giveTurn()
            await withUnsafeContinuation { continuation in
                assert(
                    waiter == nil, "an attempt has one waiter: another one would never be resumed")
                waiter = continuation
                comesToRest?()
            }
            turnTaken = loop.turnTaken
        }
        changed = false
    }

    /// Called when others get their turn, for the handler's pace. What a handler waits for in other ways
    /// than the context's counts as if it had computed meanwhile: it cannot be told apart, and costs
    /// a hop.
    @inline(never)
    private func giveTurn() {
        let held = loop.giveTurn() &- turnTaken
        guard held > longestHold else { return }
        // Before the journal is there, the handler had no part in it.
        guard !isReceiving() else { return }
        longestHold = held
        // Not only at the end: that may be far away, and the next calls are perhaps here already.
        handler.pace.note(held)
    }

    @inline(never)
    func pull() {
        while stream.hasInput { machine.receive(stream.takeInput()) }
        // A journal that is still on its way is waited for.
        if stream.inputEnded || isDraining && machine.isReady { machine.inputClosed() }
        if stream.isClosed {
            if !machine.hasEnded { observed?.wasLost = true }
            noteCut()
            machine.abort()
        }
    }

    /// The other side went, in the middle of an attempt.
    @inline(never)
    private func noteCut() {
        guard machine.isReady else { return }
        let warning = handler.settings.cuts.note(
            invocation: machine.input.debugID, handler: name, lasted: lasted)
        if let warning { handler.settings.log(.warn, warning) }
    }

    @inline(never)
    func flush() {
        machine.drainOutput { stream.write($0) }
    }
}
