import CanonicalJSON
import Primitives
import RestateProtocol
import Times

/// Makes the record of a service from its manifest, after checking names, kinds and options as a
/// server does.
extension ServiceRecord {
    init(_ service: ManifestService, deployment: String) throws(RegistrationError) {
        let lower = service.name.lowercased()
        guard !lower.hasPrefix("restate"), lower != "openapi" else {
            throw RegistrationError(
                status: 400, code: "META0005",
                "cannot insert/modify service '\(service.name)' as it contains a reserved name")
        }
        guard RegisteredName.canBeService(service.name) else {
            throw RegistrationError(
                status: 500,
                "received a bad response from the SDK that cannot be decoded: the name "
                    + "'\(service.name)' of a service doesn't match pattern "
                    + "\"^([a-zA-Z]|_[a-zA-Z0-9])[a-zA-Z0-9._-]*$\"")
        }
        try service.options.checkDurations(of: service.name)
        var names: Set<ExactName> = []
        for handler in service.handlers {
            guard names.insert(ExactName(text: handler.name)).inserted else {
                throw RegistrationError(
                    status: 400,
                    "the handler '\(handler.name)' of '\(service.name)' occurs twice")
            }
            try HandlerRecord.check(handler, of: service)
        }
        self.init(known: service, deployment: deployment)
    }

    /// Makes the record without the checks, for a service that was accepted at its registration.
    /// Rules that were added later must not make a data folder unreadable.
    init(known service: ManifestService, deployment: String) {
        self.init(
            name: service.name, kind: service.kind, deploymentID: deployment, revision: 1,
            handlers: service.handlers.map { HandlerRecord($0, of: service.kind) },
            options: service.options)
    }
}

extension HandlerRecord {
    fileprivate init(_ handler: ManifestHandler, of service: ServiceKind) {
        self.init(
            name: handler.name, kind: Self.kind(service, handler.kind) ?? .shared,
            input: handler.input, output: handler.output, options: handler.options,
            inputRules: InputRules(handler.input))
    }

    fileprivate static func check(
        _ handler: ManifestHandler, of service: ManifestService
    ) throws(RegistrationError) {
        let name = "\(service.name)/\(handler.name)"
        guard RegisteredName.canBeHandler(handler.name) else {
            throw RegistrationError(
                status: 500,
                "received a bad response from the SDK that cannot be decoded: the name '\(name)' of "
                    + "a handler doesn't match pattern "
                    + "\"^([a-zA-Z]|_[a-zA-Z0-9])[a-zA-Z0-9_]*$\"")
        }
        guard let kind = kind(service.kind, handler.kind) else {
            let asked = handler.kind.map { "Some(\(Self.name($0)))" } ?? "None"
            throw RegistrationError(
                status: 400,
                "invalid combination of service type and handler type "
                    + "'(\(service.kind.adminName), \(asked))'")
        }
        let options = handler.options
        try options.checkDurations(of: name)
        if options.workflowCompletionRetention != nil, kind != .workflow {
            throw RegistrationError(
                status: 400,
                "\(handler.name) sets the workflow_completion_retention, but it's not a WORKFLOW "
                    + "handler")
        }
        if options.idempotencyRetention != nil, kind == .workflow {
            throw RegistrationError(
                status: 400,
                "\(handler.name) sets the idempotency_retention, but it's a WORKFLOW handler")
        }
        if options.ingressPrivate == false, service.options.ingressPrivate == true {
            throw RegistrationError(
                status: 400,
                "The service \(service.name) is private, but the \(handler.name) is explicitly set as "
                    + "public. This is not supported. Please make the service public, and hide the "
                    + "individual handlers")
        }
        try checkInput(handler.input, of: handler, in: service)
        try checkOutput(handler.output, of: handler, in: service)
    }

    private static func checkInput(
        _ input: ManifestInput?, of handler: ManifestHandler, in service: ManifestService
    ) throws(RegistrationError) {
        guard let type = input?.contentType else { return }
        let parts = type.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            .map { String($0).trimmedOfSpaces }
        let mistake =
            parts.count < 2
            ? "must contain one /"
            : parts[0] == "*" && parts[1] != "*"
                ? "the wildcard format */subType is not supported" : nil
        if let mistake {
            throw RegistrationError(
                status: 400,
                "the handler '\(handler.name)' input content-type is not valid: can't parse the "
                    + "content-type '\(type)': \(mistake)")
        }
        try checkSchema(input?.jsonSchema, "\(service.name)/\(handler.name) input")
    }

    private static func checkOutput(
        _ output: ManifestOutput?, of handler: ManifestHandler, in service: ManifestService
    ) throws(RegistrationError) {
        guard let type = output?.contentType else { return }
        guard type.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f || $0 == 0x09 }) else {
            throw RegistrationError(
                status: 400,
                "the handler '\(handler.name)' output content-type is not valid: failed to parse "
                    + "header value")
        }
        try checkSchema(output?.jsonSchema, "\(service.name)/\(handler.name) output")
    }

    private static func checkSchema(
        _ schema: JSONValue?, _ what: String
    ) throws(RegistrationError) {
        guard let schema, let complaint = SchemaCheck.complaint(schema) else { return }
        throw RegistrationError(
            status: 400, "the json schema for \(what) is invalid: \(complaint)")
    }

    private static func name(_ kind: ManifestHandler.Kind) -> String {
        switch kind {
        case .workflow: "Workflow"
        case .exclusive: "Exclusive"
        case .shared: "Shared"
        }
    }

    private static func kind(_ service: ServiceKind, _ handler: ManifestHandler.Kind?) -> Kind? {
        switch (service, handler) {
        case (.service, nil), (.service, .shared): .service
        case (.virtualObject, nil), (.virtualObject, .exclusive): .exclusive
        case (.virtualObject, .shared): .shared
        // A workflow's handler without a type is shared. The description in the manifest's schema
        // says otherwise, but a server does this.
        case (.workflow, nil), (.workflow, .shared): .shared
        case (.workflow, .workflow): .workflow
        default: nil
        }
    }
}

extension ManifestOptions {
    /// Refuses durations that a server cannot store: it would fail without an answer.
    fileprivate func checkDurations(of name: String) throws(RegistrationError) {
        let longest = DurationText.longestMilliseconds
        let all = [
            ("inactivityTimeout", inactivityTimeout), ("abortTimeout", abortTimeout),
            ("journalRetention", journalRetention),
            ("idempotencyRetention", idempotencyRetention),
            ("workflowCompletionRetention", workflowCompletionRetention),
            ("retryPolicyInitialInterval", retryPolicy.initialInterval),
            ("retryPolicyMaxInterval", retryPolicy.maxInterval),
        ]
        for case (let option, let value?) in all where value > longest {
            throw RegistrationError(
                status: 400,
                "the \(option) of '\(name)' is \(value) ms, but \(longest) ms is the longest that a "
                    + "server can keep")
        }
    }
}
