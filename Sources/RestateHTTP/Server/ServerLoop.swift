import Primitives
internal import Synchronization
internal import Times

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A server's part on one event loop: the receiver, the connections, and streams for reuse.
///
/// `@unchecked Sendable`: everything but `connectionCount` and the constants is confined to the loop, which what is
/// called from elsewhere asserts. It is no `LoopBound` because listeners on other loops count its connections.
final class ServerLoop: @unchecked Sendable {
    let loop: EventLoop
    let limits: HTTPLimits
    /// The number of connections. The listener reads it, possibly on another loop.
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

    /// Sets the receiver. Called on the loop, before the first connection.
    func begin(_ receiver: any RequestReceiver) {
        loop.assertAccess()
        self.receiver = receiver
    }

    var openStreams: Int { connections.reduce(0) { $0 + $1.session.streams.count } }

    // MARK: Connections

    /// Takes over an accepted socket, which the listener has already counted.
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

    /// Keeps a closed stream for the next request, unless somebody else still holds a reference.
    func reuse(_ stream: inout HTTPStream) {
        if spare.count >= 128 || !isKnownUniquelyReferenced(&stream) { return }
        stream.recycle()
        spare.append(unsafeDowncast(stream, to: RequestStream.self))
    }

    /// Gives a new stream to the receiver, and calls the observers of others.
    func notifyObservers(of stream: RequestStream) {
        if !stream.request.isNew { return stream.notifyObservers() }
        // The peer reset the request before the receiver saw it, so nothing more is spent on it.
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

    /// Lets open exchanges finish. Each connection ends when it has none.
    func drain() {
        loop.assertAccess()
        if isDraining { return }
        isDraining = true
        for observer in observers { observer.serverDrains() }
        for connection in connections { connection.session.drain() }
        if connections.isEmpty { notifyEmptied() }
    }

    /// Ends what still goes on, and returns how many exchanges were cut off.
    func giveUp(after grace: Duration) -> Int {
        loop.assertAccess()
        return observers.count { $0.serverGivesUp(after: grace) }
    }

    /// Who serves the open exchanges. A copy, because what they do may close streams.
    private var observers: [any StreamObserver] {
        connections.flatMap { $0.session.streams.compactMap(\.observer) }
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

/// Answers 503 until the loop has its real receiver.
private final class NoReceiver: RequestReceiver {
    func received(_ stream: RequestStream) {
        stream.respond(status: 503)
        stream.finish()
    }
}

extension Duration {
    var nanoseconds: UInt64 { nanosecondsRoundedDown }
}
