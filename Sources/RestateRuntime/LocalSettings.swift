/// Milliseconds since 1970. Time is always a parameter here.
package typealias Timestamp = UInt64
/// A span in milliseconds, as manifests have it.
package typealias Milliseconds = UInt64

extension Timestamp {
    /// Later by a span; one that goes beyond all time is for ever.
    package func later(by span: Milliseconds) -> Timestamp {
        let (time, overflow) = addingReportingOverflow(span)
        return overflow ? .max : time
    }
}

/// How the runtime behaves. The defaults are a server's; the modes shake out mistakes that the
/// usual ways hide.
package struct LocalSettings: Sendable {
    /// The highest protocol version that is spoken: 6 as a server does by default, 5 or 7 to force it.
    package var protocolCap = 6
    /// Ends the input of each attempt right after the journal, so that every wait suspends.
    package var alwaysSuspend = false
    /// Sends no state along, so that every read asks for it.
    package var lazyState = false
    /// Bytes of state that are sent along; what is beyond must be asked for.
    package var eagerStateLimit = 32 << 20
    /// What endpoints are told of who calls them.
    package var clusterName = "localcluster"
    /// Gives calls and sends from outside an idempotency key if they have none.
    package var injectsIdempotencyKeys = true

    package var retryPolicy = AttemptRetryPolicy()
    /// The share by which a delay may grow at random; 0 for none.
    package var retryJitter = 0.3
    package var inactivityTimeout: Milliseconds = 60_000
    package var abortTimeout: Milliseconds = 600_000

    package var completionRetention: Milliseconds = 86_400_000
    package var workflowRetention: Milliseconds = 86_400_000
    package var journalRetention: Milliseconds = 86_400_000
    /// Bytes of journals of finished invocations that are kept; the oldest are given up first.
    package var archivedJournalBytes = 64 << 20

    /// Attempts at the same time: as many as a server's 24 partitions of 1000 have together.
    package var concurrentAttempts = 24_000
    /// Bytes that an entry of a journal, or the state of a key, may have for an attempt to begin.
    package var invocationMemory = 32 << 20
    /// A message of an endpoint that is this long fails its attempt: what the ingress takes as a
    /// body fits into one, with what is around it.
    package var messageLimit = 32 << 20 + 256 << 10
    /// Notes what has changed, for whoever keeps it elsewhere.
    package var reportsChanges = false
    /// The most pages of 4 KiB that a data folder's database may have; nil for what the disk has.
    package var pageLimit: Int?

    package init() {}
}

/// What happens after failed attempts.
package struct AttemptRetryPolicy: Equatable, Sendable {
    package enum Exhaustion: String, Sendable { case pause = "Pause", kill = "Kill" }

    package var initialInterval: Milliseconds = 500
    package var factor = 2.0
    package var maxInterval: Milliseconds = 60_000
    /// Counts the first attempt; nil for no limit.
    package var maxAttempts: Int? = 70
    package var onMaxAttempts = Exhaustion.pause

    package init() {}

    /// The delay after so many failed attempts, without jitter.
    func delay(afterFailures count: Int) -> Milliseconds {
        var delay = Double(initialInterval)
        for _ in 1..<max(count, 1) where delay < Double(maxInterval) { delay *= factor }
        // Anybody's numbers: the largest ones have no counterpart.
        guard delay < Double(maxInterval) else { return maxInterval }
        return Milliseconds(max(0, delay))
    }

    /// Field by field: what is set wins.
    package func overridden(by settings: AttemptRetryOverrides) -> AttemptRetryPolicy {
        var policy = self
        if let value = settings.initialInterval { policy.initialInterval = value }
        if let value = settings.factor { policy.factor = value }
        if let value = settings.maxInterval { policy.maxInterval = value }
        if let value = settings.maxAttempts { policy.maxAttempts = max(value, 1) }
        if let value = settings.onMaxAttempts { policy.onMaxAttempts = value }
        return policy
    }
}

/// What a service or a handler says about retries.
package struct AttemptRetryOverrides: Equatable, Sendable {
    package var initialInterval: Milliseconds?
    package var factor: Double?
    package var maxInterval: Milliseconds?
    package var maxAttempts: Int?
    package var onMaxAttempts: AttemptRetryPolicy.Exhaustion?

    package init() {}
}
