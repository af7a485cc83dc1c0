public import CanonicalJSON

extension RestateAdmin {
    /// A service as the server knows it: the options of its endpoint, with the server's defaults for
    /// those that it does not set.
    public struct Service: Sendable {
        /// The kinds of services. Later servers may know others.
        public struct Kind: RawRepresentable, Hashable, Decodable, Sendable {
            public let rawValue: String

            public init(rawValue: String) {
                self.rawValue = rawValue
            }

            public static let service = Kind(rawValue: "Service")
            public static let virtualObject = Kind(rawValue: "VirtualObject")
            public static let workflow = Kind(rawValue: "Workflow")
        }

        public let name: String
        public let kind: Kind
        public let handlers: [Handler]
        public let documentation: String?
        public let metadata: [String: String]
        /// The deployment to which new calls go.
        public let deploymentID: String
        public let revision: Int
        /// Whether the ingress calls it.
        public let isPublic: Bool
        public let idempotencyRetention: Duration?
        public let workflowRetention: Duration?
        public let journalRetention: Duration?
        public let inactivityTimeout: Duration?
        public let abortTimeout: Duration?
        public let isStateLazy: Bool?
        public let retryPolicy: RetryPolicy?
    }

    /// A handler as the server knows it. Options that are nil are those of its service.
    public struct Handler: Sendable {
        /// The kinds of handlers of objects and workflows. Later servers may know others.
        public struct Kind: RawRepresentable, Hashable, Decodable, Sendable {
            public let rawValue: String

            public init(rawValue: String) {
                self.rawValue = rawValue
            }

            public static let exclusive = Kind(rawValue: "Exclusive")
            public static let shared = Kind(rawValue: "Shared")
            public static let workflow = Kind(rawValue: "Workflow")
        }

        public let name: String
        /// Nil for a handler of a plain service.
        public let kind: Kind?
        public let documentation: String?
        public let metadata: [String: String]
        public let isPublic: Bool
        public let idempotencyRetention: Duration?
        public let journalRetention: Duration?
        public let inactivityTimeout: Duration?
        public let abortTimeout: Duration?
        public let isStateLazy: Bool?
        /// What it takes and gives, in words.
        public let input: String
        public let output: String
        public let inputSchema: JSONValue?
        public let outputSchema: JSONValue?
        public let retryPolicy: RetryPolicy?
    }

    /// How often, and after which delays, the server retries.
    public struct RetryPolicy: Sendable {
        /// What happens when no attempt is left. Later servers may know more.
        public struct End: RawRepresentable, Hashable, Decodable, Sendable {
            public let rawValue: String

            public init(rawValue: String) {
                self.rawValue = rawValue
            }

            public static let pause = End(rawValue: "Pause")
            public static let kill = End(rawValue: "Kill")
        }

        public let initialInterval: Duration?
        public let factor: Double?
        /// Nil if there is no limit, and for a handler that does not set one.
        public let maxAttempts: Int?
        public let maxInterval: Duration?
        public let onMaxAttempts: End?
    }
}

/// The members of the JSON of services and handlers.
private enum Member: String, CodingKey {
    case name, handlers, documentation, metadata, revision
    case kind = "ty"
    case deploymentID = "deployment_id"
    case isPublic = "public"
    case idempotencyRetention = "idempotency_retention"
    case workflowRetention = "workflow_completion_retention"
    case journalRetention = "journal_retention"
    case inactivityTimeout = "inactivity_timeout"
    case abortTimeout = "abort_timeout"
    case isStateLazy = "enable_lazy_state"
    case retryPolicy = "retry_policy"
    case input = "input_description"
    case output = "output_description"
    case inputSchema = "input_json_schema"
    case outputSchema = "output_json_schema"
}

extension RestateAdmin.Service: Decodable {
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Member.self)
        name = try fields.decode(String.self, forKey: .name)
        kind = try fields.decode(Kind.self, forKey: .kind)
        handlers = try fields.decode([RestateAdmin.Handler].self, forKey: .handlers)
        documentation = try fields.decodeIfPresent(String.self, forKey: .documentation)
        metadata = try fields.decodeIfPresent([String: String].self, forKey: .metadata) ?? [:]
        deploymentID = try fields.decode(String.self, forKey: .deploymentID)
        revision = try fields.decode(Int.self, forKey: .revision)
        isPublic = try fields.decode(Bool.self, forKey: .isPublic)
        idempotencyRetention = try fields.duration(.idempotencyRetention)
        workflowRetention = try fields.duration(.workflowRetention)
        journalRetention = try fields.duration(.journalRetention)
        inactivityTimeout = try fields.duration(.inactivityTimeout)
        abortTimeout = try fields.duration(.abortTimeout)
        isStateLazy = try fields.decodeIfPresent(Bool.self, forKey: .isStateLazy)
        retryPolicy = try fields.decodeIfPresent(
            RestateAdmin.RetryPolicy.self, forKey: .retryPolicy)
    }
}

extension RestateAdmin.Handler: Decodable {
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Member.self)
        name = try fields.decode(String.self, forKey: .name)
        kind = try fields.decodeIfPresent(Kind.self, forKey: .kind)
        documentation = try fields.decodeIfPresent(String.self, forKey: .documentation)
        metadata = try fields.decodeIfPresent([String: String].self, forKey: .metadata) ?? [:]
        isPublic = try fields.decode(Bool.self, forKey: .isPublic)
        idempotencyRetention = try fields.duration(.idempotencyRetention)
        journalRetention = try fields.duration(.journalRetention)
        inactivityTimeout = try fields.duration(.inactivityTimeout)
        abortTimeout = try fields.duration(.abortTimeout)
        isStateLazy = try fields.decodeIfPresent(Bool.self, forKey: .isStateLazy)
        input = try fields.decodeIfPresent(String.self, forKey: .input) ?? ""
        output = try fields.decodeIfPresent(String.self, forKey: .output) ?? ""
        inputSchema = try fields.decodeIfPresent(JSONValue.self, forKey: .inputSchema)
        outputSchema = try fields.decodeIfPresent(JSONValue.self, forKey: .outputSchema)
        retryPolicy = try fields.decodeIfPresent(
            RestateAdmin.RetryPolicy.self, forKey: .retryPolicy)
    }
}

extension RestateAdmin.RetryPolicy: Decodable {
    private enum CodingKeys: String, CodingKey {
        case initialInterval = "initial_interval"
        case factor = "exponentiation_factor"
        case maxAttempts = "max_attempts"
        case maxInterval = "max_interval"
        case onMaxAttempts = "on_max_attempts"
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        initialInterval = try fields.duration(.initialInterval)
        factor = try fields.decodeIfPresent(Double.self, forKey: .factor)
        maxAttempts = try fields.decodeIfPresent(Int.self, forKey: .maxAttempts)
        maxInterval = try fields.duration(.maxInterval)
        onMaxAttempts = try fields.decodeIfPresent(End.self, forKey: .onMaxAttempts)
    }
}
