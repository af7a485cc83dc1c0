/// A session gives the bytes of a connection their meaning: one version of HTTP, on one of its sides.
///
/// It turns what was read into streams and their changes (`receive`), and the output of the streams into
/// bytes when the connection can send (`produce`). It calls observers after the parser is done with the
/// bytes at hand (`deliver`), so that they may do anything.
class Session {
    /// Unretained: the connection owns the session.
    private final var owner: Unmanaged<Connection>?
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private final var lists = Lists()
    private final var isDelivering = false
    /// When the peer began the head that is not complete yet.
    final var headBegan: UInt64?
    final let limits: HTTPLimits

    private struct Lists {
        /// The open exchanges.
        var streams: [HTTPStream] = []
        /// The streams whose observers are to be called, and those for which that is under way.
        var changed: [HTTPStream?] = []
        var delivering: [HTTPStream?] = []

        mutating func beginDelivery() -> Range<Int> {
            swap(&changed, &delivering)
            return delivering.indices
        }

        /// Takes a stream out of the array, so that a second owner shows in its reference count.
        mutating func take(_ index: Int) -> HTTPStream? { delivering[index].take() }

        mutating func endDelivery() { delivering.removeAll(keepingCapacity: true) }
    }

    init(limits: HTTPLimits) { self.limits = limits }

    /// The open exchanges.
    final var streams: [HTTPStream] { lists.streams }

    final var connection: Connection? {
        get { owner?.takeUnretainedValue() }
        set { owner = newValue.map { Unmanaged.passUnretained($0) } }
    }

    /// Has the connection send at the end of this turn. Without a retain, because it is called several
    /// times per exchange.
    @inline(__always)
    final func touch() { owner?._withUnsafeGuaranteedRef { $0.markDirty() } }

    // MARK: For the connection

    func receive(_ bytes: UnsafeRawBufferPointer) {}
    /// The peer will send nothing more. True if it still gets an answer; else the connection closes.
    func inputClosed() -> Bool { false }
    /// Adds what is to be sent to `out`, about 64 KiB at most.
    func produce(into out: inout ByteBuffer) {}
    /// Nothing is left to be sent or received: the connection may close.
    var isDone: Bool { false }
    /// The peer may still send while our last bytes are on the way to it.
    var lingers: Bool { true }
    /// Begins to end: sends a GOAWAY, or closes, as soon as no exchange is open.
    func drain() {}
    /// Ends after the exchanges that are open: the idle time-out, and the last step of `drain`.
    func expire() { connection?.close() }
    /// Sends a PING, in HTTP/2.
    func ping() {}
    /// The answer to a PING is missing.
    var awaitsPing: Bool { false }
    /// Closes the open streams, because the connection is gone.
    func connectionLost() {
        while let stream = streams.last { close(stream, abnormal: true) }
        deliver()
    }

    // MARK: For streams

    func headReady(_ stream: RequestStream) {}
    func outputChanged(_ stream: HTTPStream) {}
    func inputTaken(_ stream: HTTPStream, _ count: Int) {}
    func reset(_ stream: HTTPStream, code: UInt32) {}
    /// Sends the "100 Continue" that the peer waits for.
    func inviteBody() {}
    /// Answers with 408, because the body that the application waits for does not come.
    func giveUpBody(of stream: RequestStream) {}

    // MARK: For its subclasses

    /// Calls `expire` after the time of a round trip, so that requests are still served that the peer
    /// sent before it could see our goodbye.
    final func expireAfterRoundTrip() {
        guard let connection else { return }
        _ = connection.loop.schedule(after: .milliseconds(100)) {
            if !connection.isClosed, connection.session === self { self.expire() }
        }
    }

    final func open(_ stream: HTTPStream) {
        stream.carrier = Unmanaged.passUnretained(self)
        stream.outputLimit = limits.outputBuffer
        stream.slot = lists.streams.count
        lists.streams.append(stream)
    }

    /// Removes a stream from the open ones. `deliver` calls its observers.
    final func close(_ stream: HTTPStream, abnormal: Bool) {
        guard stream.carrier != nil else { return }
        var stream = stream
        let end = lists.streams.count - 1
        if stream.slot != end {
            lists.streams.swapAt(stream.slot, end)
            lists.streams[stream.slot].slot = stream.slot
        }
        lists.streams.removeLast()
        willClose(stream)
        stream.carrier = nil
        stream.exchange.close(isAbnormal: abnormal)
        stream.output.clear()
        if abnormal || stream.exchange.wire.contains(.isQueued) || stream.hasAudience {
            noteChange(stream)
        } else {
            stream.notifyObservers()
            reuse(&stream)
        }
    }

    /// Lets the subclass do its bookkeeping while the stream still has its buffers.
    func willClose(_ stream: HTTPStream) {}

    /// Keeps a closed stream for the next exchange, if there is no other owner.
    func reuse(_ stream: inout HTTPStream) {}

    final func noteChange(_ stream: HTTPStream) {
        if !stream.exchange.wire.insert(.isQueued).inserted { return }
        lists.changed.append(stream)
    }

    /// Calls a waiting writer's observer once half of the output limit is free again.
    final func noteOutputTaken(_ stream: HTTPStream) {
        if stream.exchange.wire.contains(.isFull), stream.output.count <= stream.outputLimit / 2 {
            stream.exchange.wire.remove(.isFull)
            noteChange(stream)
        }
    }

    /// Calls the observers of all changed streams, and of those that change meanwhile.
    final func deliver() {
        if isDelivering || lists.changed.isEmpty { return }
        isDelivering = true
        // The time of observers starts here, because the parser's is not theirs.
        connection?.loop.giveTurn()
        while !lists.changed.isEmpty {
            for index in lists.beginDelivery() {
                guard var stream = lists.take(index) else { continue }
                stream.exchange.wire.remove(.isQueued)
                notifyObservers(of: stream)
                // At once, so that the next exchange gets the memory that this one has warmed up.
                connection?.loop.runJobs()
                if stream.isClosed { reuse(&stream) }
            }
            lists.endDelivery()
        }
        isDelivering = false
    }

    func notifyObservers(of stream: HTTPStream) { stream.notifyObservers() }
}
