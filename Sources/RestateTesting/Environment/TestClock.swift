#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
internal import RestateRuntime
internal import Times

/// Controls the time of a test, which handlers read by `ctx.now()`. It stands still while anything
/// can run.
///
/// While a test waits for a result and nothing can run, the clock jumps to the next timer, unless
/// ``jumps(_:)`` says otherwise. So a handler that sleeps for a year takes no time.
public struct TestClock: Sendable {
    let environment: TestEnvironment

    /// The time that handlers see in `ctx.now()`, and by which timers and delays fire.
    public var now: Date { Date(timeIntervalSince1970: Double(environment.world.now) / 1000) }

    /// Advances the clock from timer to timer. The effects of each timer are complete before the
    /// next one fires.
    /// - Throws: ``HandlerFailed`` if a handler fails meanwhile.
    public func advance(by duration: Duration) async throws {
        let now = environment.world.time
        let target = now.later(by: duration.millisecondsRoundedUp)
        try await environment.waiting { $0.travel(to: min(target, Moment.latest), $1) }
    }

    /// Advances the clock to a moment, as ``advance(by:)`` does.
    public func advance(to moment: Date) async throws {
        let seconds = moment.timeIntervalSince(now)
        if seconds > 0 { try await advance(by: .seconds(seconds)) }
    }

    /// Sets whether the clock jumps while a test waits for a result. The initial value is
    /// ``TestSettings/clockJumps``.
    public func jumps(_ jumps: Bool) async {
        await environment.ask { $0.clockJumps = jumps }
    }
}

extension TestSettings {
    var startTime: Timestamp {
        Timestamp(max(0, (start.timeIntervalSince1970 * 1000).rounded()))
    }
}
