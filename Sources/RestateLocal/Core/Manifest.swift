package import Restate

/// What an endpoint says about itself at discovery. One shape for all versions of the manifest.
package struct Manifest: Codable, Sendable {
    package var protocolMode: String?
    package var minProtocolVersion: Int
    package var maxProtocolVersion: Int
    package var services: [ManifestService]

    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(
            decoder,
            [
                "protocolMode", "minProtocolVersion", "maxProtocolVersion", "services",
                "lambdaCompression",
            ])
        protocolMode = try fields.optional("protocolMode")
        minProtocolVersion = try fields.required("minProtocolVersion")
        maxProtocolVersion = try fields.required("maxProtocolVersion")
        services = try fields.required("services")
    }
}

package enum ServiceKind: String, Codable, Sendable {
    case service = "SERVICE"
    case virtualObject = "VIRTUAL_OBJECT"
    case workflow = "WORKFLOW"

    package var isKeyed: Bool { self != .service }
}

package struct ManifestService: Codable, Sendable {
    package var name: String
    package var kind: ServiceKind
    package var handlers: [ManifestHandler]
    package var options: ManifestOptions

    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, ["name", "ty", "handlers"] + ManifestOptions.names)
        name = try fields.required("name")
        kind = try fields.required("ty")
        handlers = try fields.required("handlers")
        options = try ManifestOptions(fields)
    }
}

package struct ManifestHandler: Codable, Sendable {
    package enum Kind: String, Codable, Sendable {
        case workflow = "WORKFLOW"
        case exclusive = "EXCLUSIVE"
        case shared = "SHARED"
    }

    package var name: String
    package var kind: Kind?
    package var input: ManifestInput?
    package var output: ManifestOutput?
    package var options: ManifestOptions

    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(
            decoder,
            ["name", "ty", "input", "output", "workflowCompletionRetention"]
                + ManifestOptions.names)
        name = try fields.required("name")
        kind = try fields.optional("ty")
        input = try fields.optional("input")
        output = try fields.optional("output")
        options = try ManifestOptions(fields)
        options.workflowCompletionRetention = try fields.optional("workflowCompletionRetention")
    }
}

package struct ManifestInput: Codable, Sendable {
    package var isRequired: Bool
    package var contentType: String?
    package var jsonSchema: JSONValue?

    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, ["required", "contentType", "jsonSchema"])
        isRequired = try fields.optional("required") ?? false
        contentType = try fields.optional("contentType")
        jsonSchema = try fields.optional("jsonSchema")
    }
}

package struct ManifestOutput: Codable, Sendable {
    package var contentType: String?
    package var setContentTypeIfEmpty: Bool
    package var jsonSchema: JSONValue?

    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(
            decoder, ["contentType", "setContentTypeIfEmpty", "jsonSchema"])
        contentType = try fields.optional("contentType")
        setContentTypeIfEmpty = try fields.optional("setContentTypeIfEmpty") ?? false
        jsonSchema = try fields.optional("jsonSchema")
    }
}

/// What a service and a handler may both say; a handler's word counts more.
package struct ManifestOptions: Sendable {
    static let names = [
        "documentation", "metadata", "inactivityTimeout", "abortTimeout", "journalRetention",
        "idempotencyRetention", "enableLazyState", "ingressPrivate", "retryPolicyInitialInterval",
        "retryPolicyMaxInterval", "retryPolicyMaxAttempts", "retryPolicyExponentiationFactor",
        "retryPolicyOnMaxAttempts",
    ]

    package var documentation: String?
    package var metadata: [String: String]?
    package var inactivityTimeout: Milliseconds?
    package var abortTimeout: Milliseconds?
    package var journalRetention: Milliseconds?
    package var idempotencyRetention: Milliseconds?
    /// Only a workflow's run handler says it.
    package var workflowCompletionRetention: Milliseconds?
    package var lazyState: Bool?
    package var ingressPrivate: Bool?
    package var retryPolicy = RetryPolicySettings()

    package init() {}

    init(_ fields: StrictFields) throws {
        documentation = try fields.optional("documentation")
        metadata = try fields.optional("metadata")
        inactivityTimeout = try fields.optional("inactivityTimeout")
        abortTimeout = try fields.optional("abortTimeout")
        journalRetention = try fields.optional("journalRetention")
        idempotencyRetention = try fields.optional("idempotencyRetention")
        lazyState = try fields.optional("enableLazyState")
        ingressPrivate = try fields.optional("ingressPrivate")
        retryPolicy.initialInterval = try fields.optional("retryPolicyInitialInterval")
        retryPolicy.maxInterval = try fields.optional("retryPolicyMaxInterval")
        retryPolicy.maxAttempts = try fields.optional("retryPolicyMaxAttempts")
        retryPolicy.factor = try fields.optional("retryPolicyExponentiationFactor")
        switch try fields.optional("retryPolicyOnMaxAttempts", as: String.self) {
        case nil: break
        case "PAUSE": retryPolicy.onMaxAttempts = .pause
        case "KILL": retryPolicy.onMaxAttempts = .kill
        case let other?: throw ManifestError("unknown retryPolicyOnMaxAttempts '\(other)'")
        }
    }
}

/// Why a manifest is none.
struct ManifestError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The name of a member.
struct FieldName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

/// An object whose members are all known: a server refuses others too, because an option that it
/// does not understand would be ignored silently.
struct StrictFields {
    private let container: KeyedDecodingContainer<FieldName>

    init(_ decoder: any Decoder, _ known: [String]) throws {
        container = try decoder.container(keyedBy: FieldName.self)
        if let other = container.allKeys.first(where: { !known.contains($0.stringValue) }) {
            throw ManifestError("unknown field '\(other.stringValue)'")
        }
    }

    func required<Value: Decodable>(_ name: String) throws -> Value {
        try container.decode(Value.self, forKey: FieldName(stringValue: name))
    }

    func optional<Value: Decodable>(_ name: String, as: Value.Type = Value.self) throws -> Value? {
        try container.decodeIfPresent(Value.self, forKey: FieldName(stringValue: name))
    }
}
