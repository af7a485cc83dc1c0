import RestateHTTP2
import RestateProtocol

/// Serves handlers to a Restate server, and routes of the application's own.
///
/// ```swift
/// try await Endpoint(Ticket(), SeatMap(), Checkout(gateway: gateway)).serve(port: 9080)
/// ```
/// Then tell the server: `restate deployments register http://localhost:9080`.
public struct Endpoint: Sendable {
    let services: [any RestateService]
    private(set) var routes: [Route] = []

    public init(_ services: any RestateService...) {
        self.init(services)
    }

    public init(_ services: [any RestateService]) {
        self.services = services
    }

    /// Adds an ordinary HTTP route, beside the handlers and on the same port.
    ///
    /// - Parameters:
    ///   - path: compared exactly, without the query.
    ///   - respond: runs on an event loop; what blocks belongs elsewhere.
    public func route(
        _ method: String, _ path: String,
        _ respond: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse
    ) -> Endpoint {
        var copy = self
        copy.routes.append(Route(method: method, path: path, respond: respond))
        return copy
    }

    /// Starts serving, and returns once the port is open.
    ///
    /// - Parameters:
    ///   - host: a name or address to listen on; nil for all interfaces.
    ///   - port: 0 for any free one; see ``RunningEndpoint/port``.
    ///   - loops: event loops, one thread each; by default one per core.
    /// - Throws: ``EndpointError`` if the services cannot be served, or the port not opened.
    public func start(
        host: String? = nil, port: Int = 9080, loops: Int? = nil
    ) throws -> RunningEndpoint {
        let router = try Router(self)
        do {
            let server = try HTTPServer.start(
                host: host ?? "", port: port, loops: loops ?? EventLoop.coreCount
            ) { loop in
                Reception(router, loop)
            }
            return RunningEndpoint(server)
        } catch {
            throw EndpointError(error.description)
        }
    }

    /// Serves until the process is asked to end (SIGTERM or SIGINT), then drains: attempts may
    /// finish or suspend for up to `grace`.
    public func serve(
        host: String? = nil, port: Int = 9080, loops: Int? = nil,
        grace: Duration = .seconds(10)
    ) async throws {
        try await start(host: host, port: port, loops: loops).untilTerminated(grace: grace)
    }
}

/// An endpoint that listens.
public struct RunningEndpoint: Sendable {
    private let server: HTTPServer

    init(_ server: HTTPServer) {
        self.server = server
    }

    /// The port that it listens on.
    public var port: Int { server.port }

    /// Serves until the process is asked to end (SIGTERM or SIGINT), then drains: attempts may
    /// finish or suspend for up to `grace`.
    public func untilTerminated(grace: Duration = .seconds(10)) async {
        await HTTPServer.untilTerminated()
        await shutdown(grace: grace)
    }

    /// Stops accepting, lets open requests finish for up to `grace`, then closes.
    public func shutdown(grace: Duration = .seconds(10)) async {
        await server.shutdown(deadline: grace)
    }
}

/// Why an endpoint cannot start, as a sentence.
public struct EndpointError: Error, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
