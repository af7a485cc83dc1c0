/// What the manifest says of a handler beyond its types. Unset: the server's default.
package struct HandlerOptions: Sendable {
    package var documentation: String?
    package var metadata: [String: String] = [:]
    package var inactivityTimeout: Duration?
    package var abortTimeout: Duration?
    package var journalRetention: Duration?
    package var idempotencyRetention: Duration?
    package var workflowRetention: Duration?
    package var lazyState: Bool?
    package var ingressPrivate: Bool?
    package var retryPolicy: InvocationRetryPolicy?
    /// Whether the manifest has the schema of the input.
    package var inputSchema = true
}

/// How often, and how fast, the server tries an invocation again.
///
/// Unset values are those of the service, else of the server.
public struct InvocationRetryPolicy: Sendable, Equatable {
    /// What happens when the last attempt has failed.
    public enum Exhaustion: Sendable, Equatable {
        /// The invocation waits until somebody resumes it.
        case pause
        /// It ends with the last error.
        case kill
    }

    public var initialInterval: Duration?
    public var maxInterval: Duration?
    public var factor: Double?
    /// Counts the first attempt too.
    public var maxAttempts: Int?
    public var onMaxAttempts: Exhaustion?

    public init(
        initialInterval: Duration? = nil, maxInterval: Duration? = nil, factor: Double? = nil,
        maxAttempts: Int? = nil, onMaxAttempts: Exhaustion? = nil
    ) {
        self.initialInterval = initialInterval
        self.maxInterval = maxInterval
        self.factor = factor
        self.maxAttempts = maxAttempts
        self.onMaxAttempts = onMaxAttempts
    }
}

extension Handler {
    /// A text for people, shown by the server's documentation of its services.
    public func documentation(_ text: String) -> Handler {
        with { $0.documentation = text }
    }

    /// A pair of texts for tools, shown by the admin API.
    public func metadata(_ key: String, _ value: String) -> Handler {
        with { $0.metadata[key] = value }
    }

    /// Only other handlers may call it, not the ingress.
    public func ingressPrivate(_ isPrivate: Bool = true) -> Handler {
        with { $0.ingressPrivate = isPrivate }
    }

    /// State is fetched entry by entry when it is read, instead of being sent along.
    public func lazyState(_ isLazy: Bool = true) -> Handler {
        with { $0.lazyState = isLazy }
    }

    /// Whether the server is told what the input looks like, as it is by default. It shows that to
    /// those who call by hand, and does not check a body against it; but it refuses one that is
    /// empty and has a content type, also where the input is optional. For clients that send such
    /// bodies say `false`.
    public func inputSchema(_ isPublished: Bool) -> Handler {
        with { $0.inputSchema = isPublished }
    }

    public func retryPolicy(_ policy: InvocationRetryPolicy) -> Handler {
        with { $0.retryPolicy = policy }
    }

    /// How long an attempt may wait before the server asks it to suspend: a minute by default. Behind a
    /// proxy it must be shorter than the proxy's limit for connections that are quiet.
    public func inactivityTimeout(_ duration: Duration) -> Handler {
        with { $0.inactivityTimeout = duration }
    }

    /// How long the server then waits before it gives the attempt up.
    public func abortTimeout(_ duration: Duration) -> Handler {
        with { $0.abortTimeout = duration }
    }

    /// How long the journal can be looked at after the end.
    public func journalRetention(_ duration: Duration) -> Handler {
        with { $0.journalRetention = duration }
    }

    /// How long a result is kept for callers with the same idempotency key.
    /// Not for a workflow's run.
    public func idempotencyRetention(_ duration: Duration) -> Handler {
        with { $0.idempotencyRetention = duration }
    }

    /// How long the result, state and promises of a workflow's run are kept. Only for that one.
    public func workflowRetention(_ duration: Duration) -> Handler {
        with { $0.workflowRetention = duration }
    }
}

extension Handler where Input == [UInt8] {
    /// The input is the body as it is, whatever its content type, instead of a JSON list.
    public func rawInput(contentType: String = "*/*") -> Handler {
        with(input: .raw(contentType: contentType))
    }
}

extension Handler where Output == [UInt8] {
    /// The output is the body as it is, instead of a JSON list.
    public func rawOutput(contentType: String = "application/octet-stream") -> Handler {
        with(output: .raw(contentType: contentType))
    }
}
