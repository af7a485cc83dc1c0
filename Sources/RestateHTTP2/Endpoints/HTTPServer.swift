internal import Synchronization

/// One listener and the loops that serve its connections, HTTP/2 and HTTP/1.1 on the same port.
package final class HTTPServer: Sendable {
    package let port: Int
    package let loops: [EventLoop]
    private let servers: [ServerLoop]
    /// Confined to the first loop.
    private let listener: LoopConfined<Listener>

    /// - Parameter host: a name or an address; empty or `::` means all interfaces.
    /// - Parameter port: 0 lets the system choose.
    /// - Parameter receiver: makes a loop's receiver, on that loop.
    package static func start(
        host: String, port: Int, loops: Int, limits: HTTPLimits = HTTPLimits(),
        receiver: @escaping @Sendable (EventLoop) -> any RequestReceiver
    ) throws(SystemError) -> HTTPServer {
        let descriptor = try Socket.listen(host: host, port: port)
        return HTTPServer(
            descriptor: descriptor, loops: max(1, loops), limits: limits, receiver: receiver)
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
        listener = LoopConfined(
            Listener(descriptor: descriptor, loop: loops[0], servers: servers, limits: limits))
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

    /// Stops accepting, lets open exchanges finish until the deadline, closes what is left and ends
    /// the loops' threads.
    ///
    /// - Parameter farewell: what is to be done when no exchange is left, before the loops end and
    ///   with them whatever else has connections there.
    package func shutdown(
        deadline: Duration, _ farewell: @Sendable () async -> Void = {}
    ) async {
        let listener = listener
        for server in servers { server.loop.execute { server.drain() } }
        loops[0].execute { listener.value.close() }
        await withTaskGroup(of: Void.self) { group in
            for server in servers {
                group.addTask { await Self.empty(server, within: deadline) }
            }
        }
        await farewell()
        for loop in loops { await loop.stopped() }
    }

    private static func empty(_ server: ServerLoop, within deadline: Duration) async {
        await withCheckedContinuation { continuation in
            server.loop.execute {
                let timer = server.loop.schedule(after: deadline) { server.closeAll() }
                server.whenEmpty {
                    timer.cancel()
                    continuation.resume()
                }
            }
        }
    }
}
