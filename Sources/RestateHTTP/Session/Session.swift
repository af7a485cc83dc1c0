/// A session implements one version of HTTP for one side of a connection.
///
/// It turns bytes into streams and their changes (`receive`), and the streams' output into bytes
/// when the connection can send (`produce`). It calls observers only when the parser has finished
/// with the bytes at hand (`deliver`), so that an observer may do anything, including closing the
/// connection.
class Session {
    /// The connection owns the session.
    private final var owner: Borrowed<Connection>?
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private final var lists = Lists()
    private final var isDelivering = false
    /// When the peer began a head that is still incomplete.
    final var headBegan: UInt64?
    final let limits: HTTPLimits
    /// The connection is reset at once, whatever is unsent. Only HTTP/1.1 needs that.
    final var isAborted = false

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

        /// Moves a stream out of the array, so that its reference count shows whether somebody else
        /// holds it.
        mutating func take(_ index: Int) -> HTTPStream? { delivering[index].take() }

        mutating func endDelivery() { delivering.removeAll(keepingCapacity: true) }
    }

    init(limits: HTTPLimits) { self.limits = limits }

    /// The open exchanges.
    final var streams: [HTTPStream] { lists.streams }

    /// Whether a stream has its place among the open ones.
    final func isOpen(_ stream: HTTPStream) -> Bool {
        lists.streams.indices.contains(stream.slot) && lists.streams[stream.slot] === stream
    }

    final var connection: Connection? {
        get { owner?.object }
        set { owner = newValue.map { Borrowed($0) } }
    }

    /// Makes the connection send at the end of this turn. It avoids a retain, because it is called
    /// several times in each exchange.
    @inline(__always)
    final func touch() { owner?.use { $0.markDirty() } }

    // MARK: For the connection

    func receive(_ bytes: UnsafeRawBufferPointer) {}
    /// Called when the peer will send nothing more. Returns true if it still gets an answer;
    /// otherwise the connection closes.
    func inputClosed() -> Bool { false }
    /// Appends what is to be sent to `out`, about 64 KiB at most.
    func produce(into out: inout ByteBuffer) {}
    /// Whether nothing is left to be sent or received, so that the connection can close.
    var isDone: Bool { false }
    /// Whether the peer may still be sending while our last bytes are on their way.
    var lingers: Bool { true }
    /// Begins an orderly end: GOAWAY, or closing, as soon as no exchange is open.
    func drain() {}
    /// Whether the server has begun to end.
    var serverIsDraining: Bool { false }
    /// Ends after the open exchanges. Called after the idle timeout, and as the last step of
    /// `drain`.
    func expire() { connection?.close() }
    /// Sends a PING, over HTTP/2 only.
    func ping() {}
    /// Whether the answer to a PING is outstanding.
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
    /// Answers 408, because a body that the application waits for does not come.
    func giveUpBody(of stream: RequestStream) {}

    // MARK: For its subclasses

    /// Calls `expire` after about a round trip, so that requests which the peer sent before it saw
    /// our announcement are still served.
    final func expireAfterRoundTrip() {
        guard let connection else { return }
        _ = connection.loop.schedule(after: .milliseconds(100)) {
            if !connection.isClosed, connection.session === self { self.expire() }
        }
    }

    final func open(_ stream: HTTPStream) {
        stream.carrier = Borrowed(self)
        stream.outputLimit = limits.outputBuffer
        stream.slot = lists.streams.count
        lists.streams.append(stream)
        stream.loop.traffic.changeStreams(by: 1)
    }

    /// Removes a stream from the open ones. Its observers are called by `deliver`.
    final func close(_ stream: HTTPStream, abnormal: Bool) {
        guard stream.carrier != nil else { return }
        var stream = stream
        let end = lists.streams.count - 1
        if stream.slot != end {
            lists.streams.swapAt(stream.slot, end)
            lists.streams[stream.slot].slot = stream.slot
        }
        lists.streams.removeLast()
        stream.loop.traffic.changeStreams(by: -1)
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

    /// Called while a closing stream still has its buffers.
    func willClose(_ stream: HTTPStream) {}

    /// Keeps a closed stream for the next exchange, unless somebody else still holds a reference.
    func reuse(_ stream: inout HTTPStream) {}

    final func noteChange(_ stream: HTTPStream) {
        if !stream.exchange.wire.insert(.isQueued).inserted { return }
        lists.changed.append(stream)
    }

    /// Has a waiting writer's observer called when half of the output limit is free again.
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
        while !lists.changed.isEmpty {
            for index in lists.beginDelivery() {
                guard var stream = lists.take(index) else { continue }
                stream.exchange.wire.remove(.isQueued)
                notifyObservers(of: stream)
                // The stream's task runs at once, so that the next exchange finds its memory in the
                // cache.
                connection?.loop.runJobs()
                if stream.isClosed { reuse(&stream) }
            }
            lists.endDelivery()
        }
        isDelivering = false
    }

    func notifyObservers(of stream: HTTPStream) { stream.notifyObservers() }
}
