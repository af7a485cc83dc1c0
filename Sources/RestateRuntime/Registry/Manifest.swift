package import CanonicalJSON

/// What an endpoint says about itself at discovery. All versions of the manifest have this shape,
/// and later ones have more members.
package struct Manifest: Decodable, Sendable {
    package var protocolMode: String?
    package var minProtocolVersion: Int
    package var maxProtocolVersion: Int
    package var services: [ManifestService]
    /// The bytes that the endpoint sent. They are stored as they are.
    package private(set) var source: [UInt8] = []
    /// The first member that this build does not know.
    private let unknown: String?

    /// Reads a manifest at registration. A member that is not known is refused, because the option
    /// that it sets would be silently ignored.
    package init(parsing source: [UInt8]) throws {
        self = try Self(stored: source)
        if let unknown { throw ManifestError("unknown field '\(unknown)'") }
    }

    /// Reads a manifest that was accepted before, perhaps by a newer build. Its unknown members are
    /// kept.
    init(stored source: [UInt8]) throws {
        self = try JSON.decode(Manifest.self, from: source)
        self.source = source
    }

    /// Whether two endpoints say the same of themselves, in whichever order of members, services and
    /// handlers: some endpoints write them in another one after each start.
    func isSame(as other: Manifest) -> Bool {
        guard protocolMode == other.protocolMode else { return false }
        if source == other.source { return true }
        let value = Self.inOneOrder(source)
        return value != nil && value == Self.inOneOrder(other.source)
    }

    private static func inOneOrder(_ source: [UInt8]) -> JSONValue? {
        guard case .object(var manifest)? = try? JSON.decode(JSONValue.self, from: source) else {
            return nil
        }
        manifest["services"] = sorted(manifest["services"]) { service in
            guard case .object(var members) = service else { return service }
            members["handlers"] = sorted(members["handlers"]) { $0 }
            return .object(members)
        }
        return .object(manifest)
    }

    /// Sorts a list by the names of its elements, and changes each.
    private static func sorted(
        _ list: JSONValue?, _ change: (JSONValue) -> JSONValue
    ) -> JSONValue? {
        guard case .array(let elements)? = list else { return list }
        func name(_ element: JSONValue) -> String {
            if case .object(let members) = element, case .string(let name)? = members["name"] {
                return name
            }
            return ""
        }
        return .array(elements.map(change).sorted { name($0) < name($1) })
    }

    package init(from decoder: any Decoder) throws {
        var fields = try AskedFields(decoder)
        protocolMode = try fields.optional("protocolMode")
        minProtocolVersion = try fields.required("minProtocolVersion")
        maxProtocolVersion = try fields.required("maxProtocolVersion")
        services = try fields.required("services")
        // Said by endpoints on AWS Lambda; there are none here.
        _ = try fields.optional("lambdaCompression", as: JSONValue.self)
        unknown = fields.unknown ?? services.lazy.compactMap(\.unknown).first
    }
}

package enum ServiceKind: String, Decodable, Sendable {
    case service = "SERVICE"
    case virtualObject = "VIRTUAL_OBJECT"
    case workflow = "WORKFLOW"

    package var isKeyed: Bool { self != .service }

    /// The kind in the JSON of the admin API.
    package var adminName: String {
        switch self {
        case .service: "Service"
        case .virtualObject: "VirtualObject"
        case .workflow: "Workflow"
        }
    }

    /// The kind in the SQL tables.
    package var tableName: String {
        switch self {
        case .service: "service"
        case .virtualObject: "virtual_object"
        case .workflow: "workflow"
        }
    }
}

package struct ManifestService: Decodable, Sendable {
    package var name: String
    package var kind: ServiceKind
    package var handlers: [ManifestHandler]
    package var options: ManifestOptions
    fileprivate let unknown: String?

    package init(from decoder: any Decoder) throws {
        var fields = try AskedFields(decoder)
        name = try fields.required("name")
        kind = try fields.required("ty")
        handlers = try fields.required("handlers")
        options = try ManifestOptions(&fields)
        unknown = fields.unknown ?? handlers.lazy.compactMap(\.unknown).first
    }
}

package struct ManifestHandler: Decodable, Sendable {
    package enum Kind: String, Decodable, Sendable {
        case workflow = "WORKFLOW"
        case exclusive = "EXCLUSIVE"
        case shared = "SHARED"
    }

    package var name: String
    package var kind: Kind?
    package var input: ManifestInput?
    package var output: ManifestOutput?
    package var options: ManifestOptions
    fileprivate let unknown: String?

    package init(from decoder: any Decoder) throws {
        var fields = try AskedFields(decoder)
        name = try fields.required("name")
        kind = try fields.optional("ty")
        input = try fields.optional("input")
        output = try fields.optional("output")
        options = try ManifestOptions(&fields)
        options.workflowCompletionRetention = try fields.optional("workflowCompletionRetention")
        unknown = fields.unknown ?? input?.unknown ?? output?.unknown
    }
}

package struct ManifestInput: Decodable, Sendable {
    package var isRequired: Bool
    package var contentType: String?
    package var jsonSchema: JSONValue?
    fileprivate let unknown: String?

    package init(from decoder: any Decoder) throws {
        var fields = try AskedFields(decoder)
        isRequired = try fields.optional("required") ?? false
        contentType = try fields.optional("contentType")
        jsonSchema = try fields.optional("jsonSchema")
        unknown = fields.unknown
    }
}

package struct ManifestOutput: Decodable, Sendable {
    package var contentType: String?
    package var setContentTypeIfEmpty: Bool
    package var jsonSchema: JSONValue?
    fileprivate let unknown: String?

    package init(from decoder: any Decoder) throws {
        var fields = try AskedFields(decoder)
        contentType = try fields.optional("contentType")
        setContentTypeIfEmpty = try fields.optional("setContentTypeIfEmpty") ?? false
        jsonSchema = try fields.optional("jsonSchema")
        unknown = fields.unknown
    }
}

/// The options that a service and a handler can both set. The handler's count first.
package struct ManifestOptions: Sendable {
    package var documentation: String?
    package var metadata: [String: String]?
    package var inactivityTimeout: Milliseconds?
    package var abortTimeout: Milliseconds?
    package var journalRetention: Milliseconds?
    package var idempotencyRetention: Milliseconds?
    /// Only the `run` handler of a workflow has this option.
    package var workflowCompletionRetention: Milliseconds?
    package var lazyState: Bool?
    /// The entries that come along although the state is lazy.
    package var eagerStateKeys: [String]?
    package var ingressPrivate: Bool?
    package var retryPolicy = AttemptRetryOverrides()

    package init() {}

    init(_ fields: inout AskedFields) throws {
        documentation = try fields.optional("documentation")
        metadata = try fields.optional("metadata")
        inactivityTimeout = try fields.optional("inactivityTimeout")
        abortTimeout = try fields.optional("abortTimeout")
        journalRetention = try fields.optional("journalRetention")
        idempotencyRetention = try fields.optional("idempotencyRetention")
        lazyState = try fields.optional("enableLazyState")
        eagerStateKeys = try fields.optional("eagerStateKeysWhitelist")
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

/// Why a text is not a manifest.
struct ManifestError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The name of a JSON member as a coding key.
struct FieldName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

/// A JSON object's members. It notes which were asked for, so that the caller can refuse or ignore the
/// others.
struct AskedFields {
    private let container: KeyedDecodingContainer<FieldName>
    private var asked: Set<String> = []

    init(_ decoder: any Decoder) throws {
        container = try decoder.container(keyedBy: FieldName.self)
    }

    /// The first member that is not known here, once all others were asked for.
    var unknown: String? {
        container.allKeys.first { !asked.contains($0.stringValue) }?.stringValue
    }

    mutating func required<Value: Decodable>(_ name: String) throws -> Value {
        asked.insert(name)
        return try container.decode(Value.self, forKey: FieldName(stringValue: name))
    }

    mutating func optional<Value: Decodable>(
        _ name: String, as: Value.Type = Value.self
    ) throws -> Value? {
        asked.insert(name)
        return try container.decodeIfPresent(Value.self, forKey: FieldName(stringValue: name))
    }
}
