import Primitives
import CanonicalJSON
import Restate
import RestateHTTP
package import RestateProtocol
package import RestateRuntime

/// Discovery: asking an endpoint at registration what it serves.
extension Engine {
    /// Registers an endpoint. One that is known is not asked again, unless the registration is
    /// forced.
    package nonisolated(nonsending) func register(
        _ endpoint: DeploymentEndpoint, _ options: RegistrationOptions = RegistrationOptions()
    ) async throws(RegistrationError) -> Registered {
        var endpoint = endpoint
        if self.options.alwaysHTTP11, case .http = endpoint.kind { endpoint.usesHTTP11 = true }
        let known = runtime.registry.deployment(at: endpoint)
        var found: Discovered
        if let known, !options.force {
            found = Discovered(manifest: known.manifest, sdkVersion: known.sdkVersion)
        } else {
            found = try await discover(endpoint, headers: options.additionalHeaders)
        }
        if self.options.alwaysRequestResponse { found.manifest.protocolMode = "REQUEST_RESPONSE" }
        let (place, discovered) = (endpoint, found)
        return try perform { runtime, now in
            Result { () throws(RegistrationError) in
                try runtime.register(discovered, at: place, options, at: now)
            }
        }.get()
    }

    /// Asks the endpoint at a deployment's new address what it serves, and updates the deployment.
    package nonisolated(nonsending) func update(
        _ id: String, _ update: DeploymentUpdate
    ) async throws(RegistrationError) -> Registered {
        let found = try await discover(update.endpoint, headers: update.additionalHeaders)
        return try perform { runtime, _ in
            Result { () throws(RegistrationError) in
                try runtime.updateDeployment(id, found, update)
            }
        }.get()
    }

    /// Asks an endpoint for its manifest, within the time limit for discovery.
    package nonisolated(nonsending) func discover(
        _ endpoint: DeploymentEndpoint, headers: [Header] = []
    ) async throws(RegistrationError) -> Discovered {
        if case .inProcess(let name) = endpoint.kind {
            guard let manifest = try? link(name)?.manifest() else {
                throw RegistrationError.discovery(
                    "META0003", "no endpoint of this process is linked under the name '\(name)'")
            }
            return Discovered(
                manifest: try Self.manifest(manifest), sdkVersion: EndpointLink.server)
        }
        let watch = DiscoveryWatch(loop, limit: options.discoveryTimeout)
        defer { watch.finish() }
        let (engine, confined) = (LoopBound(self, on: loop), LoopBound(watch, on: loop))
        return try await withTaskCancellationHandler {
            await engine.value.ask(endpoint, headers, confined.value)
        } onCancel: { [loop] in
            loop.execute { confined.value.stop("the registration was cancelled") }
        }.get()
    }

    /// The outcome of asking once.
    private enum Reply {
        case answer(Result<Discovered, RegistrationError>)
        case tryAgain(RegistrationError)
    }

    /// Asks up to five times, with growing delays, as long as the failure may be a passing one.
    private nonisolated(nonsending) func ask(
        _ endpoint: DeploymentEndpoint, _ headers: [Header], _ watch: DiscoveryWatch
    ) async -> Result<Discovered, RegistrationError> {
        var failure = RegistrationError(status: 500, "")
        for attempt in 0...DiscoveryQuestion.retries {
            if attempt > 0 {
                try? await Task.sleep(for: DiscoveryQuestion.firstDelay * (1 << (attempt - 1)))
            }
            if let reason = watch.reason { return .failure(unreachable(endpoint, reason)) }
            switch await askOnce(endpoint, headers, watch) {
            case .answer(let found): return found
            case .tryAgain(let error): failure = error
            }
        }
        return .failure(failure)
    }

    /// Sends the request and reads the manifest, up to its size limit.
    private nonisolated(nonsending) func askOnce(
        _ endpoint: DeploymentEndpoint, _ headers: [Header], _ watch: DiscoveryWatch
    ) async -> Reply {
        guard let pool = pool(for: endpoint) else {
            return .answer(
                .failure(RegistrationError(status: 500, "the endpoint is not served over HTTP")))
        }
        let connection: ClientConnection
        switch await watch.connection(of: pool) {
        case nil: return .answer(.failure(unreachable(endpoint, watch.reason ?? "")))
        case .success(let confined)?: connection = confined.value
        case .failure(let error)?:
            return .tryAgain(unreachable(endpoint, "\(DiscoveryQuestion.text(of: error))"))
        }
        var head = DiscoveryQuestion.head(
            endpoint, headers, clusterName: runtime.settings.clusterName)
        options.signer?.sign(&head.headers, audience: "/discover", at: now)
        let stream = connection.open(head, endStream: true)
        watch.interrupting { stream.reset(code: DiscoveryQuestion.cancel) }
        var body: [UInt8] = []
        while true {
            // The input is taken as it comes, because a full buffer would stop the flow before the
            // limit is checked.
            body += stream.takeInput()
            if body.count > options.manifestLimit {
                stream.reset(code: DiscoveryQuestion.cancel)
                return .answer(.failure(tooLarge))
            }
            if stream.inputEnded || stream.isClosed { break }
            await stream.changed()
        }
        body += stream.takeInput()
        if let reason = watch.reason {
            pool.retire(connection)
            return .answer(.failure(unreachable(endpoint, reason)))
        }
        guard stream.inputEnded, let status = stream.responseStatus else {
            return .answer(.failure(closed(endpoint)))
        }
        return DiscoveryQuestion.judge(
            status: status, headers: stream.responseHeaders, body: body, endpoint)
    }

    private var tooLarge: RegistrationError {
        .discovery(
            "META0013",
            "bad service discovery: the manifest has more than \(options.manifestLimit) bytes")
    }

    /// Describes a connection that was closed without an answer. The usual cause is the wrong HTTP
    /// version.
    private func closed(_ endpoint: DeploymentEndpoint) -> RegistrationError {
        let advice =
            endpoint.usesHTTP11
            ? "If the endpoint speaks HTTP/2 only, register it without HTTP/1.1."
            : "If the endpoint speaks HTTP/1.1 only, register it with --use-http1.1."
        return .discovery(
            "META0014",
            "error when calling '\(endpoint.uri)': the connection was closed. \(advice)")
    }

    private func unreachable(
        _ endpoint: DeploymentEndpoint, _ reason: String
    ) -> RegistrationError {
        .discovery("META0003", "error when calling '\(endpoint.uri)': \(reason)")
    }

    /// Parses a manifest, with a server's error for one that is invalid.
    static func manifest(_ bytes: [UInt8]) throws(RegistrationError) -> Manifest {
        do {
            return try Manifest(parsing: bytes)
        } catch {
            throw RegistrationError.discovery(
                "META0013", "bad service discovery: \(JSON.describe(error))")
        }
    }

    /// The request of a discovery, and how its answer is judged.
    private enum DiscoveryQuestion {
        static let retries = 4
        /// HTTP/2's error code CANCEL.
        static let cancel: UInt32 = 8
        static let firstDelay = Duration.milliseconds(100)
        static let types = (1...4).map { "application/vnd.restate.endpointmanifest.v\($0)+json" }
        /// Statuses after which asking again may help.
        static let passing = [408, 429, 500, 502, 503, 504]

        static func head(
            _ endpoint: DeploymentEndpoint, _ headers: [Header], clusterName: String
        ) -> RequestHead {
            var fields = HeaderFields()
            fields.append(name: "accept", value: types.joined(separator: ", "))
            for header in headers { fields.append(name: header.key, value: header.value) }
            fields.append(name: "x-restate-cluster-name", value: clusterName)
            return RequestHead(
                method: "GET", path: endpoint.path("/discover"), authority: endpoint.authority,
                headers: fields, version: endpoint.usesHTTP11 ? .http1_1 : .http2)
        }

        /// Describes a failed connection in a server's words.
        static func text(of error: SystemError) -> String {
            let parts = "\(error)".split(separator: ": ", maxSplits: 1)
            // A name that is not found is no error of the system's.
            let number = error.errno == 0 ? "" : " (os error \(error.errno))"
            return "h2 pool connection error: \(parts.last ?? "")\(number)"
        }

        /// Decides whether an answer has a manifest, is a final refusal, or may be different next
        /// time.
        static func judge(
            status: Int, headers: HeaderFields, body: [UInt8], _ endpoint: DeploymentEndpoint
        ) -> Reply {
            guard (200...299).contains(status) else {
                let text = String(decoding: body.prefix(1000), as: UTF8.self)
                let hint =
                    status == 404
                    ? "there is no discovery at '\(endpoint.uri)discover'. Is the endpoint "
                        + "mounted on another path?"
                    : "the endpoint answered \(status): \(text)"
                let error = RegistrationError.discovery("META0003", hint)
                return passing.contains(status) ? .tryAgain(error) : .answer(.failure(error))
            }
            let type = headers["content-type"]
            guard let type, types.contains(type) else {
                return .answer(
                    .failure(
                        .discovery(
                            "META0013",
                            "bad service discovery: the content type '\(type ?? "none")' is not "
                                + "one of \(types.joined(separator: ", "))")))
            }
            return .answer(
                Result { () throws(RegistrationError) in
                    Discovered(
                        manifest: try Engine.manifest(body),
                        sdkVersion: headers["x-restate-server"])
                })
        }
    }
}
