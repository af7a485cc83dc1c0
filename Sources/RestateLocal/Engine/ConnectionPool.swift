import Primitives
import RestateHTTP

/// The connections to one place. A new one is made when the others are busy; over HTTP/1.1 that is
/// with every exchange under way.
final class ConnectionPool {
    typealias Taker = (Result<ClientConnection, SystemError>) -> Void

    private let loop: EventLoop
    private let host: String
    private let port: Int
    private let version: HTTPVersion
    private var connections: [ClientConnection] = []
    /// Those that get no new exchanges, until the last one has ended.
    private var retired: [ClientConnection] = []
    private var waiting = FIFOQueue<Taker>()
    private var waitingCount = 0
    private var connecting = 0
    private var isClosed = false

    /// As a server does until it knows better.
    private static let streamsPerConnection = 100

    init(loop: EventLoop, host: String, port: Int, version: HTTPVersion) {
        self.loop = loop
        self.host = host
        self.port = port
        self.version = version
    }

    /// Gives a connection with room for one exchange, now or later; the taker opens it at once.
    func take(_ taker: @escaping Taker) {
        guard !isClosed else { return taker(.failure(Self.closed)) }
        if let free = usable() { return taker(.success(free)) }
        waiting.append(taker)
        waitingCount += 1
        let perConnection = version == .http1_1 ? 1 : Self.streamsPerConnection
        if connecting * perConnection < waitingCount { connect() }
    }

    private func usable() -> ClientConnection? {
        // So does a server: when it needs a connection that was said goodbye on, it drops it, with
        // every attempt on it.
        for connection in connections where connection.saidGoodbye { connection.close() }
        for connection in retired where connection.openStreams == 0 { connection.close() }
        retired.removeAll { $0.openStreams == 0 }
        connections.removeAll { !$0.isUsable && $0.openStreams == 0 }
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

    /// Everybody who waits is told: the place cannot be reached.
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

    /// It has stopped working for somebody: nobody else is to find that out.
    func retire(_ connection: ClientConnection) {
        connections.removeAll { $0 === connection }
        if connection.openStreams == 0 { connection.close() } else { retired.append(connection) }
    }

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
