public import Commands
public import Restate

/// Where a command listens: the flags `--host`, `--port` and `--loops`.
public struct Listening {
    private let host: String?
    private let port: Int
    private let loops: Int?

    /// - Parameters:
    ///   - whoever: what the help says of the host that is not said.
    static func flags(port: Int, _ what: String, host whoever: String) -> [Flag] {
        [
            Flag("--host", "H", "name or address to listen on", standard: whoever),
            Flag("--port", "P", "\(what), 0 for any free one", standard: "\(port)"),
            Flag("--loops", "N", "event loops, one thread each", standard: "one per core"),
        ]
    }

    /// - Parameter host: unless the arguments say another one; nil for all interfaces.
    public init(_ arguments: Arguments, port: Int, host: String? = nil) throws(UsageError) {
        self.host = try arguments.host("--host") ?? host
        self.port = try arguments.number("--port", in: 0...65535) ?? port
        loops = try arguments.number("--loops", in: 1...1024)
    }

    public func start(_ endpoint: Endpoint) throws -> RunningEndpoint {
        try usable { try endpoint.start(host: host, port: port, loops: loops) }
    }

    /// An address for people: from this machine, if it listens on all interfaces.
    ///
    /// - Parameter fromHere: for this process, which needs no resolver to find itself.
    public func url(_ running: RunningEndpoint, fromHere: Bool = false) -> String {
        let name =
            switch host {
            case nil, "0.0.0.0", "::": fromHere ? "127.0.0.1" : "localhost"
            case let host? where host.contains(":"): "[\(host)]"
            case let host?: host
            }
        return "http://\(name):\(running.port)"
    }

    /// The address for a container on this machine; nil if none can reach it.
    func urlFromContainers(_ running: RunningEndpoint) -> String? {
        switch host {
        case nil, "0.0.0.0", "::": "http://host.docker.internal:\(running.port)"
        default: nil
        }
    }
}
