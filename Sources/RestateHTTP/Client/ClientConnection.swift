import Primitives

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A client's connection to one server. It is used on one loop only, and lives until `close`, or
/// until the server or the loop ends it.
package final class ClientConnection {
    package let version: HTTPVersion
    private let connection: Connection
    private let session: any ClientSession
    private let limits: HTTPLimits
    private var ping: LoopTimer?

    private init(
        _ connection: Connection, _ session: any ClientSession, _ version: HTTPVersion,
        _ limits: HTTPLimits
    ) {
        self.connection = connection
        self.session = session
        self.version = version
        self.limits = limits
    }

    /// Connects to the first address of the host that accepts. Must be called on the loop, to which
    /// the connection then belongs.
    package nonisolated(nonsending) static func connect(
        loop: EventLoop, host: String, port: Int, version: HTTPVersion = .http2,
        limits: HTTPLimits = HTTPLimits()
    ) async throws(SystemError) -> ClientConnection {
        precondition(loop.isCurrent, "a client's connection is made on its loop")
        let name = "\(host):\(port)"
        var failure = SystemError("connect \(name)", errno: EADDRNOTAVAIL)
        for address in try await addresses(host, port) {
            do throws(SystemError) {
                let descriptor = try Socket.connecting(to: address, name: name)
                let connector = Connector(descriptor: descriptor, loop: loop)
                let code = await connector.outcome(within: limits.headerTimeout)
                if code != 0 { throw SystemError("connect \(name)", errno: code) }
                return adopt(descriptor, loop, version, limits)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// Resolves a host. A name is looked up on another thread, because the resolver blocks; an
    /// address needs no lookup.
    private nonisolated(nonsending) static func addresses(
        _ host: String, _ port: Int
    ) async throws(SystemError) -> [Socket.Address] {
        if let known = try? Socket.resolve(host, port: port, flags: AI_NUMERICHOST) { return known }
        let found = await Task.detached { () -> Result<[Socket.Address], SystemError> in
            Result { () throws(SystemError) in try Socket.resolve(host, port: port, flags: 0) }
        }.value
        return try found.get()
    }

    private static func adopt(
        _ descriptor: Int32, _ loop: EventLoop, _ version: HTTPVersion, _ limits: HTTPLimits
    ) -> ClientConnection {
        let session: any ClientSession =
            switch version {
            case .http2: HTTP2ClientSession(limits: limits)
            case .http1_1: HTTP1ClientSession(limits: limits)
            }
        let connection = Connection(descriptor: descriptor, loop: loop, session: session)
        let client = ClientConnection(connection, session, version, limits)
        if let session = session as? HTTP2ClientSession { client.keepAlive(session) }
        return client
    }

    /// Sends a PING at intervals, and closes the connection if the answer is missing. A server that
    /// vanished would otherwise go unnoticed while all exchanges wait for it and nothing is sent.
    private func keepAlive(_ session: HTTP2ClientSession) {
        ping = loop.schedule(after: limits.pingInterval) { [self] in
            guard !connection.isClosed else { return }
            session.ping()
            ping = loop.schedule(after: limits.pingTimeout) { [self] in
                if session.awaitsPing { return close() }
                keepAlive(session)
            }
        }
    }

    package var loop: EventLoop { connection.loop }

    /// Whether a new exchange can begin: the connection is open, the server has not sent GOAWAY,
    /// and over HTTP/1.1 no other exchange is open.
    package var isUsable: Bool { !connection.isClosed && session.isUsable }

    /// Whether the server takes no new exchanges on this connection (GOAWAY).
    package var saidGoodbye: Bool { session.saidGoodbye }

    package var openStreams: Int { session.streams.count }

    /// Begins an exchange. If that is not possible, the stream is closed from the start.
    package func open(_ head: RequestHead, endStream: Bool = false) -> ClientStream {
        loop.assertAccess()
        let stream = ClientStream(loop: connection.loop)
        if isUsable {
            session.begin(stream, head, endStream: endStream)
        } else {
            stream.exchange.close(isAbnormal: false)
        }
        return stream
    }

    /// Closes at once, with all open exchanges.
    package func close() {
        ping?.cancel()
        connection.close()
    }
}

/// A socket that is connecting.
private final class Connector: EventSource {
    private let loop: EventLoop
    private var waiter: UnsafeContinuation<Int32, Never>?
    private var timer: LoopTimer?

    init(descriptor: Int32, loop: EventLoop) {
        self.loop = loop
        super.init(descriptor: descriptor)
        loop.add(self, forWriting: true)
    }

    /// Returns 0 once connected, or the error; then the descriptor is closed.
    nonisolated(nonsending) func outcome(within limit: Duration) async -> Int32 {
        timer = loop.schedule(after: limit) { [self] in end(ETIMEDOUT) }
        return await withUnsafeContinuation { continuation in
            assert(waiter == nil, "a connector has one waiter: another one would never be resumed")
            waiter = continuation
        }
    }

    override func readable(failed: Bool) { if failed { writable() } }
    override func writable() { end(Socket.pendingError(descriptor)) }
    override func loopStopped() { end(ECANCELED) }

    private func end(_ code: Int32) {
        guard let waiter else { return }
        self.waiter = nil
        timer?.cancel()
        loop.remove(self, closing: code != 0)
        waiter.resume(returning: code)
    }
}
