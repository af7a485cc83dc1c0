internal import CanonicalJSON
internal import Primitives
internal import RestateProtocol
internal import RestateRuntime
internal import Times

/// The admin API's routes for deployments: list, registration, update, removal.
extension Admin {
    func deployment(_ id: String, _ request: AdminRequest) async throws(AdminError) -> HTTPAnswer {
        if let complaint = ResourceID.complaint(id, .deployment) {
            throw .path("deployment", id, complaint)
        }
        switch request.method {
        case .get: return try await deployment(id)
        case .delete: return try await delete(deployment: id, request)
        default: return try await update(id, request)
        }
    }

    func deploymentList() async -> HTTPAnswer {
        await engine { engine in
            let deployments = engine.runtime.registry.deployments.values.sorted {
                ($0.createdAt, $0.id) < ($1.createdAt, $1.id)
            }
            return .json { line in
                line.member("deployments") { line in
                    line.array(deployments) { line, deployment in
                        line.object { line in
                            line.deployment(deployment)
                            line.member("services") { line in
                                line.array(deployment.served) { line, service in
                                    line.object { line in
                                        line.member("name", service.record.name)
                                        line.member("revision", service.record.revision)
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private func deployment(_ id: String) async throws(AdminError) -> HTTPAnswer {
        try await engine.trying { engine throws(AdminError) in
            guard let deployment = engine.runtime.registry.deployments[id] else {
                throw .unknownDeployment(id)
            }
            return .detailed(deployment, engine.runtime.settings)
        }
    }

    private func delete(
        deployment id: String, _ request: AdminRequest
    ) async throws(AdminError) -> HTTPAnswer {
        // Removing a deployment only after its invocations have ended is not implemented by servers
        // either.
        guard try request.parameters.flag("force") == true else { return .empty(501) }
        let isGone = await engine { engine in
            engine.perform { runtime, _ in runtime.removeDeployment(id) }
        }
        guard isGone else { throw .unregistered("deployment with id '\(id)'") }
        return .empty(202)
    }

    // MARK: Registration

    /// The body of a registration. The members have the names of the JSON.
    private struct Registration: Decodable {
        var uri: String?
        var arn: String?
        var additional_headers: [String: String]?
        var metadata: [String: String]?
        var use_http_11: Bool?
        var breaking: Bool?
        var force: Bool?
        var dry_run: Bool?
    }

    /// Registers an endpoint. The statuses differ between the versions of the API: version 2
    /// answers 409 for a deployment that exists, later ones 200.
    func register(_ request: AdminRequest) async throws(AdminError) -> HTTPAnswer {
        let body = try Self.registration(request)
        var options = RegistrationOptions()
        options.additionalHeaders = try Self.headers(body.additional_headers ?? [:])
        options.metadata = body.metadata ?? [:]
        // In version 2 of the API, registering an address again overwrites the deployment by
        // default.
        options.force = body.force ?? request.isOfVersion2
        options.breaking = body.breaking ?? false
        options.dryRun = body.dry_run ?? false
        guard let uri = body.uri else { throw Self.refusal(ofLambda: body.arn) }
        let endpoint = try Self.endpoint(uri, usesHTTP11: body.use_http_11 ?? false)
        let (chosen, isOfVersion2) = (options, request.isOfVersion2)
        return try await engine.trying { engine throws(AdminError) in
            do throws(RegistrationError) {
                let registered = try await engine.register(endpoint, chosen)
                if isOfVersion2, registered.outcome == .unchanged {
                    throw RegistrationError(
                        status: 409,
                        "Conflict: deployment \(registered.deployment.id) already exists")
                }
                let isNew = registered.outcome == .created || isOfVersion2
                return .registered(registered, isNew ? 201 : 200, engine.runtime.settings)
            } catch {
                throw .registration(error)
            }
        }
    }

    /// A server gives this answer for every body that is not a registration, whatever is wrong with
    /// it.
    private static let wrongShape = AdminError.shape(
        "data did not match any variant of untagged enum RegisterDeploymentRequest")

    /// Reads the body, which names either a URI or a Lambda function.
    private static func registration(_ request: AdminRequest) throws(AdminError) -> Registration {
        try request.demandJSON()
        guard let body = try? request.json(Registration.self, "a registration"),
            body.uri != nil || body.arn != nil
        else { throw wrongShape }
        return body
    }

    /// Parses the address, and refuses what a server could call but this runtime cannot.
    private static func endpoint(
        _ uri: String, usesHTTP11: Bool
    ) throws(AdminError) -> DeploymentEndpoint {
        do throws(AddressError) {
            return try DeploymentEndpoint(address: uri, usesHTTP11: usesHTTP11)
        } catch {
            switch error {
            case .noAddress: throw wrongShape
            case .relative:
                throw .field(
                    "uri",
                    "The provided uri \(uri) is not absolute, only absolute URIs can be used.")
            case .secure:
                throw .notHere(
                    "Endpoints over https are",
                    "Register the http address of '\(uri)' if it has one, or run a Restate server.")
            case .unreachable(let reason):
                throw .registration(
                    .discovery("META0003", "error when calling '\(uri)': \(reason)"))
            }
        }
    }

    /// Refuses an AWS Lambda function, after the check of its name that a server makes.
    private static func refusal(ofLambda arn: String?) -> AdminError {
        guard let arn, arn.split(separator: ":", omittingEmptySubsequences: false).count == 8
        else {
            return .field(
                "arn", "A qualified ARN must have 8 components delimited by `:`")
        }
        return .registration(
            .discovery(
                "META0003",
                "error when calling '\(arn)': the local runtime does not call functions of AWS "
                    + "Lambda. Register the endpoint's http address, or run a Restate server."))
    }

    // MARK: Update

    /// The body of an update. The members have the names of the JSON.
    private struct Update: Decodable {
        var uri: String?
        var arn: String?
        var additional_headers: [String: String]?
        var use_http_11: Bool?
        var overwrite: Bool?
        var dry_run: Bool?
    }

    /// Changes a deployment's address or headers. Without any change it only answers with the
    /// deployment, as a server does.
    private func update(
        _ id: String, _ request: AdminRequest
    ) async throws(AdminError) -> HTTPAnswer {
        let body = try request.json(Update.self, "a deployment's update")
        if request.method == .put, !request.isOfVersion2 {
            throw .json(405, "PUT deployment is deprecated, use PATCH instead")
        }
        if body.uri == nil, body.additional_headers == nil, body.use_http_11 == nil {
            if let arn = body.arn { throw Self.refusal(ofLambda: arn) }
            return try await deployment(id)
        }
        let headers = try body.additional_headers.map { texts throws(AdminError) in
            try Self.headers(texts)
        }
        let known = await engine { $0.runtime.registry.deployments[id] }
        guard let known else { throw .unknownDeployment(id) }
        var endpoint = known.endpoint
        if let uri = body.uri {
            endpoint = try Self.endpoint(uri, usesHTTP11: body.use_http_11 ?? false)
        } else if let isHTTP11 = body.use_http_11 {
            endpoint.usesHTTP11 = isHTTP11
        }
        var update = DeploymentUpdate(
            endpoint: endpoint, additionalHeaders: headers ?? known.additionalHeaders)
        update.overwrite = body.overwrite ?? false
        update.dryRun = body.dry_run ?? false
        let wanted = update
        return try await engine.trying { engine throws(AdminError) in
            do throws(RegistrationError) {
                let updated = try await engine.update(id, wanted)
                return .detailed(updated.deployment, engine.runtime.settings)
            } catch {
                throw .registration(error)
            }
        }
    }

    // MARK: Headers for the endpoint

    /// Headers that determine where a request begins, ends and goes. Set for all requests, they
    /// would break the framing.
    private static let reserved: Set<String> = [
        "connection", "content-length", "expect", "host", "keep-alive", "proxy-connection", "te",
        "trailer", "transfer-encoding", "upgrade",
    ]

    /// Checks the headers that are added to every request to the endpoint.
    private static func headers(_ texts: [String: String]) throws(AdminError) -> [Header] {
        var headers: [Header] = []
        for (name, value) in texts.sorted(by: { $0.key < $1.key }) {
            guard isToken(name), value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 })
            else { throw wrongShape }
            let name = name.lowercased()
            guard !reserved.contains(name) else {
                throw .field(
                    "additional_headers",
                    "'\(name)' is set for each request and cannot be an additional header.")
            }
            headers.append(Header(key: name, value: value))
        }
        return headers
    }

    /// Whether a text can be the name of a header (RFC 9110, token).
    private static func isToken(_ name: String) -> Bool {
        let others = Array("!#$%&'*+-.^_`|~".utf8)
        return !name.isEmpty
            && name.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || others.contains($0)
            }
    }
}

extension HTTPAnswer {
    /// A deployment with all that is known about its services.
    fileprivate static func detailed(
        _ deployment: Deployment, _ settings: LocalSettings
    ) -> HTTPAnswer {
        .json { line in
            line.deployment(deployment)
            line.member("services") { line in
                line.array(deployment.served) { $0.service($1, settings) }
            }
        }
    }

    fileprivate static func registered(
        _ registered: Registered, _ status: Int, _ settings: LocalSettings
    ) -> HTTPAnswer {
        let deployment = registered.deployment
        let services = registered.services.map { ServedService($0, by: deployment) }
        var answer = HTTPAnswer.json(status) { line in
            line.member("id", deployment.id)
            line.member("services") { $0.array(services) { $0.service($1, settings) } }
            line.member("min_protocol_version", deployment.minVersion)
            line.member("max_protocol_version", deployment.maxVersion)
            line.member(ifAny: "sdk_version", deployment.sdkVersion)
        }
        answer.headers.append(("location", "deployments/\(deployment.id)"))
        return answer
    }
}

extension JSONLine {
    /// Writes a deployment's members without its services.
    mutating func deployment(_ deployment: Deployment) {
        member("id", deployment.id)
        member("uri", deployment.endpoint.uri)
        member("protocol_type", deployment.protocolType)
        member("http_version", deployment.httpVersion)
        if !deployment.additionalHeaders.isEmpty {
            member("additional_headers") { line in
                line.object { line in
                    for header in deployment.additionalHeaders {
                        line.member(header.key, header.value)
                    }
                }
            }
        }
        if !deployment.metadata.isEmpty {
            member("metadata") { $0.texts(deployment.metadata) }
        }
        // A server writes nanoseconds.
        member("created_at", RFC3339.text(deployment.createdAt).dropLast() + "000000Z")
        member("min_protocol_version", deployment.minVersion)
        member("max_protocol_version", deployment.maxVersion)
        member(ifAny: "sdk_version", deployment.sdkVersion)
    }

    mutating func texts(_ texts: [String: String]) {
        object { line in
            for (name, text) in texts.sorted(by: { $0.key < $1.key }) { line.member(name, text) }
        }
    }
}
