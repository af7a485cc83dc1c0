import Primitives
internal import Restate
internal import RestateHTTP
internal import RestateProtocol
internal import RestateRuntime

/// The stream of an attempt without a network: it passes bytes between the runtime and the handler.
/// Loop-confined.
final class TestStream: AttemptStream {
    let request: AttemptRequest
    /// Holds this stream itself, so whoever knows that the attempt is over calls ``forgetAttempt()``.
    private(set) var attempt: RehearsedAttempt?
    var observer: (any StreamObserver)?
    private(set) var inputEnded = false
    private(set) var isClosed = false
    /// Whether the attempt has sent its last message, or the runtime does not listen any more.
    var isOver = false
    /// Whether the handler's task has ended.
    private(set) var hasEnded = false

    /// Weak, because a closure of a run may end after the test.
    private weak var engine: TestEngine?
    private var input: [UInt8] = []
    /// What the attempt has said, if that is kept until its end.
    private var held: [UInt8] = []

    init(_ request: AttemptRequest, _ engine: TestEngine) {
        self.request = request
        self.engine = engine
    }

    func begin(_ attempt: RehearsedAttempt?) { self.attempt = attempt }

    /// Frees the attempt, with its journal and the handler's service.
    func forgetAttempt() { attempt = nil }

    /// Whether it waits for the runtime, or has ended with all of its runs.
    var isAtRest: Bool {
        guard let attempt else { return true }
        return isGone || (!isOver && input.isEmpty && attempt.isWaiting)
    }

    /// Whether it has ended, and every closure of a run that it began.
    var isGone: Bool { hasEnded && attempt?.isExecuting != true }

    var outputIsFull: Bool { false }
    var hasInput: Bool { !input.isEmpty }
    var requestHeaders: [(name: String, value: String)] {
        [("x-restate-invocation-id", request.invocation.text)]
            + request.additionalHeaders.map { ($0.key, $0.value) }
    }

    func takeInput() -> [UInt8] {
        defer { input = [] }
        return input
    }

    func write(_ bytes: [UInt8]) {
        if !isOver { engine?.arrived(bytes, self) }
    }

    func finish() {
        observer = nil
        hasEnded = true
        guard let engine else { return forgetAttempt() }
        engine.ended(self)
    }

    func hold(_ bytes: [UInt8]) { held += bytes }

    func takeHeld() -> [UInt8] {
        defer { held = [] }
        return held
    }

    func deliver(_ bytes: [UInt8]) {
        guard !isClosed, !inputEnded else { return }
        input += bytes
        observer?.streamChanged()
    }

    func endInput() {
        guard !inputEnded else { return }
        inputEnded = true
        observer?.streamChanged()
    }

    /// Breaks the connection.
    func close() {
        guard !isClosed else { return }
        isOver = true
        isClosed = true
        attempt?.cancel()
        let observer = observer
        self.observer = nil
        observer?.streamChanged()
    }
}
