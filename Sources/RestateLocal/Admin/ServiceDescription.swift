internal import CanonicalJSON
internal import Primitives
internal import Restate
internal import RestateRuntime
internal import Times

/// A service with the mode of its deployment, which decides whether an inactivity timeout applies.
struct ServedService: Sendable {
    let record: ServiceRecord
    let isBidirectional: Bool

    init(_ record: ServiceRecord, by deployment: Deployment?) {
        self.record = record
        isBidirectional = deployment?.isBidirectional ?? true
    }
}

extension Registry {
    func served(_ service: ServiceRecord) -> ServedService {
        ServedService(service, by: deployments[service.deploymentID])
    }
}

extension Deployment {
    /// The services of the deployment, ordered by name.
    var served: [ServedService] {
        services.values.sorted { $0.name < $1.name }.map { ServedService($0, by: self) }
    }
}

/// The admin API's JSON for services and handlers. Options that are not set are left out.
extension JSONLine {
    /// Writes a service. In contrast to a handler's, its options have the runtime's defaults filled
    /// in, as on a server.
    mutating func service(_ served: ServedService, _ settings: LocalSettings) {
        let service = served.record
        let options = service.options
        object { line in
            line.member("name", service.name)
            line.member("ty", service.kind.adminName)
            line.member("handlers") { $0.array(service.handlers) { $0.handler($1, of: served) } }
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
                    run?.options.workflowCompletionRetention
                        ?? options.workflowCompletionRetention ?? settings.workflowRetention)
            }
            line.duration(
                "journal_retention", options.journalRetention ?? settings.journalRetention)
            line.duration(
                "inactivity_timeout",
                served.isBidirectional
                    ? options.inactivityTimeout ?? settings.inactivityTimeout : 0)
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
            line.inactivityNote(options, served, "service")
        }
    }

    mutating func handler(_ handler: HandlerRecord, of served: ServedService) {
        let service = served.record
        let options = handler.options
        object { line in
            line.member("name", handler.name)
            if handler.kind != .service { line.member("ty", handler.kind.rawValue) }
            line.member(ifAny: "documentation", options.documentation)
            if let metadata = options.metadata, !metadata.isEmpty {
                line.member("metadata") { $0.texts(metadata) }
            }
            line.duration("idempotency_retention", options.idempotencyRetention)
            line.duration("journal_retention", options.journalRetention)
            if served.isBidirectional {
                line.duration("inactivity_timeout", options.inactivityTimeout)
            }
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
            line.inactivityNote(options, served, "handler")
        }
    }

    /// Tells that an inactivity timeout has no effect: in request/response mode every wait ends the
    /// request at once.
    private mutating func inactivityNote(
        _ options: ManifestOptions, _ served: ServedService, _ what: String
    ) {
        guard !served.isBidirectional, let span = options.inactivityTimeout else { return }
        member("info") { line in
            line.array([DurationText.friendly(milliseconds: span)]) { line, span in
                line.object { line in
                    line.member("code", "RT0021")
                    line.member(
                        "message",
                        "The configured inactivity_timeout \(span) will not be applied because the "
                            + "\(what) is exposed in Request/Response mode.")
                }
            }
        }
    }

    /// Writes the retry options of a handler. `max_attempts` is always present, as on a server.
    private mutating func overrides(_ policy: AttemptRetryOverrides) {
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
}

/// One-word descriptions of input and output.
extension HandlerRecord {
    var inputDescription: String {
        guard let input else { return "*/*" }
        guard let type = input.contentType else {
            // No request can satisfy a body that is required but has no content type.
            return input.isRequired ? "<invalid rules>" : "none"
        }
        return input.jsonSchema?.kindOfJSON ?? type
    }

    var outputDescription: String {
        guard let output else { return "application/json" }
        guard let type = output.contentType else { return "none" }
        return output.jsonSchema?.kindOfJSON
            ?? (output.setContentTypeIfEmpty ? "optional " + type : type)
    }
}

extension JSONValue {
    /// The description of a schema: `JSON 'Person'` by its title, or `JSON string` by its type.
    fileprivate var kindOfJSON: String? {
        guard case .object(let members) = self else { return nil }
        if case .string(let title)? = members["title"] { return "JSON '\(title)'" }
        if case .string(let type)? = members["type"] { return "JSON \(type)" }
        return nil
    }
}
