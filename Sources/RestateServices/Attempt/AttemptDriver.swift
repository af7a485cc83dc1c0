import Primitives
import RestateMachine
import RestateProtocol

/// Drives one attempt of one invocation. Only here do the handler's task, the stream's bytes and
/// the machine meet.
///
/// An attempt is confined to one event loop or strand: the handler's task runs there, the stream
/// calls its observer there, and the results of runs are delivered there.
package final class AttemptDriver: StreamObserver {
    // Exclusivity checks are off in release builds, because the fields are confined to one thread,
    // and the checks cost a tenth of a small request (`benchmarks http` with and without them).
    // Debug builds, and with them the tests, keep the checks.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var machine: InvocationMachine

    let handler: ServedHandler
    let stream: any AttemptStream
    /// The event loop or strand to which the attempt is confined.
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
    /// Called each time the handler waits and nothing is left to do. Only rehearsals set it.
    var comesToRest: (() -> Void)?
    /// Whether the endpoint is shutting down, so that the attempt must not wait for the server.
    var isDraining = false
    /// When this attempt began, in monotonic nanoseconds.
    let began: UInt64
    /// What hooks and the log need; nil if the handler has no observer.
    var observed: ObservedAttempt?
    /// Whether the stream or a run has changed since the last `change()`. Without the flag a change
    /// that comes while nobody waits would be lost.
    private var changed = false
    private var waitsAfterEnd = 0
    /// When the current turn of this attempt began, 0 if it is not measured, and the longest turn so
    /// far, in nanoseconds.
    private var turnTaken: UInt64 = 0
    private var longestHold: UInt64 = 0
    /// The buffered bytes beyond which output is written to the stream even if the handler never
    /// waits.
    private static let flushSize = 64 << 10

    init(
        _ handler: ServedHandler, _ version: ProtocolVersion, _ stream: any AttemptStream,
        _ loop: any Confinement, began: UInt64 = monotonicNow()
    ) {
        self.handler = handler
        machine = InvocationMachine(version: version, options: handler.machineOptions)
        self.loop = loop
        self.began = began
        if let taped = handler.settings.recorder?.taped(stream, handler, version) {
            self.stream = taped.stream
            machine.sites = taped.sites
        } else {
            self.stream = stream
        }
        stream.observer = self
    }

    /// The limit for the bytes of one message.
    var messageLimit: Int { handler.settings.messageLimit }

    /// How the errors are classified that the handler and the closures of its runs throw.
    var errors: ErrorRules { handler.errors }

    var attemptHeaders: [(name: String, value: String)] { stream.requestHeaders }

    var isExecuting: Bool { !executing.isEmpty }
    var isWaiting: Bool { waiter != nil && !isExecuting }

    var rehearsal: (any Rehearsal)? { handler.settings.rehearsal }

    // MARK: The attempt

    /// Runs the handler from the first byte to the last.
    ///
    /// The steps are not split into more asynchronous functions, because each one on the way to the
    /// handler costs as much as decoding a message.
    nonisolated(nonsending) func serve() async {
        if handler.isReported { observed = ObservedAttempt() }
        takeTurn()
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
        // The stream would otherwise keep this attempt alive until its output is sent.
        stream.observer = nil
    }

    @inline(never)
    private func isReceiving() -> Bool {
        !machine.isReady && !machine.hasEnded
    }

    // Not inlined, like the other steps of `serve`, because their temporaries would enlarge the
    // frame of every suspended task.
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

    /// Waits until the server has closed its half of the stream, which it does after our last
    /// message. Some proxies reset a request that is answered before its body has ended.
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

    /// The time limit for that.
    private static let lingering = Duration.seconds(5)

    // MARK: Waiting

    /// Awaits the result of a command. Inlined, because a replay, and a read of state that has come
    /// along, have nothing to wait for and need no asynchronous call.
    @inline(__always)
    nonisolated(nonsending) func result(
        _ completion: UInt32, at site: CallSite
    ) async throws -> NotificationResult {
        if !hasMuchToSend, !stream.outputIsFull, let result = machine.takeDecided(completion) {
            return result
        }
        return try await waitedResult(completion, at: site)
    }

    /// Awaits a single notification. It needs no tree, which saves an allocation on the usual path.
    private nonisolated(nonsending) func waitedResult(
        _ completion: UInt32, at site: CallSite
    ) async throws -> NotificationResult {
        let id = NotificationID.completion(completion)
        if hasMuchToSend { try await makeRoom() }
        while true {
            if let result = machine.take(id) { return result }
            try await settle(.leaf(id), at: site)
        }
    }

    /// Issues a command and returns its completion id. If the command fails, the machine keeps the
    /// error, and the next await throws it.
    func issue(_ command: () throws -> UInt32) -> UInt32 {
        var id: UInt32 = 0  // Completion ids start at 1, so no notification ever has this one.
        attempt { id = try command() }
        return id
    }

    /// Waits until the machine reports that something in the tree has completed. The caller then
    /// polls its nodes to find what.
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

    /// Returns the error that every wait throws once the attempt is over.
    nonisolated(nonsending) func unwinding(_ end: AttemptEndCause) async -> AttemptEnd {
        flush()
        await throttle()
        return AttemptEnd(cause: end)
    }

    /// Delays a handler that catches all errors in a loop and so continues after its attempt is
    /// over. The delay doubles with each wait, so that such a handler cannot starve the loop.
    private nonisolated(nonsending) func throttle() async {
        waitsAfterEnd += 1
        guard waitsAfterEnd > 1 else { return }
        let delay = Duration.milliseconds(1 << min(waitsAfterEnd, 10))
        await withUnsafeContinuation { continuation in
            _ = loop.timer(after: delay) { continuation.resume() }
        }
    }

    private var hasMuchToSend: Bool { machine.output.bytes.count >= Self.flushSize }

    /// Suspends the handler while the peer reads too slowly.
    private nonisolated(nonsending) func makeRoom() async throws {
        if hasMuchToSend { flush() }
        while stream.outputIsFull && !stream.isClosed {
            await change()
            pull()
        }
    }

    /// Performs an operation that neither waits nor throws. If it fails, the machine keeps the
    /// error, and the next wait or the end of the handler reports it.
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

    package func streamChanged() {
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
            takeTurn()
        }
        changed = false
    }

    /// Begins a turn. The clock is read only if the handler may be the one that keeps others
    /// waiting, because reading it costs a hundredth of a small request.
    @inline(never)
    private func takeTurn() {
        turnTaken = handler.pace.isQuick && !loop.isWatched ? 0 : monotonicNow()
    }

    /// Ends the current turn and notes its length for the handler's pace. A wait for anything but
    /// the context (a lock, another actor) counts as computing: it cannot be distinguished, and
    /// such a handler is better off the loop, too.
    private func giveTurn() {
        if turnTaken != 0 { noteTurn() }
    }

    @inline(never)
    private func noteTurn() {
        let held = monotonicNow() &- turnTaken
        guard held > longestHold else { return }
        // While the journal is being read, no code of the handler has run.
        guard !isReceiving() else { return }
        longestHold = held
        // Noted at each turn and not only at the end, because a long handler's next calls may
        // arrive before it ends.
        handler.pace.note(held)
    }

    @inline(never)
    func pull() {
        while stream.hasInput { machine.receive(stream.takeInput()) }
        // A journal that is still arriving is read to its end, even during a shutdown.
        if stream.inputEnded || isDraining && machine.isReady { machine.inputClosed() }
        if stream.isClosed {
            if !machine.hasEnded { observed?.wasLost = true }
            noteCut()
            machine.abort()
        }
    }

    /// Counts an attempt that the peer cut, and warns if attempts are cut regularly.
    @inline(never)
    private func noteCut() {
        guard machine.isReady else { return }
        let warning = handler.settings.cuts.note(
            invocation: machine.input.debugID, handler: name, lasted: lasted)
        if let warning { handler.settings.log(.warn, warning) }
    }

    @inline(never)
    func flush() {
        let bytes = machine.takeOutput()
        if !bytes.isEmpty { stream.write(bytes) }
    }
}
