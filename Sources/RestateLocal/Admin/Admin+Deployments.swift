internal import RestateProtocol
internal import Times

extension Admin {
    func deployments(_ request: AdminRequest) async throws(AdminError) -> HTTPAnswer {
        let parts = request.segments
        if parts.count == 1 {
            if request.method == "GET" { return await deploymentList() }
            try request.demand("POST")
            return try await register(request)
        }
        let id = String(parts[1])
        guard id.hasPrefix("dp_1"), id.utf8.count == 26 else {
            throw .text(
                400,
                "Invalid URL: Cannot parse `deployment` with value `\(id)`: "
                    + "unrecognized codec version")
        }
        switch request.method {
        case "GET": return try await deployment(id)
        case "DELETE": return try await delete(id, request)
        case "PATCH": return try await update(id, request)
        case "PUT": throw .json(405, "PUT deployment is deprecated, use PATCH instead")
        default: throw .wrongMethod
        }
    }

    private func deploymentList() async -> HTTPAnswer {
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
                                let records = deployment.services.values
                                line.array(records.sorted { $0.name < $1.name }) { line, service in
                                    line.object { line in
                                        line.member("name", service.name)
                                        line.member("revision", service.revision)
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
            let registry = engine.runtime.registry
            guard let deployment = registry.deployments[id] else { throw .unknownDeployment(id) }
            let records = deployment.services.values.sorted { $0.name < $1.name }
            let settings = engine.runtime.settings
            return .json { line in
                line.deployment(deployment)
                line.member("services") { line in
                    line.array(records) { $0.service($1, settings) }
                }
            }
        }
    }

    private func delete(_ id: String, _ request: AdminRequest) async throws(AdminError)
        -> HTTPAnswer
    {
        guard request.path.parameter("force") == "true" else { return .empty(501) }
        let isGone = await engine { engine in
            engine.perform { runtime, _ in runtime.removeDeployment(id) }
        }
        guard isGone else { throw .unknownDeployment(id) }
        return .empty(202)
    }

    // MARK: Registration

    private struct Registration: Decodable {
        var uri: String
        var additional_headers: [String: String]?
        var metadata: [String: String]?
        var use_http_11: Bool?
        var breaking: Bool?
        var force: Bool?
        var dry_run: Bool?
    }

    private func register(_ request: AdminRequest) async throws(AdminError) -> HTTPAnswer {
        let registration = try Self.registration(request)
        // Clients of version 2 expect that registering again overwrites.
        let isForced = registration.force ?? (request.path.segments.first == "v2")
        var options = RegistrationOptions()
        options.additionalHeaders = Self.headers(registration.additional_headers ?? [:])
        options.metadata = registration.metadata ?? [:]
        options.force = isForced
        options.breaking = registration.breaking ?? false
        options.dryRun = registration.dry_run ?? false
        let chosen = options
        try Self.refuseHTTPS(registration.uri)
        return try await engine.trying { engine throws(AdminError) in
            do throws(RegistrationError) {
                let endpoint = DeploymentEndpoint(
                    uri: registration.uri, usesHTTP11: registration.use_http_11 ?? false)
                guard let endpoint else { throw RegistrationError(status: 422, "no address") }
                let registered = try await engine.register(endpoint, chosen)
                return Self.answer(registered, engine.runtime.settings)
            } catch {
                if error.status == 422 { throw Self.wrongShape }
                throw .json(error.status, error.message, code: error.code)
            }
        }
    }

    // MARK: Update

    private struct Update: Decodable {
        var uri: String?
        var additional_headers: [String: String]?
        var use_http_11: Bool?
        var overwrite: Bool?
        var dry_run: Bool?
    }

    private func update(
        _ id: String, _ request: AdminRequest
    ) async throws(AdminError) -> HTTPAnswer {
        let body = try request.json(Update.self, "a deployment's update")
        if let uri = body.uri { try Self.refuseHTTPS(uri) }
        let headers = body.additional_headers.map(Self.headers)
        return try await engine.trying { engine throws(AdminError) in
            guard let known = engine.runtime.registry.deployments[id] else {
                throw .unknownDeployment(id)
            }
            let endpoint = DeploymentEndpoint(
                uri: body.uri ?? known.endpoint.uri,
                usesHTTP11: body.use_http_11 ?? (body.uri == nil && known.endpoint.usesHTTP11))
            guard let endpoint else { throw Self.wrongShape }
            var update = DeploymentUpdate(
                endpoint: endpoint, additionalHeaders: headers ?? known.additionalHeaders)
            update.overwrite = body.overwrite ?? false
            update.dryRun = body.dry_run ?? false
            do throws(RegistrationError) {
                let updated = try await engine.update(id, update)
                let settings = engine.runtime.settings
                return .json { line in
                    line.deployment(updated.deployment)
                    line.member("services") { line in
                        line.array(updated.services) { $0.service($1, settings) }
                    }
                }
            } catch {
                throw .json(error.status, error.message, code: error.code)
            }
        }
    }

    private static func headers(_ texts: [String: String]) -> [Header] {
        texts.sorted { $0.key < $1.key }.map { Header(key: $0.key, value: $0.value) }
    }

    private static func refuseHTTPS(_ uri: String) throws(AdminError) {
        if uri.lowercased().hasPrefix("https://") { throw .notHere("Endpoints over https are") }
    }

    private static let wrongShape = AdminError.text(
        422,
        "Failed to deserialize the JSON body into the target type: "
            + "data did not match any variant of untagged enum RegisterDeploymentRequest")

    private static func registration(
        _ request: AdminRequest
    ) throws(AdminError) -> Registration {
        do throws(AdminError) {
            return try request.json(Registration.self, "a registration")
        } catch {
            // All shapes that do not fit are one to the server.
            throw error.answer.status == 422 ? wrongShape : error
        }
    }

    private static func answer(
        _ registered: Registered, _ settings: LocalSettings
    ) -> HTTPAnswer {
        let deployment = registered.deployment
        var answer = HTTPAnswer.json(registered.outcome == .created ? 201 : 200) { line in
            line.member("id", deployment.id)
            line.member("services") { line in
                line.array(registered.services) { $0.service($1, settings) }
            }
            line.member("min_protocol_version", deployment.minVersion)
            line.member("max_protocol_version", deployment.maxVersion)
            line.member(ifAny: "sdk_version", deployment.sdkVersion)
        }
        answer.headers.append(("location", "deployments/\(deployment.id)"))
        return answer
    }
}

extension AdminError {
    static func unknownDeployment(_ id: String) -> AdminError {
        .json(404, "The requested deployment '\(id)' does not exist")
    }
}

extension JSONLine {
    /// A deployment's members, without its services.
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
        member("created_at", RFC3339.text(deployment.createdAt))
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
