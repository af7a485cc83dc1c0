#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
internal import Times
internal import RestateRuntime

/// How handlers are tried out. The defaults find mistakes soon: every wait suspends, so that a handler
/// runs again from its beginning after it, and what fails is not tried again.
public struct TestSettings: Sendable {
    /// What happens when an attempt fails with an ordinary error.
    public enum Retries: Equatable, Sendable {
        /// Nothing: the test gets a ``HandlerFailed``. What handlers say of retries does not count.
        case none
        /// What the services and handlers say, and where they say nothing a server's defaults.
        case asDeclared
        /// The same delay each time, whatever the handlers say; ``HandlerFailed`` after so many attempts.
        case every(Duration, attempts: Int)
    }

    /// Ends the input of each attempt right after the journal, so that every wait suspends.
    public var alwaysSuspend = true
    /// Sends no state along, so that every read of it asks.
    public var lazyState = false
    /// The version of the service protocol that is spoken: 5, 6 or 7.
    public var protocolVersion = 6
    /// What happens when an attempt fails.
    public var retries = Retries.none
    /// Whether the clock goes on by itself to the next timer while a test waits for a result and
    /// nothing can run.
    public var clockJumps = true
    /// What the clock shows at the beginning: by default the time of day.
    public var start = Date()
    /// What ids and random numbers follow from: the same in each run of a test.
    public var seed: UInt64 = 1
    /// How long, in real time, a test waits for a result when nothing can run any more, before it gets a
    /// ``TestStuck``. A test that passes never waits so long, unless it completes what it waits for
    /// from another task.
    public var patience: Duration = .seconds(5)

    public init() {}

    /// - Parameter change: what is to be different from the defaults.
    public init(_ change: (inout TestSettings) -> Void) {
        change(&self)
    }

    var runtime: LocalSettings {
        var settings = LocalSettings()
        settings.protocolCap = min(max(protocolVersion, 5), 7)
        settings.alwaysSuspend = alwaysSuspend
        settings.lazyState = lazyState
        settings.retryJitter = 0
        switch retries {
        case .none:
            settings.retryPolicy.maxAttempts = 1
            settings.retryPolicy.onMaxAttempts = .pause
        case .asDeclared: break
        case .every(let delay, let attempts):
            settings.retryPolicy.initialInterval = delay.millisecondsRoundedUp
            settings.retryPolicy.maxInterval = delay.millisecondsRoundedUp
            settings.retryPolicy.factor = 1
            settings.retryPolicy.maxAttempts = max(1, attempts)
            settings.retryPolicy.onMaxAttempts = .pause
        }
        return settings
    }
}
