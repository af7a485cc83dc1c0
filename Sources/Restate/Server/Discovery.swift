import CanonicalJSON
import Primitives
import RestateHTTP
import RestateMachine
import RestateProtocol
import Times

/// Answers the server's question at registration: which services, which handlers, which versions.
final class Discovery: Sendable {
    static let server = "restate-sdk-swift/0.1.0"
    static let versions = 1...4

    private let services: [(name: String, kind: String, handlers: [ServedHandler])]
    /// Made once, because the schemas in them take a millisecond: a question that is repeated must
    /// not keep a loop busy. There are as many as versions and modes, whoever asks.
    private let kept = Locked<[Question: Result<[UInt8], EndpointError>]>([:])

    private struct Question: Hashable {
        var version: Int
        var mode: ProtocolMode
    }

    init(_ services: [any RestateService], _ handlers: [ServedHandler]) {
        self.services = services.map { service in
            let name = type(of: service).name
            let kind =
                switch service {
                case is any VirtualObject: "VIRTUAL_OBJECT"
                case is any Workflow: "WORKFLOW"
                default: "SERVICE"
                }
            return (name, kind, handlers.filter { $0.service == name })
        }
    }

    static func contentType(_ version: Int) -> String {
        "application/vnd.restate.endpointmanifest.v\(version)+json"
    }

    /// The newest manifest version that the question accepts. Without a word on it: version 2, as
    /// servers of that time asked.
    static func negotiate(accept: String?) -> Int? {
        guard let accept else { return 2 }
        // By bytes: a character may be a comma and what stands on top of it.
        let types = accept.utf8.split(separator: UInt8(ascii: ",")).map { type in
            type.prefix { $0 != UInt8(ascii: ";") }.filter { $0 != UInt8(ascii: " ") }
        }
        func accepts(_ type: String) -> Bool { types.contains { $0.elementsEqual(type.utf8) } }
        if accepts("*/*") || accepts("application/*") { return versions.upperBound }
        return versions.last { accepts(contentType($0)) }
    }

    /// The manifest as JSON.
    /// - Throws: a sentence, if a handler has an option that this version cannot say. Leaving it out
    ///   would run the handler with other settings than its author chose.
    func manifest(
        version: Int, mode: ProtocolMode = .streaming
    ) throws(EndpointError) -> [UInt8] {
        let question = Question(version: version, mode: mode)
        if let known = kept.withLock({ $0[question] }) { return try known.get() }
        // Outside of the lock: two at once make two equal ones.
        let made = Result { () throws(EndpointError) in try make(version, mode) }
        kept.withLock { $0[question] = made }
        return try made.get()
    }

    private func make(_ version: Int, _ mode: ProtocolMode) throws(EndpointError) -> [UInt8] {
        var described: [ManifestService] = []
        for service in services {
            var handlers: [ManifestHandler] = []
            for handler in service.handlers {
                handlers.append(try ManifestHandler(handler, version: version))
            }
            described.append(
                ManifestService(name: service.name, ty: service.kind, handlers: handlers))
        }
        let manifest = Manifest(
            protocolMode: mode.rawValue, minProtocolVersion: ProtocolVersion.lowest.rawValue,
            maxProtocolVersion: ProtocolVersion.highest.rawValue, services: described)
        do {
            return try JSON.encode(manifest)
        } catch {
            throw EndpointError(
                .manifest, "The manifest cannot be written: \(ErrorText.describe(error))",
                cause: error)
        }
    }
}

/// How the bytes of an attempt travel.
enum ProtocolMode: String {
    /// Both ways at once, for as long as the attempt lasts.
    case streaming = "BIDI_STREAM"
    /// The whole request first: the attempt suspends at its first wait.
    case requestResponse = "REQUEST_RESPONSE"
}

private struct Manifest: Encodable {
    var protocolMode: String
    var minProtocolVersion: Int
    var maxProtocolVersion: Int
    var services: [ManifestService]
}

private struct ManifestService: Encodable {
    var name: String
    var ty: String
    var handlers: [ManifestHandler]
}

private struct ManifestInput: Encodable {
    var required: Bool
    var contentType: String
    var jsonSchema: JSONValue?
}

private struct ManifestOutput: Encodable {
    var contentType: String?
    var setContentTypeIfEmpty: Bool?
    var jsonSchema: JSONValue?
}

/// A handler as the manifest says it. What is unset is left out, for the server to decide.
private struct ManifestHandler: Encodable {
    var name: String
    var ty: String?
    var input: ManifestInput?
    var output: ManifestOutput
    var documentation: String?
    var metadata: [String: String]?
    var inactivityTimeout: UInt64?
    var abortTimeout: UInt64?
    var journalRetention: UInt64?
    var idempotencyRetention: UInt64?
    var workflowCompletionRetention: UInt64?
    var enableLazyState: Bool?
    var ingressPrivate: Bool?
    var retryPolicyInitialInterval: UInt64?
    var retryPolicyMaxInterval: UInt64?
    var retryPolicyMaxAttempts: Int?
    var retryPolicyExponentiationFactor: Double?
    var retryPolicyOnMaxAttempts: String?

    init(_ handler: ServedHandler, version: Int) throws(EndpointError) {
        let (entry, options) = (handler.entry, handler.entry.options)
        name = handler.name
        ty = entry.kind == .service ? nil : entry.kind.rawValue
        let isRequired = entry.inputDescription.isRequired
        input = entry.inputDescription.contentType.map { contentType in
            ManifestInput(
                required: isRequired, contentType: contentType,
                jsonSchema: options.inputSchema ? schema(entry.inputDescription) : nil)
        }
        output = ManifestOutput(
            contentType: entry.outputDescription.contentType,
            setContentTypeIfEmpty: entry.outputDescription.contentType == nil ? nil : false,
            jsonSchema: schema(entry.outputDescription))

        /// An option as the manifest says it, if this version of the manifest can.
        func option<Value, Said>(
            _ value: Value?, since: Int, _ what: String, _ say: (Value) -> Said
        ) throws(EndpointError) -> Said? {
            guard let value else { return nil }
            guard version >= since else {
                throw EndpointError(
                    .manifest,
                    "The handler '\(handler.service)/\(handler.name)' sets \(what), which the "
                        + "server does not understand: it asks for manifest version \(version), "
                        + "and this needs version \(since). Upgrade the server, or remove the "
                        + "option.")
            }
            return say(value)
        }
        documentation = try option(options.documentation, since: 2, "a documentation") { $0 }
        metadata = try option(
            options.metadata.isEmpty ? nil : options.metadata, since: 2, "metadata"
        ) { $0 }
        inactivityTimeout = try option(
            options.inactivityTimeout, since: 3, "an inactivity timeout",
            bounded)
        abortTimeout = try option(options.abortTimeout, since: 3, "an abort timeout", bounded)
        journalRetention = try option(
            options.journalRetention, since: 3, "a journal retention", bounded)
        idempotencyRetention = try option(
            options.idempotencyRetention, since: 3, "an idempotency retention", bounded)
        workflowCompletionRetention = try option(
            options.workflowRetention, since: 3, "a workflow retention", bounded)
        enableLazyState = try option(options.lazyState, since: 3, "lazy state") { $0 }
        ingressPrivate = try option(options.ingressPrivate, since: 3, "ingress private") { $0 }
        guard let policy = try option(options.retryPolicy, since: 4, "a retry policy", { $0 })
        else { return }
        retryPolicyInitialInterval = policy.initialInterval.map(bounded)
        retryPolicyMaxInterval = policy.maxInterval.map(bounded)
        retryPolicyMaxAttempts = policy.maxAttempts.map { max($0, 0) }
        retryPolicyExponentiationFactor = policy.factor
        retryPolicyOnMaxAttempts = policy.onMaxAttempts.map { $0 == .kill ? "KILL" : "PAUSE" }
    }
}

/// A duration as the manifest says it. Servers cannot count with a longer one than this, of twenty
/// thousand years: a task of theirs ends, and the registration gets no answer.
private func bounded(_ duration: Duration) -> UInt64 {
    min(duration.millisecondsRoundedDown, Moment.longestSpan)
}

private func schema(_ payload: PayloadDescription) -> JSONValue? {
    payload.schema().flatMap { try? JSON.decode(JSONValue.self, from: $0[...]) }
}
