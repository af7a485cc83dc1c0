package import RestateHTTP
import RestateMachine
import RestateProtocol

/// Reaches an endpoint of the same process without a socket. It uses the same services, router and
/// driver as the HTTP server.
package struct EndpointLink: Sendable {
    private let router: Router
    private let placement: Placement

    /// - Throws: ``EndpointError`` if the services cannot be served.
    package init(_ endpoint: Endpoint) throws(EndpointError) {
        router = try Router(endpoint)
        placement = Placement(loops: EventLoop.coreCount, endpoint.placing)
    }

    /// Waits until all cancelled attempts have ended, including those on worker threads.
    package func stopped() async { await placement.workers.stopped() }

    /// Waits until the journals of attempts that have ended are recorded.
    package func recorded() async { await router.settings.recorder?.flushed() }

    /// The name and version by which the endpoint identifies itself.
    package static var server: String { Discovery.server }

    /// Returns the answer to discovery.
    package func manifest(version: Int = Discovery.versions.upperBound) throws -> [UInt8] {
        try router.discovery.manifest(version: version, mode: router.mode(over: .http2))
    }

    /// Begins an attempt on `loop`. It lives at most as long as the stream.
    ///
    /// - Returns: the status, and the attempt's task if it is 200.
    package func begin(
        service: String, handler: String, contentType: String,
        _ stream: any RelayableStream, on loop: EventLoop
    ) -> (status: Int, task: Task<Void, Never>?) {
        guard let handler = self.handler(service, handler) else { return (404, nil) }
        let version: ProtocolVersion
        do {
            version = try ProtocolVersion(contentType: contentType)
        } catch {
            return (415, nil)
        }
        return (200, placement.begin(handler, version, stream, on: loop))
    }

    func handler(_ service: String, _ handler: String) -> ServedHandler? {
        let path = Array("/invoke/\(service)/\(handler)".utf8)
        guard case .handler(let found) = path.withUnsafeBytes(router.place) else { return nil }
        return found
    }
}
