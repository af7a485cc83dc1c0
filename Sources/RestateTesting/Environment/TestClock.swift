#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
internal import RestateRuntime
internal import Times

/// The clock of a test. It stands still while anything can run; handlers read it with `ctx.now()`.
///
/// While a test waits for a result and nothing can run, it jumps to the next timer, unless
/// ``jumps(_:)`` says otherwise. So a handler that sleeps for a year takes no time.
public struct TestClock: Sendable {
    let environment: TestEnvironment

    public var now: Date { Date(timeIntervalSince1970: Double(environment.world.now) / 1000) }

    /// Lets time pass, from timer to timer: each has its effects before the next one ends.
    /// - Throws: ``HandlerFailed`` if something fails meanwhile.
    public func advance(by duration: Duration) async throws {
        let now = environment.world.time
        let target = now.later(by: duration.millisecondsRoundedUp)
        try await environment.waiting { $0.travel(to: min(target, Moment.latest), $1) }
    }

    /// Lets time pass until a moment, as ``advance(by:)`` does.
    public func advance(to moment: Date) async throws {
        let seconds = moment.timeIntervalSince(now)
        if seconds > 0 { try await advance(by: .seconds(seconds)) }
    }

    /// Whether the clock goes on by itself while a test waits for a result. It does unless
    /// ``TestSettings/clockJumps`` says otherwise.
    public func jumps(_ jumps: Bool) async {
        await environment.ask { $0.clockJumps = jumps }
    }
}

extension TestSettings {
    var startTime: Timestamp {
        Timestamp(max(0, (start.timeIntervalSince1970 * 1000).rounded()))
    }
}
