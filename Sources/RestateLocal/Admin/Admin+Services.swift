internal import CanonicalJSON
internal import Primitives
internal import Restate
internal import RestateProtocol
internal import RestateRuntime
internal import Times

/// The admin API's routes for services and handlers, and for the state of keys.
extension Admin {
    func serviceList() async -> HTTPAnswer {
        await engine { engine in
            let registry = engine.runtime.registry
            let settings = engine.runtime.settings
            let services = registry.services.values.sorted { $0.name < $1.name }
            return .json { line in
                line.member("services") { line in
                    line.array(services) { $0.service(registry.served($1), settings) }
                }
            }
        }
    }

    /// Answers with what `write` says about a service.
    func service(
        _ name: String,
        _ write: @escaping @Sendable (inout JSONLine, ServedService, LocalSettings) -> Void
    ) async throws(AdminError) -> HTTPAnswer {
        try await engine.trying { engine throws(AdminError) in
            let registry = engine.runtime.registry
            guard let service = registry.services[name] else { throw .unknownService(name) }
            var line = JSONLine()
            write(&line, registry.served(service), engine.runtime.settings)
            return .json(200, line.bytes)
        }
    }

    func openAPI(of name: String) async throws(AdminError) -> HTTPAnswer {
        let url = ingressURL
        return try await service(name) { line, service, _ in
            ServiceOpenAPI(service.record, ingressURL: url).write(to: &line)
        }
    }

    func handlers(of name: String) async throws(AdminError) -> HTTPAnswer {
        try await service(name) { line, service, _ in
            line.object { line in
                line.member("handlers") { line in
                    line.array(service.record.handlers) { $0.handler($1, of: service) }
                }
            }
        }
    }

    func handler(_ name: String, of service: String) async throws(AdminError) -> HTTPAnswer {
        try await engine.trying { engine throws(AdminError) in
            let registry = engine.runtime.registry
            guard let record = registry.services[service] else { throw .unknownService(service) }
            guard let handler = record.handler(name) else {
                throw .json(
                    404, "The requested handler '\(name)' on service '\(service)' does not exist")
            }
            var line = JSONLine()
            line.handler(handler, of: registry.served(record))
            return .json(200, line.bytes)
        }
    }

    // MARK: Changes

    /// The changes to a service. The members have the names of the JSON.
    private struct Patch: Decodable {
        var `public`: Bool?
        var idempotency_retention: String?
        var workflow_completion_retention: String?
        var journal_retention: String?
        var inactivity_timeout: String?
        var abort_timeout: String?

        var isEmpty: Bool {
            `public` == nil && idempotency_retention == nil && workflow_completion_retention == nil
                && journal_retention == nil && inactivity_timeout == nil && abort_timeout == nil
        }
    }

    /// Changes the options of a service. A body without any option only answers with the service.
    func patch(_ name: String, _ request: AdminRequest) async throws(AdminError) -> HTTPAnswer {
        try request.demandJSON()
        var request = request
        // A server also reads a list as the members in their order. An empty list changes nothing.
        if request.body.filter({ $0 > 0x20 }) == Array("[]".utf8) {
            request.body = Array("{}".utf8)
        }
        let body = try request.json(Patch.self, "a change of a service")
        guard !body.isEmpty else { return try await service(name) { $0.service($1, $2) } }
        let wanted = try Self.patch(body)
        return try await engine.trying { engine throws(AdminError) in
            guard let service = engine.runtime.registry.services[name] else {
                throw .unregistered("service with name '\(name)'")
            }
            if wanted.workflowCompletionRetention != nil, service.kind != .workflow {
                throw .json(
                    400,
                    "modifying retention time for service type \(service.kind.adminName) is "
                        + "unsupported")
            }
            let patched = engine.perform { runtime, _ in runtime.patchService(name, wanted) }
            guard let patched else { throw .unregistered("service with name '\(name)'") }
            var line = JSONLine()
            line.service(engine.runtime.registry.served(patched), engine.runtime.settings)
            return .json(200, line.bytes)
        }
    }

    private static func patch(_ body: Patch) throws(AdminError) -> ServicePatch {
        func milliseconds(_ name: String, _ text: String?) throws(AdminError) -> Milliseconds? {
            guard let text else { return nil }
            do {
                return try DurationText.milliseconds(text)
            } catch {
                throw .shape("\(name): \(error)")
            }
        }
        var patch = ServicePatch()
        patch.isPublic = body.public
        patch.idempotencyRetention = try milliseconds(
            "idempotency_retention", body.idempotency_retention)
        patch.workflowCompletionRetention = try milliseconds(
            "workflow_completion_retention", body.workflow_completion_retention)
        patch.journalRetention = try milliseconds("journal_retention", body.journal_retention)
        patch.inactivityTimeout = try milliseconds("inactivity_timeout", body.inactivity_timeout)
        patch.abortTimeout = try milliseconds("abort_timeout", body.abort_timeout)
        return patch
    }

    /// Replaces the whole state of a key. It answers before the replacement, which waits for the
    /// key.
    func setState(of service: String, _ request: AdminRequest) async throws(AdminError)
        -> HTTPAnswer
    {
        let new = try NewState(request)
        return try await engine.trying { engine throws(AdminError) in
            if let record = engine.runtime.registry.services[service] {
                guard record.kind.isKeyed else {
                    throw .json(
                        400, "Cannot modify state for service type \(record.kind.adminName)")
                }
            } else if !new.entries.isEmpty {
                // The state that a removed service has left can only be cleared.
                throw .unknownService(service)
            }
            guard new.scope == nil else {
                // No state exists under a scope, so clearing it succeeds.
                if new.entries.isEmpty { return .empty(202) }
                throw .notHere("Scopes are", "A Restate server with vqueues has them.")
            }
            engine.perform { runtime, _ in
                runtime.setState(
                    service: service, key: new.key, new.entries, replacing: new.version)
            }
            return .empty(202)
        }
    }
}
