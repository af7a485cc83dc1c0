internal import Restate
internal import RestateHTTP
internal import RestateProtocol
internal import RestateRuntime

/// What an attempt takes for its request: bytes in both directions, without anything between.
/// Loop-confined.
final class TestStream: AttemptStream {
    let request: AttemptRequest
    var attempt: RehearsedAttempt?
    var observer: (any StreamObserver)?
    private(set) var inputEnded = false
    private(set) var isClosed = false
    /// The attempt has said its last word, or nobody listens any more.
    var isOver = false
    /// The handler's task is at its end.
    private(set) var hasEnded = false

    private unowned let engine: TestEngine
    private var input: [UInt8] = []

    init(_ request: AttemptRequest, _ engine: TestEngine) {
        self.request = request
        self.engine = engine
    }

    /// Nothing of it moves by itself any more: it waits for the runtime, or all of it has ended.
    var isAtRest: Bool {
        guard let attempt else { return true }
        return isGone || (!isOver && input.isEmpty && attempt.isWaiting)
    }

    /// It has ended, and so has every closure of a run that it began.
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

    func write(_ bytes: UnsafeRawBufferPointer) {
        if !isOver { engine.arrived(Array(bytes), self) }
    }

    func finish() {
        observer = nil
        hasEnded = true
        engine.ended(self)
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

    /// Loses the connection.
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
