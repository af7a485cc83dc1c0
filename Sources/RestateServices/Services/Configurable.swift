/// A handler's entry, a service's options and an endpoint are configurable: they are values on which
/// options can be set. Options of an endpoint are the defaults for all of its services.
///
/// Each option is a method that returns a changed copy. An endpoint refuses to start with options
/// that a server would refuse, and names them.
public protocol Configurable {
    /// Returns a copy with changed options. The other methods of this protocol are made of it; call
    /// those.
    func configured(_ change: (inout HandlerOptions) -> Void) -> Self
}

extension Configurable {
    /// Sets a text for people, which the server shows in its description of the services.
    public func documentation(_ text: String) -> Self {
        configured { $0.documentation = text }
    }

    /// Sets an entry of the metadata, which tools read through the admin API.
    public func metadata(_ key: String, _ value: String) -> Self {
        configured { $0.metadata[key] = value }
    }

    /// Sets whether the handlers can be called only by other handlers, not through the ingress. A
    /// private service cannot have public handlers.
    public func ingressPrivate(_ isPrivate: Bool = true) -> Self {
        configured { $0.ingressPrivate = isPrivate }
    }

    /// Sets whether the server sends state entries only when the handler reads them, instead of
    /// sending all of them with each attempt. It is for objects and workflows.
    public func lazyState(_ isLazy: Bool = true) -> Self {
        stateLoading(isLazy ? .none : .all)
    }

    /// Sets which state entries the server sends with each attempt. It is for objects and workflows, and
    /// the same option as ``lazyState(_:)``: the last one counts.
    public func stateLoading(_ loading: StateLoading) -> Self {
        configured { $0.stateLoading = loading }
    }

    /// Sets whether the manifest has the JSON Schema of the input, as it does by default. The
    /// server shows the schema and does not validate a body against it. But it refuses an empty
    /// body that has a content type, even if the input is optional. Choose `false` for clients that
    /// send such bodies.
    public func inputSchema(_ isPublished: Bool) -> Self {
        configured { $0.inputSchema = isPublished }
    }

    /// Sets how often, and after which delays, the server retries an invocation after an ordinary
    /// error.
    public func retryPolicy(_ policy: InvocationRetryPolicy) -> Self {
        configured { $0.retryPolicy = policy }
    }

    /// Sets how long an attempt may wait before the server asks it to suspend, a minute by default.
    /// Behind a proxy it must be shorter than the proxy's limit for idle connections.
    public func inactivityTimeout(_ duration: Duration) -> Self {
        configured { $0.inactivityTimeout = duration }
    }

    /// Sets how long the server waits for the suspension before it aborts the attempt.
    public func abortTimeout(_ duration: Duration) -> Self {
        configured { $0.abortTimeout = duration }
    }

    /// Sets how long the server keeps the journal after the invocation has ended.
    public func journalRetention(_ duration: Duration) -> Self {
        configured { $0.journalRetention = duration }
    }

    /// Sets how long the server keeps a result for callers with the same idempotency key. It is not
    /// for the run of a workflow; set on a workflow, it applies to the other handlers.
    public func idempotencyRetention(_ duration: Duration) -> Self {
        configured { $0.idempotencyRetention = duration }
    }

    /// Sets how long the server keeps the result, the state and the promises of a workflow's run.
    /// It is only for the run or its workflow.
    public func workflowRetention(_ duration: Duration) -> Self {
        configured { $0.workflowRetention = duration }
    }

    /// Sets the format of values: of inputs and outputs, and of what the handlers' operations store and
    /// send. A format that an operation, a state key, an input or an output names itself takes
    /// precedence. Without any of them values are JSON.
    ///
    /// A format must be able to express every type for which it is chosen: text and bytes are for few
    /// of them. The state as one value (``SharedObjectContext/state(_:default:fileID:line:)``) is JSON
    /// in any case.
    ///
    /// Calls of other services use the format that the callee's table and options name. Without one
    /// they use that of the caller's endpoint. So programs that call a service know its format from
    /// its type, but not from the endpoint that serves it.
    public func format(_ format: Format) -> Self {
        configured { $0.format = format }
    }

    /// Adds hooks around every attempt, and around every step that is executed. Those of an
    /// endpoint (`Endpoint.hooks(_:)`) are outermost, then those of a service, then those of a
    /// handler.
    public func hooks(_ hooks: any InvocationHooks...) -> Self {
        configured { $0.hooks += hooks }
    }

    /// Converts errors that a retry cannot help to terminal errors. It is for types of other
    /// libraries; your own types can conform to ``TerminalConvertible``. Return nil for errors that
    /// are to be retried.
    ///
    /// ```swift
    /// static let options = ServiceOptions().terminalErrors { error in
    ///     (error as? ValidationError).map { TerminalError(wrapping: $0, code: 422) }
    /// }
    /// ```
    /// The SDK calls `convert` with what a handler or the closure of a run throws, unless it is a
    /// ``TerminalError``, ``TerminalConvertible``, ``RetryableError`` or ``PauseError``. The
    /// handler's conversion is asked first, then that of the service, then that of the endpoint.
    public func terminalErrors(
        _ convert: @escaping @Sendable (any Error) -> TerminalError?
    ) -> Self {
        configured { $0.terminalErrors.append(convert) }
    }

    /// Sets what happens if the code does not follow an invocation's journal. By default the
    /// attempt fails and is retried. Other reactions need service protocol 7; with an older one the
    /// attempt is always retried.
    public func onJournalMismatch(_ reaction: JournalMismatchReaction) -> Self {
        configured { $0.onJournalMismatch = reaction }
    }

    /// Sets whether the handler deals with its cancellation itself. Then a cancellation ends
    /// neither a wait nor a call that was started. The handler learns of it by
    /// ``Context/cancellation``, and cancels its callees with
    /// ``Context/cancelStartedCalls(fileID:line:)``.
    ///
    /// A handler that does not await its cancellation can only be killed.
    public func explicitCancellation(_ isExplicit: Bool = true) -> Self {
        configured { $0.explicitCancellation = isExplicit }
    }
}
