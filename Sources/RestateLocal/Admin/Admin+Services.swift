internal import Restate
internal import RestateProtocol

extension Admin {
    func services(_ request: AdminRequest) async throws(AdminError) -> HTTPAnswer {
        let parts = request.segments
        if parts.count == 1 {
            try request.demand("GET")
            return await engine { engine in
                let settings = engine.runtime.settings
                let services = engine.runtime.registry.services.values.sorted { $0.name < $1.name }
                return .json { line in
                    line.member("services") { $0.array(services) { $0.service($1, settings) } }
                }
            }
        }
        let name = String(parts[1])
        switch (request.method, parts.dropFirst(2).first, parts.count) {
        case ("GET", nil, _):
            return try await service(name) { $0.service($1, $2) }
        case ("GET", "openapi", 3):
            return try await service(name) { line, service, _ in line.openAPI(service) }
        case ("GET", "handlers", 3):
            return try await service(name) { line, service, _ in
                line.object { line in
                    line.member("handlers") { line in
                        line.array(service.handlers) { $0.handler($1, of: service) }
                    }
                }
            }
        case ("GET", "handlers", 4):
            return try await handler(String(parts[3]), of: name)
        case ("PATCH", nil, _):
            return try await patch(name, request)
        case ("POST", "state", 3):
            return try await setState(of: name, request)
        case (_, nil, _), (_, "openapi", 3), (_, "handlers", _), (_, "state", 3): throw .wrongMethod
        default: throw .notFound
        }
    }

    private func service(
        _ name: String,
        _ write: @escaping @Sendable (inout JSONLine, ServiceRecord, LocalSettings) -> Void
    ) async throws(AdminError) -> HTTPAnswer {
        try await engine.trying { engine throws(AdminError) in
            guard let service = engine.runtime.registry.services[name] else {
                throw .unknownService(name)
            }
            var line = JSONLine()
            write(&line, service, engine.runtime.settings)
            return .json(200, line.bytes)
        }
    }

    private func handler(_ name: String, of service: String) async throws(AdminError) -> HTTPAnswer
    {
        try await engine.trying { engine throws(AdminError) in
            guard let record = engine.runtime.registry.services[service] else {
                throw .unknownService(service)
            }
            guard let handler = record.handler(name) else {
                throw .json(
                    404, "The requested handler '\(name)' on service '\(service)' does not exist")
            }
            var line = JSONLine()
            line.handler(handler, of: record)
            return .json(200, line.bytes)
        }
    }

    // MARK: Changes

    private struct Patch: Decodable {
        var `public`: Bool?
        var idempotency_retention: String?
        var workflow_completion_retention: String?
        var journal_retention: String?
        var inactivity_timeout: String?
        var abort_timeout: String?
    }

    private func patch(_ name: String, _ request: AdminRequest) async throws(AdminError)
        -> HTTPAnswer
    {
        let body = try request.json(Patch.self, "a change of a service")
        func milliseconds(_ text: String?) throws(AdminError) -> Milliseconds? {
            guard let text else { return nil }
            do {
                return try DurationText.milliseconds(text)
            } catch {
                throw .text(
                    422, "Failed to deserialize the JSON body into the target type: \(error)")
            }
        }
        var patch = ServicePatch()
        patch.isPublic = body.public
        patch.idempotencyRetention = try milliseconds(body.idempotency_retention)
        patch.workflowCompletionRetention = try milliseconds(body.workflow_completion_retention)
        patch.journalRetention = try milliseconds(body.journal_retention)
        patch.inactivityTimeout = try milliseconds(body.inactivity_timeout)
        patch.abortTimeout = try milliseconds(body.abort_timeout)
        let wanted = patch
        return try await engine.trying { engine throws(AdminError) in
            let patched = engine.perform { runtime, _ in runtime.patchService(name, wanted) }
            guard let patched else { throw .unknownService(name) }
            var line = JSONLine()
            line.service(patched, engine.runtime.settings)
            return .json(200, line.bytes)
        }
    }

    private struct NewState: Decodable {
        var version: String?
        var object_key: String
        var scope: String?
        var new_state: [String: [UInt8]]
    }

    /// Accepted whatever the service: the server does not look it up either.
    private func setState(of service: String, _ request: AdminRequest) async throws(AdminError)
        -> HTTPAnswer
    {
        let body = try request.json(NewState.self, "a new state")
        if body.scope != nil { throw .notHere("Scopes are") }
        let entries = body.new_state.sorted { $0.key < $1.key }
            .map { (key: Array($0.key.utf8)[...], value: $0.value[...]) }
        let (key, version) = (body.object_key, body.version)
        await engine { engine in
            engine.perform { runtime, _ in
                runtime.setState(service: service, key: key, entries, replacing: version)
            }
        }
        return .empty(202)
    }
}
