import RestateHTTP

/// An endpoint without a port: a function from a request to a response, for programs whose port belongs
/// to another HTTP server, and for platforms that hand requests to a function.
///
/// ```swift
/// let restate = try EmbeddedEndpoint(Endpoint(Greeter()))
/// // In a handler of the other server, for every request below the path that was registered:
/// let response = try await restate.respond(
///     to: EmbeddedRequest(method: request.method, path: request.path, headers: request.headers),
///     body: request.body)
/// ```
/// It does all that a port does: it checks signatures, answers discovery and the health check, invokes
/// handlers, and serves the endpoint's own routes. What belongs to the connection is the other server's:
/// limits for heads and bodies, time limits, and the number of open requests.
///
/// There are two forms. A whole body becomes a whole response: the server is told at registration that it must not
/// stream, and an attempt suspends at its first wait. With a streamed body the server keeps the request
/// open, if ``Endpoint/streaming(_:)`` does not forbid it; this needs a server that sends a response
/// while the request's body is still arriving. Register the deployment with the form that serves it.
///
/// A request ends with its caller: if the calling task is cancelled, the attempt is too, and the server
/// tries again.
public final class EmbeddedEndpoint: Sendable {
    private let hosts: [EmbeddedLoop]
    private let placement: Placement
    private let settings: AttemptSettings

    /// Starts the loops on which the attempts run.
    ///
    /// - Parameters:
    ///   - endpoint: the services with their options. Its own routes are served, too.
    ///   - loops: the number of event loops, each with a thread; by default one per core.
    /// - Throws: an error if the services cannot be served or a request identity key cannot be used.
    public init(_ endpoint: Endpoint, loops: Int? = nil) throws(EndpointError) {
        let router = try Router(endpoint)
        let count = max(1, loops ?? EventLoop.coreCount)
        let placement = Placement(loops: count, endpoint.placing)
        self.placement = placement
        settings = router.settings
        hosts = (0..<count).map { _ in EmbeddedLoop(router, placement) }
        for metrics in endpoint.metrics { metrics.expect(router.handlers) }
    }

    deinit {
        for host in hosts { host.stop() }
    }

    /// Answers a request whose body is complete.
    ///
    /// - Throws: `CancellationError` if the calling task is cancelled, and ``ResponseBroken``.
    public func respond(
        to request: EmbeddedRequest, body: [UInt8] = []
    ) async throws -> EmbeddedResponse {
        let exchange = begin(request, .whole)
        exchange.push(body)
        exchange.endInput()
        let (status, headers) = try await exchange.head()
        var response = EmbeddedResponse(status: status, headers: headers, body: [])
        while let bytes = try await exchange.next() { response.body += bytes }
        return response
    }

    /// Answers a request while its body arrives. Returns as soon as the response's head is known.
    ///
    /// The body is read by a task of its own, not faster than the handler takes it, until it ends or
    /// the response does. If it throws, the request counts as cancelled.
    ///
    /// - Throws: `CancellationError` if the calling task is cancelled, and ``ResponseBroken``.
    public func respond<Body: AsyncSequence & Sendable>(
        to request: EmbeddedRequest, streaming body: Body
    ) async throws -> StreamedResponse
    where Body.Element: Sequence & Sendable, Body.Element.Element == UInt8 {
        let exchange = begin(request, .streamed)
        exchange.feed(body)
        let (status, headers) = try await exchange.head()
        return StreamedResponse(
            status: status, headers: headers, body: StreamedResponse.Body(exchange))
    }

    private func begin(
        _ request: EmbeddedRequest, _ form: EmbeddedForm
    ) -> EmbeddedExchange {
        // Which loop it is makes no difference to the request, and chance spreads them well enough.
        let host = hosts.count == 1 ? hosts[0] : hosts[Int.random(in: hosts.indices)]
        return EmbeddedExchange(request, form, on: host, of: self)
    }

    /// Lets what runs end, as ``RunningEndpoint/shutdown(grace:)`` does, and stops the loops. Requests that
    /// come meanwhile or later are answered with 503 and `retry-after: 1`.
    public func shutdown(grace: Duration = .seconds(10)) async {
        let count = await withTaskGroup(of: Int.self) { group in
            for host in hosts { group.addTask { await host.drained(within: grace) } }
            return await group.reduce(0, +)
        }
        if count > 0 {
            settings.log(.warn, "Shut down; attempts that had not ended and were cut: \(count)")
        }
        await placement.workers.stopped()
        await settings.recorder?.flushed()
        for host in hosts { await host.stopped() }
    }
}

/// Whether bodies are passed on whole.
enum EmbeddedForm: Sendable {
    case whole, streamed
}
