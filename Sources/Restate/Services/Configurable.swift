/// What has options: the entry of a handler, and a service with all of its handlers.
///
/// Each option is a method that gives a changed copy. An endpoint does not start with options that a
/// server would refuse, and says which ones.
public protocol Configurable {
    func configured(_ change: (inout HandlerOptions) -> Void) -> Self
}

extension Configurable {
    /// Shows a text to people, in the server's documentation of its services.
    public func documentation(_ text: String) -> Self {
        configured { $0.documentation = text }
    }

    /// Shows a pair of texts to tools, in the admin API.
    public func metadata(_ key: String, _ value: String) -> Self {
        configured { $0.metadata[key] = value }
    }

    /// Lets only other handlers call, not the ingress. In a private service no handler can be public.
    public func ingressPrivate(_ isPrivate: Bool = true) -> Self {
        configured { $0.ingressPrivate = isPrivate }
    }

    /// Fetches state entry by entry when it is read, instead of being sent all of it with each attempt. For
    /// objects and workflows.
    public func lazyState(_ isLazy: Bool = true) -> Self {
        configured { $0.lazyState = isLazy }
    }

    /// Says whether the server is told what the input looks like, as it is by default. It shows that to
    /// those who call by hand, and does not check a body against it; but it refuses one that is
    /// empty and has a content type, also where the input is optional. For clients that send such
    /// bodies say `false`.
    public func inputSchema(_ isPublished: Bool) -> Self {
        configured { $0.inputSchema = isPublished }
    }

    /// Says how often, and how fast, the server tries an invocation again after an ordinary error.
    public func retryPolicy(_ policy: InvocationRetryPolicy) -> Self {
        configured { $0.retryPolicy = policy }
    }

    /// Says how long an attempt may wait before the server asks it to suspend: a minute by default. Behind
    /// a proxy it must be shorter than the proxy's limit for connections that are quiet.
    public func inactivityTimeout(_ duration: Duration) -> Self {
        configured { $0.inactivityTimeout = duration }
    }

    /// Says how long the server then waits before it gives the attempt up.
    public func abortTimeout(_ duration: Duration) -> Self {
        configured { $0.abortTimeout = duration }
    }

    /// Says how long the journal can be looked at after the end.
    public func journalRetention(_ duration: Duration) -> Self {
        configured { $0.journalRetention = duration }
    }

    /// Says how long a result is kept for callers with the same idempotency key. Not for a workflow's
    /// run; said of a whole workflow, it is for the handlers beside the run.
    public func idempotencyRetention(_ duration: Duration) -> Self {
        configured { $0.idempotencyRetention = duration }
    }

    /// Says how long the result, state and promises of a workflow's run are kept. Only for a run, or for
    /// its workflow.
    public func workflowRetention(_ duration: Duration) -> Self {
        configured { $0.workflowRetention = duration }
    }

    /// Adds hooks around every attempt, and around every step that is really run. Those of an endpoint
    /// (``Endpoint/hooks(_:)``) are outermost, then those of a service, then those of a handler.
    public func hooks(_ hooks: any InvocationHooks...) -> Self {
        configured { $0.hooks += hooks }
    }

    /// Makes terminal errors of those errors that are the end of the matter, for types that are not one's own
    /// (one's own can be ``TerminalConvertible``). For others give nil: they are retried.
    ///
    /// ```swift
    /// static let options = ServiceOptions().terminalErrors { error in
    ///     (error as? ValidationError).map { TerminalError(wrapping: $0, code: 422) }
    /// }
    /// ```
    /// Asked for what a handler or the closure of a run throws, unless it is a ``TerminalError``,
    /// ``TerminalConvertible``, ``RetryableError`` or ``PauseError``: first what the handler says, then its
    /// service, then the endpoint.
    public func terminalErrors(
        _ convert: @escaping @Sendable (any Error) -> TerminalError?
    ) -> Self {
        configured { $0.terminalErrors.append(convert) }
    }

    /// Says what happens when the code does not follow an invocation's journal; by default that attempt fails
    /// and is retried. Needs service protocol 7: with an older one it is always retried.
    public func onJournalMismatch(_ reaction: JournalMismatchReaction) -> Self {
        configured { $0.onJournalMismatch = reaction }
    }

    /// Leaves it to the handler what a cancellation ends: nothing by itself then, neither a wait nor a call
    /// that was started. The handler hears of it by ``Context/cancellation``, and cancels what it has called
    /// with ``Context/cancelStartedCalls(fileID:line:)``.
    ///
    /// A handler that does not listen cannot be cancelled, only killed.
    public func explicitCancellation(_ isExplicit: Bool = true) -> Self {
        configured { $0.explicitCancellation = isExplicit }
    }
}
