internal import Glibc
internal import Synchronization

/// One listener and the loops that serve its connections, HTTP/2 and HTTP/1.1 on the same port.
package final class HTTPServer: Sendable {
    package let port: Int
    package let loops: [EventLoop]
    private let servers: [ServerLoop]
    private let listener: LoopBound<Listener>

    /// - Parameter host: a name or an address; empty or `::` means all interfaces.
    /// - Parameter port: 0 lets the system choose.
    /// - Parameter receiver: makes a loop's receiver, on that loop.
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
        // No thread runs yet, so this one may fill in what will belong to the first loop.
        listener = LoopBound(
            Listener(descriptor: descriptor, loop: loops[0], servers: servers, limits: limits),
            on: loops[0])
        for loop in loops { loop.start() }
    }

    package var openConnections: Int {
        servers.reduce(0) { $0 + $1.connectionCount.load(ordering: .relaxed) }
    }

    /// Asks every loop.
    package func openStreams() async -> Int {
        var sum = 0
        for server in servers {
            sum += await withCheckedContinuation { continuation in
                server.loop.execute { continuation.resume(returning: server.openStreams) }
            }
        }
        return sum
    }

    /// Begins to end, without hurting what is under way; returns at once.
    ///
    /// The port closes. The receivers are called (`draining`), and what still comes on an open
    /// connection is theirs to refuse (`receivedWhileDraining`). A connection gets its GOAWAY
    /// only when nothing is open on it, because some peers give up all that is under way when it comes
    /// sooner.
    package func drain() {
        let (listener, servers) = (listener, servers)
        loops[0].execute {
            // First: every connection is with its loop when that one begins.
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

    /// After `drain`: true when every connection has ended, false if that takes longer.
    package func emptied(within deadline: Duration) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            for server in servers {
                group.addTask { await Self.emptied(server, within: deadline) }
            }
            return await group.reduce(true) { $0 && $1 }
        }
    }

    /// Drains, lets open exchanges finish until the deadline, closes what is left and ends the loops'
    /// threads.
    ///
    /// - Parameter farewell: what is to be done when no exchange is left, before the loops end and
    ///   with them whatever else has connections there.
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
        await withCheckedContinuation { continuation in
            server.loop.execute {
                // Whichever comes first finds the other one gone.
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
