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

            /// A plain service, whose handlers have no key.
            public static let service = Kind(rawValue: "Service")
            /// An object: state under a key, and one exclusive handler of a key at a time.
            public static let virtualObject = Kind(rawValue: "VirtualObject")
            /// A workflow: its run happens once for each key.
            public static let workflow = Kind(rawValue: "Workflow")
        }

        /// The service is called by this name.
        public let name: String
        /// The kind of the service, which a later registration changes only with `breaking`.
        public let kind: Kind
        /// The handlers of the revision that new calls meet.
        public let handlers: [Handler]
        /// What the service says about itself; nil if it says nothing.
        public let documentation: String?
        /// The pairs that the service's options name, such as its owner; empty without any.
        public let metadata: [String: String]
        /// The deployment to which new calls go.
        public let deploymentID: String
        /// The revision counts the registrations that brought this service, from 1 on.
        public let revision: Int
        /// Whether the ingress calls it.
        public let isPublic: Bool
        /// The server keeps the result of a call with an idempotency key for this long; nil if the
        /// server does not tell it.
        public let idempotencyRetention: Duration?
        /// The server keeps a workflow's result, state and promises for this long after its run; nil
        /// for other kinds.
        public let workflowRetention: Duration?
        /// The server keeps the journal of an invocation that has ended for this long; nil if the
        /// server does not tell it.
        public let journalRetention: Duration?
        /// An attempt that waits for this long is asked to suspend; nil if the server does not tell it.
        public let inactivityTimeout: Duration?
        /// An attempt that was asked to suspend is ended after this further time; nil if the server
        /// does not tell it.
        public let abortTimeout: Duration?
        /// Whether handlers fetch entries of the state as they read them; nil if neither the service
        /// nor the server says it.
        public let isStateLazy: Bool?
        /// How often the server retries; nil if it does not tell it.
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

            /// No other exclusive handler runs on the key meanwhile, and the handler writes state.
            public static let exclusive = Kind(rawValue: "Exclusive")
            /// Any number run on a key side by side, and only read state.
            public static let shared = Kind(rawValue: "Shared")
            /// The run of a workflow, once for each key.
            public static let workflow = Kind(rawValue: "Workflow")
        }

        /// The handler is called by this name.
        public let name: String
        /// Nil for a handler of a plain service.
        public let kind: Kind?
        /// What the handler says about itself; nil if it says nothing.
        public let documentation: String?
        /// The pairs that the handler's options name; empty without any.
        public let metadata: [String: String]
        /// Whether the ingress calls it. Other handlers can in any case.
        public let isPublic: Bool
        /// The server keeps the result of a call with an idempotency key for this long.
        public let idempotencyRetention: Duration?
        /// The server keeps the journal of an invocation that has ended for this long.
        public let journalRetention: Duration?
        /// An attempt that waits for this long is asked to suspend.
        public let inactivityTimeout: Duration?
        /// An attempt that was asked to suspend is ended after this further time.
        public let abortTimeout: Duration?
        /// Whether the handler fetches entries of the state as it reads them.
        public let isStateLazy: Bool?
        /// What it takes and gives, in words.
        public let input: String
        /// What it gives, in words, such as the content type of its result.
        public let output: String
        /// The JSON schema of the input; nil if the handler publishes none.
        public let inputSchema: JSONValue?
        /// The JSON schema of the result; nil if the handler publishes none.
        public let outputSchema: JSONValue?
        /// How often the server retries this handler.
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

            /// The invocation is paused, and somebody decides about it.
            public static let pause = End(rawValue: "Pause")
            /// The invocation ends with a terminal error, and nothing is compensated.
            public static let kill = End(rawValue: "Kill")
        }

        /// The delay after the first failure; nil for a handler that does not set one.
        public let initialInterval: Duration?
        /// Each delay is so many times the one before; nil for a handler that does not set one.
        public let factor: Double?
        /// Nil if there is no limit, and for a handler that does not set one.
        public let maxAttempts: Int?
        /// The delays grow no longer than this; nil for a handler that does not set it.
        public let maxInterval: Duration?
        /// What follows the last attempt; nil for a handler that does not set it.
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
