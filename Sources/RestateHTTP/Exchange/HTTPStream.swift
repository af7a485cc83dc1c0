internal import Glibc

/// Told on the loop that something about a stream changed: input arrived or ended, buffered output
/// fell below the limit, the response's head came (client side), or the stream closed.
package protocol StreamObserver: AnyObject {
    func streamChanged()
}

/// The bytes of one exchange, in both directions at once. Loop-confined and not Sendable.
package class HTTPStream {
    package final let loop: EventLoop
    /// What carries the bytes; nil once the stream has closed. Unretained, because a session closes
    /// all its streams before it goes, and because it is used several times per exchange.
    @exclusivity(unchecked) final var carrier: Unmanaged<Session>?
    @exclusivity(unchecked) final var input = ByteBuffer()
    @exclusivity(unchecked) final var output = ByteBuffer()
    @exclusivity(unchecked) final var id: Int32 = 0
    /// Its place in the session's list.
    @exclusivity(unchecked) final var slot = 0
    @exclusivity(unchecked) final var outputLimit = Int.max
    /// When it was opened.
    @exclusivity(unchecked) final var began: UInt64 = 0
    /// Bytes of the peer's body so far.
    @exclusivity(unchecked) final var received = 0
    /// Something of the output went out since the last look at it.
    @exclusivity(unchecked) final var outputMoved = false

    /// The peer said all it has to say. Its last bytes may still wait in the buffer.
    @exclusivity(unchecked) package final var inputEnded = false
    /// Nothing comes or goes any more: both sides finished, the peer reset it or the connection is
    /// lost.
    @exclusivity(unchecked) package final var isClosed = false
    /// The code with which the peer reset the stream, if it did.
    @exclusivity(unchecked) package final var resetCode: UInt32?

    /// `finish` or `reset` was called: more output is ignored.
    @exclusivity(unchecked) final var outputEnded = false
    /// The end of our side is on its way; what happens afterwards disturbs nobody.
    @exclusivity(unchecked) final var endSent = false
    /// We answered without waiting for the rest of the request.
    @exclusivity(unchecked) final var endedEarly = false
    /// The head was given to the wire.
    @exclusivity(unchecked) final var headSent = false
    /// Nghttp2 does not ask for body bytes until it is told that there are some.
    @exclusivity(unchecked) final var isDeferred = false
    /// The writer was told to wait, and is to be told to go on.
    @exclusivity(unchecked) final var wasFull = false
    /// In the session's list of those who are to be told.
    @exclusivity(unchecked) final var isQueued = false
    @exclusivity(unchecked) final var isAbnormal = false

    @exclusivity(unchecked) private final var currentObserver: (any StreamObserver)?
    @exclusivity(unchecked) private final var waiters: [UnsafeContinuation<Void, Never>] = []

    init(loop: EventLoop) { self.loop = loop }

    /// Held until the stream closes; a stream that has closed takes none.
    package final var observer: (any StreamObserver)? {
        get { currentObserver }
        set {
            currentObserver = isClosed ? nil : newValue
            if expectsContinue { inviteBody() }
        }
    }

    /// The peer waits to be told that its body is wanted.
    @exclusivity(unchecked) final var expectsContinue = false
    func inviteBody() {}

    // MARK: Input

    package final var hasInput: Bool { !input.isEmpty }

    /// All bytes that wait. The peer may then send as many again.
    package final func takeInput() -> [UInt8] {
        let bytes = [UInt8](input.readable)
        consumeInput(bytes.count)
        return bytes
    }

    /// Shows all bytes that wait, without taking them.
    package final func withInput<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        body(input.readable)
    }

    /// Takes the first `count` bytes. The peer may then send as many again.
    package final func consumeInput(_ count: Int) {
        let count = min(count, input.count)
        if count <= 0 { return }
        input.consume(count)
        carrier?._withUnsafeGuaranteedRef { $0.inputTaken(self, count) }
    }

    // MARK: Output

    package final var bufferedOutput: Int { output.count }

    /// More is buffered than should be: a writer waits for a change before it goes on. What it
    /// writes all the same is not lost.
    package final var outputIsFull: Bool { output.count >= outputLimit }

    /// Sent at the end of the loop's turn, as far as the peer lets us. Ignored when the stream is
    /// closed or finished.
    package final func write(_ bytes: UnsafeRawBufferPointer) {
        guard let carrier, !outputEnded, !bytes.isEmpty else { return }
        output.append(bytes)
        if output.count >= outputLimit { wasFull = true }
        carrier._withUnsafeGuaranteedRef { $0.outputChanged(self) }
    }

    package final func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { write($0) }
    }

    /// Ends our side after what is buffered.
    package final func finish() {
        guard let carrier, !outputEnded else { return }
        willFinish()
        outputEnded = true
        carrier._withUnsafeGuaranteedRef { $0.outputChanged(self) }
    }

    /// Gives the exchange up in both directions. HTTP/1.1 knows no code: the connection is closed.
    package final func reset(code: UInt32) {
        guard let carrier else { return }
        outputEnded = true
        carrier._withUnsafeGuaranteedRef { $0.reset(self, code: code) }
    }

    /// A response that was never begun gets its head.
    func willFinish() {}

    // MARK: Changes

    /// Waits for the next change; returns at once when the stream has closed. For readers without an
    /// observer: look first, then wait, and look again.
    package nonisolated(nonsending) final func changed() async {
        if isClosed { return }
        if expectsContinue { inviteBody() }
        await withUnsafeContinuation { waiters.append($0) }
    }

    /// Tells who wants to know. After the close there is nobody any more.
    final func tell() {
        if isClosed {
            willTellClosed()
            let observer = currentObserver
            currentObserver = nil
            observer?.streamChanged()
        } else {
            currentObserver?.streamChanged()
        }
        if waiters.isEmpty { return }
        let resumed = waiters
        waiters.removeAll(keepingCapacity: true)
        for waiter in resumed { waiter.resume() }
    }

    func willTellClosed() {}

    final var hasAudience: Bool { currentObserver != nil || !waiters.isEmpty }

    /// Makes a closed stream as good as new; its memory is what is worth keeping.
    func recycle() {
        input.clear()
        output.clear()
        inputEnded = false
        isClosed = false
        resetCode = nil
        outputEnded = false
        endSent = false
        endedEarly = false
        headSent = false
        isDeferred = false
        wasFull = false
        isQueued = false
        isAbnormal = false
        received = 0
        outputMoved = false
        expectsContinue = false
    }
}

@available(*, unavailable)
extension HTTPStream: Sendable {}
