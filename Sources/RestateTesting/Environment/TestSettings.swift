#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
internal import Times
internal import RestateRuntime

/// Says how handlers are run in tests. The defaults find mistakes early: every wait suspends, so
/// that the handler is replayed from its beginning, and a failure is not retried.
public struct TestSettings: Sendable {
    /// Says what follows an attempt that failed with an ordinary error.
    public enum Retries: Equatable, Sendable {
        /// The test gets a ``HandlerFailed``, whatever the handlers' retry policies say.
        case none
        /// The retry policies of services and handlers apply, and a server's defaults where they
        /// say nothing.
        case asDeclared
        /// The delay is always the same, whatever the handlers say. After so many attempts the test
        /// gets a ``HandlerFailed``.
        case every(Duration, attempts: Int)
    }

    /// Ends the input of each attempt right after the journal, so that every wait suspends.
    public var alwaysSuspend = true
    /// Whether the output of an attempt arrives only when the attempt has ended, as with a connection
    /// that carries one request and then one response. Only the explorer sets it.
    var buffersOutput = false
    /// Sends no state with attempts, so that every read has to ask for it.
    public var lazyState = false
    /// The version of the service protocol: 5, 6 or 7.
    public var protocolVersion = 6
    /// The retries of attempts that fail with an ordinary error.
    public var retries = Retries.none
    /// Whether the clock jumps to the next timer while a test waits for a result and nothing can
    /// run.
    public var clockJumps = true
    /// The initial time of the clock. The default is the time of day.
    public var start = Date()
    /// The seed of ids and random numbers. With the same seed each run of a test has the same ones.
    public var seed: UInt64 = 1
    /// The real time for which a test waits for a result when nothing can run any more, before it
    /// gets a ``TestStuck``. A test that passes waits so long only if another task completes what
    /// it waits for.
    public var patience: Duration = .seconds(5)

    /// Makes the settings that find most mistakes: every wait suspends, and nothing is retried.
    public init() {}

    /// - Parameter change: changes the settings that are to differ from the defaults.
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
