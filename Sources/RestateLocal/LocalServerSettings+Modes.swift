public import Restate
internal import RestateRuntime
internal import Times

/// The modes that find what only bad luck finds otherwise, and what the command `restate-local` has for
/// its options.
extension LocalServerSettings {
    /// Ends the request of each attempt right after the journal, so that every wait suspends.
    public var alwaysSuspend: Bool {
        get { runtime.alwaysSuspend }
        set { runtime.alwaysSuspend = newValue }
    }

    /// Sends no state along, so that every read of it asks.
    public var lazyState: Bool {
        get { runtime.lazyState }
        set { runtime.lazyState = newValue }
    }

    /// The highest version of the service protocol that is spoken: 6 as a server does by default, 5 or 7
    /// to force it. Others are taken for the nearest of these.
    public var protocolVersion: Int {
        get { runtime.protocolCap }
        set { runtime.protocolCap = min(max(newValue, 5), 7) }
    }

    /// How failed attempts are retried where handlers and services say nothing. What is left out is as a
    /// server has it.
    ///
    /// ```swift
    /// settings.retries = InvocationRetryPolicy(maxAttempts: 1, onMaxAttempts: .kill)  // not at all
    /// ```
    public var retries: InvocationRetryPolicy {
        get {
            let policy = runtime.retryPolicy
            return InvocationRetryPolicy(
                initialInterval: Duration(milliseconds: policy.initialInterval),
                maxInterval: Duration(milliseconds: policy.maxInterval), factor: policy.factor,
                maxAttempts: policy.maxAttempts,
                onMaxAttempts: policy.onMaxAttempts == .kill ? .kill : .pause)
        }
        set {
            var changes = AttemptRetryOverrides()
            changes.initialInterval = newValue.initialInterval?.millisecondsRoundedUp
            changes.maxInterval = newValue.maxInterval?.millisecondsRoundedUp
            changes.factor = newValue.factor
            changes.maxAttempts = newValue.maxAttempts
            changes.onMaxAttempts = newValue.onMaxAttempts.map { $0 == .kill ? .kill : .pause }
            runtime.retryPolicy = AttemptRetryPolicy().overridden(by: changes)
        }
    }

    /// How likely the connection to an endpoint is lost with each event on it: from 0, never, to 1.
    public var cutProbability: Double {
        get { delivery.cutProbability }
        set { delivery.cutProbability = newValue }
    }

    /// How many bytes an endpoint is given at once; nil for as many as there are. One splits
    /// messages everywhere.
    public var chunkSize: Int? {
        get { delivery.chunkSize }
        set { delivery.chunkSize = newValue }
    }

    /// Takes endpoints as if they could not answer before a request has ended.
    public var requestResponse: Bool {
        get { delivery.alwaysRequestResponse }
        set { delivery.alwaysRequestResponse = newValue }
    }
}
