import Foundation
import Restate
import RestateTesting
import Testing

struct ClockTests {
    @Test func `a handler that sleeps for a year takes no time`() async throws {
        let begin = ContinuousClock.now
        let settings = TestSettings()
        try await withRestate(Endpoint(Shop()), settings) { restate in
            let woken = try await restate.service(Shop.self).sleep(365 * 86_400)
            #expect(abs(woken.timeIntervalSince(settings.start) - 365 * 86_400) < 1)
        }
        // A year of real time would not end here: it is compared with a day, as machines may be busy.
        #expect(begin.duration(to: .now) < .seconds(86_400))
    }

    @Test func `without jumps time passes only when the test says so`() async throws {
        let settings = TestSettings { $0.clockJumps = false }
        try await withRestate(Endpoint(Shop()), settings) { restate in
            let sleeping = try await restate.service(Shop.self).sleep.send(900)
            try await restate.clock.advance(by: .seconds(899))
            try await #expect(sleeping.output() == nil)
            try await restate.clock.advance(by: .seconds(1))
            try await #expect(sleeping.output() != nil)
        }
    }

    @Test func `a delayed call begins when its time has come`() async throws {
        try await withRestate(Endpoint(Counter())) { restate in
            let later = try await restate.object(Counter.self, "k").add.send(1, after: .seconds(60))
            try await restate.settle()
            try await #expect(later.output() == nil)
            try await restate.clock.advance(by: .seconds(60))
            try await #expect(later.output() == 1)
        }
    }

    @Test func `a call that is sent for a moment begins then, and at once if it has passed`()
        async throws
    {
        try await withRestate(Endpoint(Counter())) { restate in
            let add = restate.object(Counter.self, "k").add
            let now = restate.clock.now
            let later = try await add.send(2, at: now.addingTimeInterval(60))
            let never = try await add.send(4, at: .distantFuture)
            let past = try await add.send(1, at: now.addingTimeInterval(-60))
            try await restate.settle()
            try await #expect(past.output() == 1)
            try await #expect(later.output() == nil)
            try await restate.clock.advance(by: .milliseconds(59_999))
            try await #expect(later.output() == nil)
            try await restate.clock.advance(by: .milliseconds(1))
            try await #expect(later.output() == 3)
            try await #expect(never.output() == nil)
        }
    }

    @Test func `timers end in their order while time passes`() async throws {
        try await withRestate(Endpoint(Shop())) { restate in
            let late = try await restate.service(Shop.self).sleep.send(20)
            let early = try await restate.service(Shop.self).sleep.send(10)
            try await restate.clock.advance(by: .seconds(30))
            let times = (try await early.output(), try await late.output())
            let between = try #require(times.1).timeIntervalSince(try #require(times.0))
            #expect(between == 10)
        }
    }

    @Test func `a time-out is over when nothing else can happen`() async throws {
        try await withRestate(Endpoint(Shop())) { restate in
            let error = try await #require(throws: TerminalError.self) {
                _ = try await restate.service(Shop.self).approve()
            }
            #expect(error.code == 408)
        }
    }

    @Test(arguments: [5, 6, 7], [true, false])
    func `every wait suspends by default, and none does if that is switched off`(
        version: Int, suspends: Bool
    ) async throws {
        let settings = TestSettings {
            $0.protocolVersion = version
            $0.alwaysSuspend = suspends
        }
        try await withRestate(Endpoint(Shop()), settings) { restate in
            try await #expect(restate.service(Shop.self).attempts() == (suspends ? 3 : 1))
            try await #expect(restate.service(Shop.self).both() == [1, 2])
        }
    }

    @Test func `an attempt that waits longer than a server lets it suspends`() async throws {
        let settings = TestSettings { $0.alwaysSuspend = false }
        try await withRestate(Endpoint(Shop()), settings) { restate in
            try await #expect(
                restate.service(Shop.self).sleep(3600).timeIntervalSince(settings.start)
                    > 3599)
        }
    }
}
