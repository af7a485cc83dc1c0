import RestateMachine
import RestateProtocol
import Testing

private let myError = AttemptFailure(message: "my-error", stacktrace: "my-stacktrace")

@Suite struct RunRetryTests {
    /// A recorded run that failed `count` times in the last `elapsed`.
    func replayed(
        count: UInt32, elapsed: UInt64 = 1000, version: ProtocolVersion = .v7
    ) throws -> Attempt {
        var start = StartMessage()
        start.retryCount = count
        start.durationSinceLastEntry = elapsed
        var attempt = Attempt(version, start: start, known: [input(), run(1)])
        try attempt.begin()
        _ = try attempt.run()
        return attempt
    }

    func fresh(count: UInt32, elapsed: UInt64 = 1000) throws -> Attempt {
        var start = StartMessage()
        start.retryCount = count
        start.durationSinceLastEntry = elapsed
        var attempt = Attempt(start: start, known: [input()])
        try attempt.begin()
        _ = try attempt.run()
        try attempt.expect(run(1))
        return attempt
    }

    func fail(
        _ attempt: inout Attempt, _ policy: RunRetry?, failure: AttemptFailure = myError,
        took: Duration = .seconds(1), id: UInt32 = 1
    ) throws {
        try attempt.machine.proposeRun(
            id, .retryable(failure, policy: policy, elapsed: took))
    }

    /// The run failed for good, and the program sees that.
    func expectTerminal(_ attempt: inout Attempt) throws {
        let failure = Failure(code: 500, message: "my-error")
        attempt.feed(completed(.runCompletion, 1, .failure(failure)))
        attempt.close()
        #expect(try attempt.value(1) == .failure(failure))
        try attempt.finish(failure)
        #expect(
            try attempt.written() == [
                Written(proposal(1, .failure(failure)), flags: FrameHeader.requestedAck),
                Written(output(failure)), Written(EndMessage()),
            ])
    }

    @Test func `without a policy the server decides when`() throws {
        var attempt = try fresh(count: 0)
        #expect(throws: AttemptEndCause.self) { try fail(&attempt, nil) }
        let error = try attempt.expectError(500)
        #expect(error.message == "my-error" && error.stacktrace == "my-stacktrace")
        #expect(error.nextRetryDelay == nil && error.behavior == .retry)
        #expect(error.relatedCommandIndex == 1 && error.relatedCommandType == 0x0411)
        #expect(error.relatedCommandName == "my-side-effect")
    }

    @Test(
        arguments: [(0, 0), (0, 1), (1, 2), (2, 2), (2, 1), (2, 0), (99, 100)]
            as [(UInt32, UInt32)])
    func `the last attempt is terminal`(count: UInt32, maxAttempts: UInt32) throws {
        var attempt = try replayed(count: count)
        try fail(
            &attempt, RunRetry(initialInterval: .seconds(1), maxAttempts: maxAttempts))
        try expectTerminal(&attempt)
    }

    @Test(arguments: [(0, 2), (1, 3), (99, 101)] as [(UInt32, UInt32)])
    func `before the last attempt, it goes on`(count: UInt32, maxAttempts: UInt32) throws {
        for (version, attempt) in [(7, try replayed(count: count)), (0, try fresh(count: count))] {
            var attempt = attempt
            #expect(throws: AttemptEndCause.self, "\(version)") {
                try fail(
                    &attempt,
                    RunRetry(initialInterval: .seconds(1), maxAttempts: maxAttempts))
            }
            #expect(try attempt.expectError(500).nextRetryDelay == 1000)
        }
    }

    @Test(arguments: [(0, 1000, 1), (1, 1000, 2), (3, 5000, 6)] as [(UInt32, UInt64, Int64)])
    func `so is the last moment`(count: UInt32, elapsed: UInt64, limit: Int64) throws {
        var attempt = try replayed(count: count, elapsed: elapsed)
        try fail(
            &attempt,
            RunRetry(initialInterval: .seconds(1), maxDuration: .seconds(limit)))
        try expectTerminal(&attempt)
    }

    @Test func `a policy without an interval leaves it to the server`() throws {
        var attempt = try replayed(count: 1)
        #expect(throws: AttemptEndCause.self) {
            try fail(&attempt, RunRetry(initialInterval: nil, maxAttempts: 10))
        }
        #expect(try attempt.expectError(500).nextRetryDelay == nil)
    }

    @Test func `the server's count is about the last recorded command only`() throws {
        var start = StartMessage()
        start.retryCount = 10
        start.durationSinceLastEntry = 10_000
        var attempt = Attempt(start: start, known: [input()])
        try attempt.begin()
        _ = (try attempt.sleep(), try attempt.run())
        #expect(throws: AttemptEndCause.self) {
            try fail(
                &attempt,
                RunRetry(
                    initialInterval: .seconds(1), maxAttempts: 2,
                    maxDuration: .milliseconds(100)),
                took: .milliseconds(99), id: 2)
        }
        let error = try attempt.expectError(500, after: sleep(1), run(2))
        #expect(error.nextRetryDelay == 1000 && error.relatedCommandIndex == 2)
    }

    @Test(arguments: [
        RunRetry(initialInterval: .seconds(1), maxAttempts: 1, onMax: .pause),
        RunRetry(initialInterval: .seconds(1), maxDuration: .seconds(1), onMax: .pause),
        RunRetry(initialInterval: .seconds(1), factor: 2, maxAttempts: 1, onMax: .pause),
    ])
    func `an exhausted policy may pause`(policy: RunRetry) throws {
        for version in ProtocolVersion.allCases {
            var attempt = try replayed(count: 0, version: version)
            #expect(throws: AttemptEndCause.self) { try fail(&attempt, policy) }
            let error = try attempt.expectError(500)
            #expect(error.behavior == .pause && error.nextRetryDelay == nil)
            #expect(error.stacktrace == "my-stacktrace")
        }
    }

    @Test func `a closure may ask for a pause`() throws {
        var failure = myError
        failure.behavior = .pause
        // A policy that would go on, and one that would end, are not asked.
        let policies = [
            nil, RunRetry(initialInterval: .seconds(1)),
            RunRetry(initialInterval: .seconds(1), maxAttempts: 1),
        ]
        for version in ProtocolVersion.allCases {
            for policy in policies {
                var attempt = try replayed(count: 0, version: version)
                #expect(throws: AttemptEndCause.self) {
                    try fail(&attempt, policy, failure: failure)
                }
                let error = try attempt.expectError(500)
                #expect(error.behavior == .pause && error.nextRetryDelay == nil)
            }
        }
    }

    @Test func `a closure may say when, and its policy counts all the same`() throws {
        var failure = myError
        failure.nextRetryDelay = .seconds(30)
        let policy = RunRetry(initialInterval: .seconds(1), maxAttempts: 3)
        for policy in [nil, policy] {
            var attempt = try replayed(count: 1)
            #expect(throws: AttemptEndCause.self) {
                try fail(&attempt, policy, failure: failure)
            }
            #expect(try attempt.expectError(500).nextRetryDelay == 30_000)
        }
        var attempt = try replayed(count: 2)
        try fail(&attempt, policy, failure: failure)
        try expectTerminal(&attempt)
    }

    /// The delay after `count` failures before this one.
    func delay(_ policy: RunRetry, after count: UInt32) throws -> UInt64? {
        var attempt = try replayed(count: count)
        #expect(throws: AttemptEndCause.self) { try fail(&attempt, policy) }
        return try attempt.expectError(500).nextRetryDelay
    }

    @Test func `intervals grow up to the longest`() throws {
        let policy = RunRetry(
            initialInterval: .milliseconds(100), factor: 2, maxInterval: .milliseconds(500),
            maxDuration: .seconds(10))
        #expect(try delay(policy, after: 0) == 100)
        #expect(try delay(policy, after: 1) == 200)
        #expect(try delay(policy, after: 2) == 400)
        #expect(try delay(policy, after: 3) == 500)
        var attempt = try replayed(count: 2, elapsed: 9000)
        try fail(&attempt, policy)
        try expectTerminal(&attempt)
    }

    @Test func `no number of retries overflows`() throws {
        let endless = RunRetry(initialInterval: .seconds(1), factor: 2)
        #expect(try delay(endless, after: 10) == 1_024_000)
        for count: UInt32 in [62, 63, 64, 65, 1023, 1024, .max - 1, .max] {
            #expect(try delay(endless, after: count) == 631_107_417_600_000)
        }
        for factor in [Double.infinity, .nan, 1e300] {
            let policy = RunRetry(
                initialInterval: .seconds(1), factor: factor, maxInterval: .seconds(10))
            #expect(try delay(policy, after: 5) == 10_000)
        }
        for factor in [-2, 0, 0.5] {
            let policy = RunRetry(initialInterval: .milliseconds(8), factor: factor)
            #expect(try delay(policy, after: 3) == (factor == 0.5 ? 1 : 0))
        }
        let huge = RunRetry(initialInterval: .seconds(1e19), factor: 3)
        #expect(try delay(huge, after: 3) == 631_107_417_600_000)
        let negative = RunRetry(initialInterval: .seconds(-1), maxInterval: .seconds(-5))
        #expect(try delay(negative, after: 3) == 0)
    }

    @Test func `an endless elapsed time is no trap`() throws {
        var attempt = try replayed(count: .max, elapsed: .max)
        try fail(
            &attempt, RunRetry(initialInterval: .seconds(1), maxDuration: .seconds(1)))
        try expectTerminal(&attempt)
    }
}
