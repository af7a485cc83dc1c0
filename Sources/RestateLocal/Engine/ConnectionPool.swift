import Primitives
import RestateHTTP

/// The connections to one address, used on one loop. Another connection is opened when all are
/// busy; with HTTP/1.1 that means one exchange on each.
final class ConnectionPool {
    typealias Taker = (Result<ClientConnection, SystemError>) -> Void

    private let loop: EventLoop
    private let host: String
    private let port: Int
    private let version: HTTPVersion
    private var connections: [ClientConnection] = []
    /// Connections that get no new exchanges, and are closed when their last one has ended.
    private var retired: [ClientConnection] = []
    private var waiting = FIFOQueue<Taker>()
    private var waitingCount = 0
    private var connecting = 0
    private var isClosed = false

    /// A server assumes this limit until the peer has announced its own.
    private static let streamsPerConnection = 100

    init(loop: EventLoop, host: String, port: Int, version: HTTPVersion) {
        self.loop = loop
        self.host = host
        self.port = port
        self.version = version
    }

    /// Gives a connection that can carry one more exchange, now or later. The taker must open its
    /// stream at once, or the connection may be full by then.
    func take(_ taker: @escaping Taker) {
        guard !isClosed else { return taker(.failure(Self.closed)) }
        if let free = usable() { return taker(.success(free)) }
        waiting.append(taker)
        waitingCount += 1
        let perConnection = version == .http1_1 ? 1 : Self.streamsPerConnection
        if connecting * perConnection < waitingCount { connect() }
    }

    /// Returns a connection with room for an exchange, after removing those that are of no more
    /// use.
    private func usable() -> ClientConnection? {
        // A server that needs a connection after GOAWAY drops it, together with all attempts on it.
        // Endpoints should meet the same behaviour here.
        for connection in connections where connection.saidGoodbye { connection.close() }
        if !retired.isEmpty {
            for connection in retired where connection.openStreams == 0 { connection.close() }
            retired.removeAll { $0.openStreams == 0 }
        }
        if connections.contains(where: { !$0.isUsable && $0.openStreams == 0 }) {
            connections.removeAll { !$0.isUsable && $0.openStreams == 0 }
        }
        let most = version == .http1_1 ? 1 : Self.streamsPerConnection
        return connections.first { $0.isUsable && $0.openStreams < most }
    }

    private func connect() {
        connecting += 1
        let confined = LoopBound(self, on: loop)
        Task(executorPreference: loop) {
            let pool = confined.value
            do throws(SystemError) {
                let connection = try await ClientConnection.connect(
                    loop: pool.loop, host: pool.host, port: pool.port, version: pool.version)
                pool.connected(connection)
            } catch {
                pool.failed(error)
            }
        }
    }

    /// Serves those who wait, as far as the new connection has room, and opens another one for the
    /// rest.
    private func connected(_ connection: ClientConnection) {
        connecting -= 1
        guard !isClosed else { return connection.close() }
        connections.append(connection)
        while waitingCount > 0 {
            guard let free = usable() else {
                if connecting == 0 { connect() }
                return
            }
            next(.success(free))
        }
    }

    /// Fails everybody who waits, unless another connection is still being opened.
    private func failed(_ error: SystemError) {
        connecting -= 1
        guard connecting == 0 else { return }
        while waitingCount > 0 { next(.failure(error)) }
    }

    private func next(_ result: Result<ClientConnection, SystemError>) {
        guard let taker = waiting.popFirst() else { return }
        waitingCount -= 1
        taker(result)
    }

    /// Takes a connection out of use, because it has stopped working for one exchange.
    func retire(_ connection: ClientConnection) {
        connections.removeAll { $0 === connection }
        if connection.openStreams == 0 { connection.close() } else { retired.append(connection) }
    }

    /// Closes all connections and fails everybody who waits.
    func close() {
        isClosed = true
        for connection in connections + retired { connection.close() }
        connections = []
        retired = []
        // A registration that is under way waits for this answer.
        while waitingCount > 0 { next(.failure(Self.closed)) }
    }

    private static let closed = SystemError(
        "connect", errno: 0, reason: "the local runtime is shut down")
}
