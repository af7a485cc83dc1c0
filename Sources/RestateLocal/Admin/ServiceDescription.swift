internal import Restate

/// How the admin API describes services and handlers. What is unset is left out.
extension JSONLine {
    mutating func service(_ service: ServiceRecord, _ settings: LocalSettings) {
        let options = service.options
        object { line in
            line.member("name", service.name)
            line.member("ty", service.kind.adminName)
            line.member("handlers") { $0.array(service.handlers) { $0.handler($1, of: service) } }
            line.member(ifAny: "documentation", options.documentation)
            if let metadata = options.metadata, !metadata.isEmpty {
                line.member("metadata") { $0.texts(metadata) }
            }
            line.member("deployment_id", service.deploymentID)
            line.member("revision", service.revision)
            line.member("public", service.isPublic)
            line.duration(
                "idempotency_retention",
                options.idempotencyRetention ?? settings.completionRetention)
            if service.kind == .workflow {
                let run = service.handlers.first { $0.kind == .workflow }
                line.duration(
                    "workflow_completion_retention",
                    options.workflowCompletionRetention
                        ?? run?.options.workflowCompletionRetention ?? settings.workflowRetention)
            }
            line.duration(
                "journal_retention", options.journalRetention ?? settings.journalRetention)
            line.duration(
                "inactivity_timeout", options.inactivityTimeout ?? settings.inactivityTimeout)
            line.duration("abort_timeout", options.abortTimeout ?? settings.abortTimeout)
            line.member("enable_lazy_state", options.lazyState ?? settings.lazyState)
            line.member("retry_policy") { line in
                let policy = settings.retryPolicy.overridden(by: options.retryPolicy)
                line.object { line in
                    line.duration("initial_interval", policy.initialInterval)
                    line.member("exponentiation_factor", policy.factor)
                    line.attempts(policy.maxAttempts)
                    line.duration("max_interval", policy.maxInterval)
                    line.member("on_max_attempts", policy.onMaxAttempts.rawValue)
                }
            }
        }
    }

    mutating func handler(_ handler: HandlerRecord, of service: ServiceRecord) {
        let options = handler.options
        object { line in
            line.member("name", handler.name)
            if handler.kind != .service { line.member("ty", handler.kind.rawValue) }
            line.member(ifAny: "documentation", options.documentation)
            if let metadata = options.metadata, !metadata.isEmpty {
                line.member("metadata") { $0.texts(metadata) }
            }
            line.duration("idempotency_retention", options.idempotencyRetention)
            line.duration("workflow_completion_retention", options.workflowCompletionRetention)
            line.duration("journal_retention", options.journalRetention)
            line.duration("inactivity_timeout", options.inactivityTimeout)
            line.duration("abort_timeout", options.abortTimeout)
            if let isLazy = options.lazyState { line.member("enable_lazy_state", isLazy) }
            line.member("public", handler.options.ingressPrivate != true && service.isPublic)
            line.member("input_description", handler.inputDescription)
            line.member("output_description", handler.outputDescription)
            if let schema = handler.input?.jsonSchema {
                line.member("input_json_schema") { $0.value(schema) }
            }
            if let schema = handler.output?.jsonSchema {
                line.member("output_json_schema") { $0.value(schema) }
            }
            line.member("retry_policy") { $0.overrides(options.retryPolicy) }
        }
    }

    /// A handler's own word on retries; `max_attempts` always stands there.
    private mutating func overrides(_ policy: RetryPolicySettings) {
        object { line in
            line.duration("initial_interval", policy.initialInterval)
            if let factor = policy.factor { line.member("exponentiation_factor", factor) }
            line.attempts(policy.maxAttempts)
            line.duration("max_interval", policy.maxInterval)
            if let end = policy.onMaxAttempts { line.member("on_max_attempts", end.rawValue) }
        }
    }

    private mutating func attempts(_ count: Int?) {
        member("max_attempts") { line in
            if let count { line.value(count) } else { line.null() }
        }
    }

    private mutating func duration(_ name: String, _ milliseconds: Milliseconds?) {
        if let milliseconds {
            member(name, DurationText.friendly(milliseconds: milliseconds))
        }
    }

    // MARK: OpenAPI

    /// One path a handler, with its schemas: enough for tools that make clients or forms.
    mutating func openAPI(_ service: ServiceRecord) {
        object { line in
            line.member("openapi", "3.1.0")
            line.member("info") { line in
                line.object { line in
                    line.member("title", service.name)
                    line.member("version", String(service.revision))
                    line.member(ifAny: "description", service.options.documentation)
                }
            }
            line.member("paths") { line in
                line.object { line in
                    let key = service.kind.isKeyed ? "/{key}" : ""
                    for handler in service.handlers {
                        line.member("/\(service.name)\(key)/\(handler.name)") { line in
                            line.object { line in
                                line.member("post") { $0.operation(handler, of: service) }
                            }
                        }
                    }
                }
            }
        }
    }

    private mutating func operation(_ handler: HandlerRecord, of service: ServiceRecord) {
        object { line in
            line.member("operationId", handler.name)
            line.member(ifAny: "description", handler.options.documentation)
            if service.kind.isKeyed {
                line.member("parameters") { line in
                    line.raw(
                        #"[{"name":"key","in":"path","required":true,"schema":{"type":"string"}}]"#
                            .utf8)
                }
            }
            if let input = handler.input, let type = input.contentType {
                line.member("requestBody") { line in
                    line.object { line in
                        line.member("required", input.isRequired)
                        line.content(type, input.jsonSchema)
                    }
                }
            }
            line.member("responses") { line in
                line.object { line in
                    line.member("200") { line in
                        line.object { line in
                            line.member("description", "The handler's output")
                            if let output = handler.output, let type = output.contentType {
                                line.content(type, output.jsonSchema)
                            }
                        }
                    }
                }
            }
        }
    }

    private mutating func content(_ type: String, _ schema: JSONValue?) {
        member("content") { line in
            line.object { line in
                line.member(type) { line in
                    line.object { line in
                        line.member("schema") { $0.value(schema ?? .object([:])) }
                    }
                }
            }
        }
    }
}

extension ServiceKind {
    /// In the admin API's JSON.
    var adminName: String {
        switch self {
        case .service: "Service"
        case .virtualObject: "VirtualObject"
        case .workflow: "Workflow"
        }
    }

    /// In tables.
    var tableName: String {
        switch self {
        case .service: "service"
        case .virtualObject: "virtual_object"
        case .workflow: "workflow"
        }
    }
}

extension HandlerRecord {
    var inputDescription: String {
        guard let input else { return "any" }
        return input.contentType ?? "none"
    }

    var outputDescription: String {
        guard let output else { return "application/json" }
        return output.contentType ?? "none"
    }
}
