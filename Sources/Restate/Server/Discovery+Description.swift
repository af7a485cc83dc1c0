import CanonicalJSON
import RestateMachine
import Times

// Describes a service and a handler for the manifest. Options that are not set are left out, so
// that the server's defaults apply.

extension ServiceDefinition {
    func described(_ version: Int) throws(EndpointError) -> JSONValue {
        var members = try options.described("The service '\(name)'", version)
        var handlers: [JSONValue] = []
        for handler in self.handlers { handlers.append(try handler.described(version)) }
        members["name"] = .string(name)
        members["ty"] = .string(kind.rawValue)
        members["handlers"] = .array(handlers)
        return .object(members)
    }
}

extension ServedHandler {
    fileprivate func described(_ version: Int) throws(EndpointError) -> JSONValue {
        let whose = "The handler '\(service)/\(name)'"
        var members = try options.described(whose, version)
        if let retention = options.workflowRetention {
            members["workflowCompletionRetention"] = try options.option(
                .milliseconds(retention), since: 3, "a workflow retention", whose, version)
        }
        members["name"] = .string(name)
        if entry.kind != .service { members["ty"] = .string(entry.kind.rawValue) }
        members["input"] = try describedInput(whose)
        members["output"] = try describedOutput(whose)
        return .object(members)
    }

    private func describedInput(_ whose: String) throws(EndpointError) -> JSONValue? {
        let input = entry.inputDescription
        guard let contentType = input.contentType else { return nil }
        var members: [String: JSONValue] = [
            "contentType": .string(contentType), "required": .bool(input.isRequired),
        ]
        if options.inputSchema ?? true { members["jsonSchema"] = try schema(input, whose) }
        return .object(members)
    }

    private func describedOutput(_ whose: String) throws(EndpointError) -> JSONValue {
        let output = entry.outputDescription
        var members: [String: JSONValue] = [:]
        members["jsonSchema"] = try schema(output, whose)
        if let contentType = output.contentType {
            members["contentType"] = .string(contentType)
            members["setContentTypeIfEmpty"] = .bool(options.contentTypeIfEmpty)
        }
        return .object(members)
    }

    private func schema(
        _ payload: PayloadDescription, _ whose: String
    ) throws(EndpointError) -> JSONValue? {
        let schema: [UInt8]?
        do {
            schema = try payload.schema()
        } catch {
            throw EndpointError(
                .manifest, "\(whose) has no JSON schema: \(ErrorText.describe(error))", cause: error
            )
        }
        return schema.flatMap { try? JSON.decode(JSONValue.self, from: $0[...]) }
    }
}

extension HandlerOptions {
    /// Returns the description with the options that services and handlers have in common.
    fileprivate func described(
        _ whose: String, _ version: Int
    ) throws(EndpointError) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        func say(
            _ name: String, _ value: JSONValue?, since: Int, _ what: String
        ) throws(EndpointError) {
            guard let value else { return }
            members[name] = try option(value, since: since, what, whose, version)
        }
        try say("documentation", documentation.map { .string($0) }, since: 2, "a documentation")
        let metadata = metadata.isEmpty ? nil : metadata
        try say(
            "metadata", metadata.map { .object($0.mapValues { .string($0) }) }, since: 2, "metadata"
        )
        for (name, value, what) in [
            ("inactivityTimeout", inactivityTimeout, "an inactivity timeout"),
            ("abortTimeout", abortTimeout, "an abort timeout"),
            ("journalRetention", journalRetention, "a journal retention"),
            ("idempotencyRetention", idempotencyRetention, "an idempotency retention"),
        ] {
            try say(name, value.map { .milliseconds($0) }, since: 3, what)
        }
        let names = stateLoading?.names ?? []
        try say(
            "eagerStateKeysWhitelist",
            names.isEmpty ? nil : .array(names.map { .string($0) }), since: 5,
            "which state entries come along")
        try say(
            "enableLazyState", stateLoading.map { .bool($0.isLazy) }, since: 3, "lazy state")
        try say("ingressPrivate", ingressPrivate.map { .bool($0) }, since: 3, "ingress private")
        for (part, value) in retryPolicy?.described ?? [:] {
            try say("retryPolicy\(part)", value, since: 4, "a retry policy")
        }
        return members
    }

    /// Sets an option, if this version of the manifest has it.
    fileprivate func option(
        _ value: JSONValue, since: Int, _ what: String, _ whose: String, _ version: Int
    ) throws(EndpointError) -> JSONValue {
        guard version >= since else {
            throw EndpointError(
                .manifest,
                "\(whose) sets \(what), which the server does not understand: it asks for manifest "
                    + "version \(version), and this needs version \(since). Upgrade the server, or "
                    + "remove the option.")
        }
        return value
    }
}

extension InvocationRetryPolicy {
    fileprivate var described: [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        members["InitialInterval"] = initialInterval.map { .milliseconds($0) }
        members["MaxInterval"] = maxInterval.map { .milliseconds($0) }
        members["ExponentiationFactor"] = factor.map { .number($0) }
        members["MaxAttempts"] = maxAttempts.map { .integer($0) }
        members["OnMaxAttempts"] = onMaxAttempts.map { .string($0 == .kill ? "KILL" : "PAUSE") }
        return members
    }
}

extension JSONValue {
    /// Returns a duration in the manifest's unit, 20,000 years at most: a longer one overflows in
    /// the server, which then never answers the registration.
    fileprivate static func milliseconds(_ duration: Duration) -> JSONValue {
        .integer(Int(min(duration.millisecondsRoundedDown, Moment.longestSpan)))
    }
}
