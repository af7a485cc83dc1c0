/// Manifests are written as endpoints send them, so that the same reader reads them again.
extension Manifest {
    package func encode(to encoder: any Encoder) throws {
        var fields = WrittenFields(encoder)
        try fields.add("protocolMode", protocolMode)
        try fields.add("minProtocolVersion", minProtocolVersion)
        try fields.add("maxProtocolVersion", maxProtocolVersion)
        try fields.add("services", services)
    }
}

extension ManifestService {
    package func encode(to encoder: any Encoder) throws {
        var fields = WrittenFields(encoder)
        try fields.add("name", name)
        try fields.add("ty", kind)
        try fields.add("handlers", handlers)
        try fields.add(options)
    }
}

extension ManifestHandler {
    package func encode(to encoder: any Encoder) throws {
        var fields = WrittenFields(encoder)
        try fields.add("name", name)
        try fields.add("ty", kind)
        try fields.add("input", input)
        try fields.add("output", output)
        try fields.add("workflowCompletionRetention", options.workflowCompletionRetention)
        try fields.add(options)
    }
}

extension ManifestInput {
    package func encode(to encoder: any Encoder) throws {
        var fields = WrittenFields(encoder)
        try fields.add("required", isRequired)
        try fields.add("contentType", contentType)
        try fields.add("jsonSchema", jsonSchema)
    }
}

extension ManifestOutput {
    package func encode(to encoder: any Encoder) throws {
        var fields = WrittenFields(encoder)
        try fields.add("contentType", contentType)
        try fields.add("setContentTypeIfEmpty", setContentTypeIfEmpty)
        try fields.add("jsonSchema", jsonSchema)
    }
}

/// The opposite of ``StrictFields``: what is not set is left out.
private struct WrittenFields {
    private var container: KeyedEncodingContainer<FieldName>

    init(_ encoder: any Encoder) {
        container = encoder.container(keyedBy: FieldName.self)
    }

    mutating func add(_ name: String, _ value: (some Encodable)?) throws {
        try container.encodeIfPresent(value, forKey: FieldName(stringValue: name))
    }

    /// The options that services and handlers share.
    mutating func add(_ options: ManifestOptions) throws {
        try add("documentation", options.documentation)
        try add("metadata", options.metadata)
        try add("inactivityTimeout", options.inactivityTimeout)
        try add("abortTimeout", options.abortTimeout)
        try add("journalRetention", options.journalRetention)
        try add("idempotencyRetention", options.idempotencyRetention)
        try add("enableLazyState", options.lazyState)
        try add("ingressPrivate", options.ingressPrivate)
        let retry = options.retryPolicy
        try add("retryPolicyInitialInterval", retry.initialInterval)
        try add("retryPolicyMaxInterval", retry.maxInterval)
        try add("retryPolicyMaxAttempts", retry.maxAttempts)
        try add("retryPolicyExponentiationFactor", retry.factor)
        try add("retryPolicyOnMaxAttempts", retry.onMaxAttempts.map(name))
    }

    private func name(_ exhaustion: RetryPolicy.Exhaustion) -> String {
        switch exhaustion {
        case .pause: "PAUSE"
        case .kill: "KILL"
        }
    }
}
