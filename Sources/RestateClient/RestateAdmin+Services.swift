public import CanonicalJSON
internal import RestateServices
internal import Times

/// What is served.
extension RestateAdmin {
    /// Lists the services.
    public func services() async throws -> [Service] {
        struct List: Decodable { var services: [Service] }
        return try JSON.decode(List.self, from: try await get("services")).services
    }

    /// Returns a service by its name.
    /// - Throws: ``IngressError`` with the code ``IngressError/Code/notFound`` if there is none.
    public func service(_ name: String) async throws -> Service {
        try JSON.decode(Service.self, from: try await get("services", name))
    }

    /// Lists the handlers of a service.
    public func handlers(of service: String) async throws -> [Handler] {
        struct List: Decodable { var handlers: [Handler] }
        return try JSON.decode(List.self, from: try await get("services", service, "handlers"))
            .handlers
    }

    /// Returns a handler of a service by its name.
    public func handler(_ name: String, of service: String) async throws -> Handler {
        try JSON.decode(Handler.self, from: try await get("services", service, "handlers", name))
    }

    /// Describes how a service is called through the ingress (OpenAPI 3.1).
    public func openAPI(of service: String) async throws -> JSONValue {
        try JSON.decode(JSONValue.self, from: try await get("services", service, "openapi"))
    }

    /// Changes options of a service until it is registered anew. What is nil stays.
    ///
    /// ```swift
    /// try await admin.updateService("Checkout", isPublic: false)
    /// ```
    /// `workflowRetention` is for workflows alone.
    @discardableResult
    public func updateService(
        _ name: String, isPublic: Bool? = nil, idempotencyRetention: Duration? = nil,
        workflowRetention: Duration? = nil, journalRetention: Duration? = nil,
        inactivityTimeout: Duration? = nil, abortTimeout: Duration? = nil
    ) async throws -> Service {
        struct Change: Encodable {
            var `public`: Bool?
            var idempotency_retention: String?
            var workflow_completion_retention: String?
            var journal_retention: String?
            var inactivity_timeout: String?
            var abort_timeout: String?
        }
        var request = try HTTPCaller.Request(
            "PATCH", ["services", name],
            json: Change(
                public: isPublic, idempotency_retention: idempotencyRetention?.adminText,
                workflow_completion_retention: workflowRetention?.adminText,
                journal_retention: journalRetention?.adminText,
                inactivity_timeout: inactivityTimeout?.adminText,
                abort_timeout: abortTimeout?.adminText))
        request.isRepeatable = true
        return try JSON.decode(Service.self, from: try await result(request))
    }
}
