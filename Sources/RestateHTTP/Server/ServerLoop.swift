internal import Glibc
internal import Synchronization
internal import Times

/// A server loop is a server's part on one event loop: the receiver, the connections and spare streams.
///
/// `@unchecked Sendable`: everything but `connectionCount` is confined to the loop.
final class ServerLoop: @unchecked Sendable {
    let loop: EventLoop
    let limits: HTTPLimits
    /// Read by the listener, which may live on another loop.
    let connectionCount = Atomic(0)

    private(set) var receiver: any RequestReceiver = NoReceiver()
    private(set) var connections: [Connection] = []
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var spare: [RequestStream] = []
    var sweep: LoopTimer?
    var streamsSwept: UInt64 = 0
    private(set) var isDraining = false
    private var emptied: [() -> Void] = []

    init(loop: EventLoop, limits: HTTPLimits) {
        self.loop = loop
        self.limits = limits
    }

    /// Sets the receiver, on the loop and before the first connection.
    func begin(_ receiver: any RequestReceiver) { self.receiver = receiver }

    var openStreams: Int { connections.reduce(0) { $0 + $1.session.streams.count } }

    // MARK: Connections

    /// Takes an accepted socket, which the listener has counted already.
    func adopt(_ descriptor: Int32) {
        loop.assertAccess()
        let session = PrefaceSession(server: self, now: loop.now)
        let connection = Connection(descriptor: descriptor, loop: loop, session: session)
        connection.owner = self
        connection.slot = connections.count
        connections.append(connection)
        if sweep == nil { scheduleSweep() }
    }

    // MARK: Streams

    func makeStream() -> RequestStream { spare.popLast() ?? RequestStream(loop: loop) }

    /// Keeps a closed stream for the next request, if there is no other owner.
    func reuse(_ stream: inout HTTPStream) {
        if spare.count >= 128 || !isKnownUniquelyReferenced(&stream) { return }
        stream.recycle()
        spare.append(unsafeDowncast(stream, to: RequestStream.self))
    }

    /// Shows a new stream to the receiver; calls the observers of the others.
    func notifyObservers(of stream: RequestStream) {
        if !stream.request.isNew { return stream.notifyObservers() }
        // The peer took the request back before the receiver saw it: it costs nothing more.
        if stream.isClosed { return }
        stream.request.isNew = false
        if stream.request.isTooLarge {
            stream.respond(status: 431)
            return stream.finish()
        }
        if isDraining {
            receiver.receivedWhileDraining(stream)
        } else {
            receiver.received(stream)
        }
        if stream.hasInput || stream.inputEnded { stream.notifyObservers() }
    }

    // MARK: The end

    /// Lets the open exchanges finish. Each connection ends when it is empty.
    func drain() {
        loop.assertAccess()
        if isDraining { return }
        isDraining = true
        receiver.draining()
        for connection in connections { connection.session.drain() }
        if connections.isEmpty { notifyEmptied() }
    }

    /// Calls `body` when no connection is left after `drain`.
    func whenEmpty(_ body: @escaping () -> Void) {
        loop.assertAccess()
        emptied.append(body)
        if isDraining, connections.isEmpty { notifyEmptied() }
    }

    private func notifyEmptied() {
        let listeners = emptied
        emptied = []
        for body in listeners { body() }
    }

    func closeAll() {
        loop.assertAccess()
        while let connection = connections.last { connection.close() }
    }
}

extension ServerLoop: ConnectionOwner {
    func closed(_ connection: Connection) {
        let last = connections.removeLast()
        if last !== connection {
            connections[connection.slot] = last
            last.slot = connection.slot
        }
        connectionCount.subtract(1, ordering: .relaxed)
        guard connections.isEmpty else { return }
        spare = []
        sweep?.cancel()
        sweep = nil
        if isDraining { notifyEmptied() }
    }
}

/// Answers with 503 until the loop has made the real receiver.
private final class NoReceiver: RequestReceiver {
    func received(_ stream: RequestStream) {
        stream.respond(status: 503)
        stream.finish()
    }
}

extension Duration {
    var nanoseconds: UInt64 { nanosecondsRoundedDown }
}
