import Primitives
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A listener, and the loops that serve its connections. HTTP/2 and HTTP/1.1 share the port.
package final class HTTPServer: Sendable {
    package let port: Int
    package let loops: [EventLoop]
    private let servers: [ServerLoop]
    private let listener: LoopBound<Listener>

    /// Opens the port and starts the loops.
    ///
    /// - Parameter host: a name or an address; empty or `::` means all interfaces.
    /// - Parameter port: 0 takes any free port.
    /// - Parameter receiver: makes a loop's receiver, and is called on that loop.
    package static func start(
        host: String, port: Int, loops: Int, limits: HTTPLimits = HTTPLimits(),
        receiver: @escaping @Sendable (EventLoop) -> any RequestReceiver
    ) throws(SystemError) -> HTTPServer {
        if loops < 1 {
            throw SystemError(
                "serve", errno: EINVAL, reason: "there must be an event loop at least, not \(loops)"
            )
        }
        let descriptor = try Socket.listen(host: host, port: port)
        return HTTPServer(descriptor: descriptor, loops: loops, limits: limits, receiver: receiver)
    }

    private init(
        descriptor: Int32, loops count: Int, limits: HTTPLimits,
        receiver: @escaping @Sendable (EventLoop) -> any RequestReceiver
    ) {
        port = Socket.port(of: descriptor)
        servers = (0..<count).map { _ in ServerLoop(loop: EventLoop(), limits: limits) }
        loops = servers.map(\.loop)
        for server in servers {
            server.loop.execute { server.begin(receiver(server.loop)) }
        }
        // No loop has a thread yet, so this thread may set up what will belong to the first one.
        listener = LoopBound(
            Listener(descriptor: descriptor, loop: loops[0], servers: servers, limits: limits),
            on: loops[0])
        for loop in loops { loop.start() }
    }

    package var openConnections: Int {
        servers.reduce(0) { $0 + $1.connectionCount.load(ordering: .relaxed) }
    }

    /// Returns the number of open exchanges. It asks every loop.
    package func openStreams() async -> Int {
        var sum = 0
        for server in servers {
            sum += await withCheckedContinuation { continuation in
                server.loop.execute { continuation.resume(returning: server.openStreams) }
            }
        }
        return sum
    }

    /// Begins an orderly end, and returns at once.
    ///
    /// The port closes. Who serves an exchange is told (`StreamObserver.serverDrains`), and
    /// the receivers refuse what still comes on open connections (`receivedWhileDraining`). A connection gets its GOAWAY only when no exchange is
    /// open on it, because some peers drop a connection with all its exchanges as soon as they see
    /// one.
    package func drain() {
        let (listener, servers) = (listener, servers)
        loops[0].execute {
            // The listener is closed first, so that every connection belongs to its loop when that
            // one drains.
            listener.value.close()
            for server in servers {
                if server.loop.isCurrent {
                    server.drain()
                } else {
                    server.loop.execute { server.drain() }
                }
            }
        }
    }

    /// Waits, after `drain`, until every connection has ended. Returns false if that takes too
    /// long.
    package func emptied(within deadline: Duration) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            for server in servers {
                group.addTask { await Self.emptied(server, within: deadline) }
            }
            return await group.reduce(true) { $0 && $1 }
        }
    }

    /// Tells every exchange that is still served that its time is over
    /// (`StreamObserver.serverGivesUp`), and returns how many were cut off.
    package func giveUp(after grace: Duration) async -> Int {
        var count = 0
        for server in servers {
            count += await withCheckedContinuation { continuation in
                server.loop.execute { continuation.resume(returning: server.giveUp(after: grace)) }
            }
        }
        return count
    }

    /// Drains, lets open exchanges finish until the deadline, then closes the rest and ends the
    /// loops.
    ///
    /// - Parameter farewell: is called when no exchange is open any more, before the loops end, and
    ///   with them everything else that has connections there.
    package func shutdown(
        deadline: Duration, _ farewell: @Sendable () async -> Void = {}
    ) async {
        drain()
        // Until every loop has heard of it.
        await withCheckedContinuation { continuation in
            loops[0].execute { continuation.resume() }
        }
        if await !emptied(within: deadline) {
            for server in servers { server.loop.execute { server.closeAll() } }
            _ = await emptied(within: .zero)
        }
        await farewell()
        for loop in loops { await loop.stopped() }
    }

    private static func emptied(_ server: ServerLoop, within deadline: Duration) async -> Bool {
        // This waits until every loop has begun to drain.
        await withCheckedContinuation { continuation in
            server.loop.execute {
                // Whichever of the two comes first disables the other one.
                var waiter: LoopTimer?
                waiter = server.loop.schedule(after: deadline) {
                    guard waiter != nil else { return }
                    waiter = nil
                    continuation.resume(returning: false)
                }
                server.whenEmpty {
                    guard let timer = waiter else { return }
                    waiter = nil
                    timer.cancel()
                    continuation.resume(returning: true)
                }
            }
        }
    }
}
