package import Primitives

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A stream carries the bytes of one exchange in both directions. It is used on its loop only.
package class HTTPStream {
    package final let loop: EventLoop
    /// The session that carries the bytes; nil once the stream has closed. Unretained, because a session
    /// closes all its streams before it goes, and because it is used several times per exchange.
    final var carrier: Borrowed<Session>?
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    final var input = StreamBytes()
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    final var output = StreamBytes()
    /// Everything else that belongs to this exchange and not to the next one.
    final var exchange = ExchangeState()
    /// The stream's index in its session's list.
    final var slot = 0
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    package final var outputLimit = Int.max

    private final var currentObserver: (any StreamObserver)?
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private final var waiters: [UnsafeContinuation<Void, Never>] = []

    init(loop: EventLoop) { self.loop = loop }

    /// Whether the peer has ended its side. Its last bytes may still be in the buffer.
    package final var inputEnded: Bool { exchange.inputEnded }
    /// Whether the stream has closed, because both sides finished, one side reset it, or the
    /// connection was lost.
    package final var isClosed: Bool { exchange.isClosed }
    /// The code with which the peer reset the stream, if it did.
    package final var resetCode: UInt32? { exchange.resetCode }

    /// Is called for every change until the stream closes, and is released then. A closed stream
    /// takes no observer.
    package final var observer: (any StreamObserver)? {
        get { currentObserver }
        set {
            loop.assertAccess()
            if isClosed { currentObserver = nil } else { currentObserver = newValue }
            if exchange.wire.contains(.expectsContinue) { inviteBody() }
        }
    }

    /// Whether the server that the stream came to has begun to end.
    package final var serverIsDraining: Bool { carrier?.use { $0.serverIsDraining } ?? false }

    /// Sends the "100 Continue" that the peer waits for.
    func inviteBody() {}

    // MARK: Input

    package final var hasInput: Bool { !input.isEmpty }

    /// Removes and returns all buffered bytes, which gives the peer credit for as many.
    package final func takeInput() -> [UInt8] {
        loop.assertAccess()
        let bytes = input.takeAll()
        noteTaken(bytes.count)
        return bytes
    }

    /// Gives access to all buffered bytes without removing them.
    package final func withInput<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        loop.assertAccess()
        return input.withReadable(body)
    }

    /// Removes the first `count` bytes, which gives the peer credit for as many.
    package final func consumeInput(_ count: Int) {
        loop.assertAccess()
        let count = min(count, input.count)
        if count <= 0 { return }
        input.consume(count)
        noteTaken(count)
    }

    private func noteTaken(_ count: Int) {
        if count > 0 { carrier?.use { $0.inputTaken(self, count) } }
    }

    // MARK: Output

    package final var bufferedOutput: Int { output.count }

    /// Whether a writer should wait for a change before it goes on. What it writes nevertheless is
    /// kept.
    package final var outputIsFull: Bool { output.count >= outputLimit }

    /// Sends `bytes` at the end of the loop's turn, as far as the peer gives credit. Does nothing
    /// if the stream is closed or finished. An array that finds nothing before it is kept and not copied.
    package final func write(_ bytes: consuming [UInt8]) {
        loop.assertAccess()
        guard let carrier, !exchange.outputEnded, !bytes.isEmpty else { return }
        output.append(moving: bytes)
        if output.count >= outputLimit { exchange.wire.insert(.isFull) }
        carrier.use { $0.outputChanged(self) }
    }

    /// Ends our side after the buffered output.
    package final func finish() {
        loop.assertAccess()
        guard let carrier, !exchange.outputEnded else { return }
        willFinish()
        exchange.finish()
        carrier.use { $0.outputChanged(self) }
    }

    /// Ends the exchange in both directions at once. HTTP/1.1 has no such code, so the connection
    /// is closed.
    package final func reset(code: UInt32) {
        loop.assertAccess()
        guard let carrier else { return }
        exchange.abandon()
        carrier.use { $0.reset(self, code: code) }
    }

    /// Lets a response without a head get one before it ends.
    func willFinish() {}

    // MARK: Changes

    /// Waits for the next change, or returns at once if the stream has closed. For readers without
    /// an observer, which check, wait, and check again.
    package nonisolated(nonsending) final func changed() async {
        loop.assertAccess()
        if isClosed { return }
        if exchange.wire.contains(.expectsContinue) { inviteBody() }
        await withUnsafeContinuation { waiters.append($0) }
    }

    /// Calls the observer and resumes the waiters. A closed stream also releases them.
    final func notifyObservers() {
        if isClosed {
            willNotifyClosed()
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

    func willNotifyClosed() {}

    final var hasAudience: Bool { currentObserver != nil || !waiters.isEmpty }

    /// Resets a closed stream for the next exchange.
    func recycle() {
        input.clear()
        output.clear()
        exchange = ExchangeState()
    }
}

@available(*, unavailable)
extension HTTPStream: Sendable {}
