/// A moment, in milliseconds since 1970. The runtime never reads a clock: moments are parameters.
package typealias Timestamp = UInt64
/// A duration in milliseconds, as manifests have it.
package typealias Milliseconds = UInt64

extension Timestamp {
    /// Returns the moment after a duration. An overflow gives the largest moment, which never
    /// comes.
    package func later(by span: Milliseconds) -> Timestamp {
        let (time, overflow) = addingReportingOverflow(span)
        return overflow ? .max : time
    }
}

/// The runtime's settings. The defaults are a server's. The modes (`alwaysSuspend`, `lazyState`)
/// change how every handler is called, to find mistakes that the usual way hides.
package struct LocalSettings: Sendable {
    /// The highest protocol version that is offered. 6 is a server's default; 5 and 7 force the
    /// others.
    package var protocolCap = 6
    /// Whether the input of each attempt ends right after the journal, so that every wait suspends
    /// and the handler is replayed.
    package var alwaysSuspend = false
    /// Whether no state is sent along, so that a handler asks for each entry.
    package var lazyState = false
    /// The most bytes of state that are sent along with an attempt.
    package var eagerStateLimit = 32 << 20
    /// The cluster's name, which endpoints get in a header.
    package var clusterName = "localcluster"
    /// Whether calls and sends from outside get an idempotency key if they have none.
    package var injectsIdempotencyKeys = true

    package var retryPolicy = AttemptRetryPolicy()
    /// The share of a retry's delay that is added at random at most; 0 for none.
    package var retryJitter = 0.3
    package var inactivityTimeout: Milliseconds = 60_000
    package var abortTimeout: Milliseconds = 600_000

    package var completionRetention: Milliseconds = 86_400_000
    package var workflowRetention: Milliseconds = 86_400_000
    package var journalRetention: Milliseconds = 86_400_000
    /// The most bytes of journals of finished invocations. Beyond it the oldest are dropped, and
    /// their results stay.
    package var archivedJournalBytes = 64 << 20
    /// The most bytes of finished invocations in memory that are also in the data folder.
    package var storedResultBytes = 4 << 20

    /// The most attempts at a time. A server has 24 partitions with 1000 each.
    package var concurrentAttempts = 24_000
    /// The most bytes that an entry of the journal, or the state of the key, may need for an
    /// attempt to begin.
    package var invocationMemory = 32 << 20
    /// The most bytes of one message of an endpoint; a longer one fails the attempt. It is more
    /// than a body of 32 MiB, so that whatever the ingress accepts fits into a message with its
    /// other fields.
    package var messageLimit = 32 << 20 + 256 << 10
    /// Whether changes are noted for storage. Without a data folder nothing is noted.
    package var reportsChanges = false
    /// The most pages of 4 KiB in the data folder's database; nil leaves the limit to the disk.
    package var pageLimit: Int?

    package init() {}
}

/// How failed attempts are retried: with growing delays, up to a number of attempts.
package struct AttemptRetryPolicy: Equatable, Sendable {
    package enum Exhaustion: String, Sendable { case pause = "Pause", kill = "Kill" }

    package var initialInterval: Milliseconds = 500
    package var factor = 2.0
    package var maxInterval: Milliseconds = 60_000
    /// The most attempts, the first one included; nil for no limit.
    package var maxAttempts: Int? = 70
    package var onMaxAttempts = Exhaustion.pause

    package init() {}

    /// Returns the delay after a number of failed attempts, without jitter.
    func delay(afterFailures count: Int) -> Milliseconds {
        var delay = Double(initialInterval)
        for _ in 1..<max(count, 1) where delay < Double(maxInterval) { delay *= factor }
        // The numbers come from a manifest: beyond this check the conversion to an integer could
        // trap.
        guard delay < Double(maxInterval) else { return maxInterval }
        return Milliseconds(max(0, delay))
    }

    /// Returns the policy with each option replaced that `settings` has.
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

/// The options of the retry policy that a service or handler sets itself. The others are inherited.
package struct AttemptRetryOverrides: Equatable, Sendable {
    package var initialInterval: Milliseconds?
    package var factor: Double?
    package var maxInterval: Milliseconds?
    package var maxAttempts: Int?
    package var onMaxAttempts: AttemptRetryPolicy.Exhaustion?

    package init() {}
}
