import Restate
import Testing

@testable import RestateRuntime
@testable import TestServices

/// Failures told from the handler to the runtime and back: delays that an error asks for, attempts that are
/// used up, journals that do not fit. The clock stands still but for what a story passes.
@Suite(.timeLimit(.minutes(10))) struct RetryStoryTests {
    private static let modes = [5, 6, 7].flatMap { version in
        [false, true].map { suspends in
            Mode("version \(version)\(suspends ? ", always suspend" : "")") {
                $0.settings.protocolCap = version
                $0.settings.alwaysSuspend = suspends
                $0.settings.retryJitter = 0
                $0.settings.retryPolicy = AttemptRetryPolicy()
            }
        }
    }

    // MARK: Delays

    @Test(arguments: modes)
    func `an error that names its delay is tried again then, whatever the policy says`(
        mode: Mode
    ) async throws {
        try await RetryStage.with(Endpoint(Tour2Retries()), mode) { stage in
            try stage.begin("Tour2Retries/retryAfter", "30000")
            // The policy allows two attempts.
            for _ in 0..<5 {
                let delay = try await stage.delay()
                #expect(delay == 30_000)
                stage.pass(delay - 1)
                #expect(stage.snapshot?.status == .backingOff)
                stage.pass(1)
            }
        }
    }

    @Test(arguments: modes)
    func `the policy of a run counts the attempts whose delay the error names`(
        mode: Mode
    ) async throws {
        try await RetryStage.with(Endpoint(Tour2Retries()), mode) { stage in
            try stage.begin("Tour2Retries/runRetryAfterAttempts", #"{"ms":7000,"attempts":3}"#)
            for _ in 0..<2 {
                let delay = try await stage.delay()
                #expect(delay == 7000)
                stage.pass(delay)
            }
            #expect(try await stage.rest() == .completed)
            #expect(stage.told == #""500 come back""#)
        }
    }

    @Test(arguments: modes)
    func `an error without a delay uses the attempts up, and the last one is the result`(
        mode: Mode
    ) async throws {
        try await RetryStage.with(Endpoint(Tour2Retries()), mode) { stage in
            try stage.begin("Tour2Retries/retryable")
            let delay = try await stage.delay()
            #expect(delay == 20)
            stage.pass(delay)
            #expect(try await stage.rest() == .completed)
            #expect(stage.told == "500 come back")
        }
    }

    // MARK: Pauses

    @Test(arguments: modes)
    func `used-up attempts pause, and a resumed invocation goes on with its journal`(
        mode: Mode
    ) async throws {
        let switches = Switches()
        try await RetryStage.with(Endpoint(Changing(switches: switches)), mode) { stage in
            try stage.begin("Changing/retries")
            for expected in [UInt64(50), 100] {
                let delay = try await stage.delay()
                #expect(delay == expected)
                stage.pass(delay)
            }
            #expect(try await stage.rest() == .paused)
            #expect(stage.snapshot?.attempts.lastFailure?.message == "not yet")
            // Time alone does not end a pause.
            stage.pass(86_400_000)
            #expect(stage.snapshot?.status == .paused)

            // Resumed too early it has all its attempts again.
            #expect(stage.resume())
            #expect(try await stage.delay() == 50)
            switches.allow()
            stage.pass(50)
            #expect(try await stage.rest() == .completed)
            #expect(stage.told == #""done""#)
        }
        #expect(switches.steps == 1)
    }

    @Test(arguments: modes)
    func `a run that asks for a pause gets it in every version, and earlier steps stay done`(
        mode: Mode
    ) async throws {
        let switches = Switches()
        try await RetryStage.with(Endpoint(Changing(switches: switches)), mode) { stage in
            try stage.begin("Changing/stops")
            #expect(try await stage.rest() == .paused)
            #expect(stage.snapshot?.attempts.lastFailure?.message == "ask somebody")
            switches.allow()
            #expect(stage.resume())
            #expect(try await stage.rest() == .completed)
            #expect(stage.told == #""done""#)
        }
        #expect(switches.steps == 1)
    }

    // MARK: Journals that do not fit

    /// What handlers say of mismatches. Before protocol 7 that cannot be told: they are tried again.
    @Test(arguments: modes, ["retries", "pauses", "fails"])
    func `code that does not fit its journal is tried again, pauses or fails`(
        mode: Mode, handler: String
    ) async throws {
        let isTold = mode.settings.protocolCap == 7
        let switches = Switches()
        try await RetryStage.with(Endpoint(Changing(switches: switches)), mode) { stage in
            try stage.begin("Changing/\(handler)")
            // The first attempt fails behind its step; then the code is another one.
            let delay = try await stage.delay()
            switches.change()
            stage.pass(delay)
            let status = try await stage.rest()
            guard handler != "fails" || !isTold else {
                #expect(status == .completed)
                let told = try #require(stage.told)
                #expect(told.hasPrefix("570 "), "\(told)")
                return
            }
            #expect(status == (handler == "pauses" && isTold ? .paused : .backingOff))
            let failure = try #require(stage.snapshot?.attempts.lastFailure)
            #expect(failure.restateCode == "RT0016")
            #expect(failure.relatedIndex == 1)

            // With the old code again it goes on where it was.
            switches.change()
            switches.allow()
            if status == .paused {
                #expect(stage.resume())
            } else {
                stage.pass(try await stage.delay())
            }
            #expect(try await stage.rest() == .completed)
            #expect(stage.told == #""done""#)
        }
        #expect(switches.steps == 1)
    }
}
