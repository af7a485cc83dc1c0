import RestateMachine
import RestateProtocol
import Testing

@Suite struct FailureTests {
    @Test func `the request may not end inside the journal`() throws {
        var attempt = Attempt(known: [])
        attempt.machine = InvocationMachine(version: .v7)
        var start = StartMessage()
        start.knownEntries = 2
        attempt.feed(start)
        attempt.feed(input())
        attempt.close()
        #expect(!attempt.isReady)
        _ = try attempt.expectError(571)
        #expect(failure { try attempt.begin() }?.code == 571)
    }

    @Test func `a failure may be about the next command, and ask for a delay`() throws {
        var attempt = Attempt(known: [input()])
        try attempt.begin()
        attempt.machine.fail(
            AttemptFailure(
                message: "my-error", related: attempt.machine.nextCommand(.callCommand),
                nextRetryDelay: .seconds(10)))
        let error = try attempt.expectError(500)
        #expect(error.relatedCommandType == 0x040D && error.relatedCommandIndex == 1)
        #expect(error.relatedCommandName == nil && error.nextRetryDelay == 10_000)
    }

    @Test func `a failure may be about the last command`() throws {
        var attempt = Attempt(known: [input()])
        try attempt.begin()
        _ = try attempt.sleep(name: "nap")
        let last = attempt.machine.lastCommand
        #expect(last == RelatedCommand(index: 1, type: .sleepCommand, name: "nap"))
        attempt.machine.fail(AttemptFailure(message: "my-error", related: last))
        let error = try attempt.expectError(500, after: sleep(1, name: "nap"))
        #expect(error.relatedCommandIndex == 1 && error.relatedCommandName == "nap")
    }

    @Test(arguments: [ErrorBehavior.pause, .fail])
    func `a failure may ask for something else than a retry`(behavior: ErrorBehavior) throws {
        // Servers obey it on every version.
        for version in ProtocolVersion.allCases {
            var attempt = Attempt(version, known: [input()])
            attempt.machine.fail(AttemptFailure(message: "x", behavior: behavior))
            let error = try attempt.expectError(500)
            #expect(error.behavior == behavior && error.nextRetryDelay == nil)
        }
    }

    @Test func `the first failure counts`() throws {
        var attempt = Attempt(known: [input()])
        try attempt.begin()
        attempt.machine.fail(AttemptFailure(message: "one"))
        attempt.machine.fail(AttemptFailure(message: "two"))
        #expect(try attempt.expectError(500).message == "one")
        let failed = failure { _ = try attempt.sleep() }
        #expect(failed?.message == "one")
        #expect(attempt.outcome == .failed(AttemptFailure(message: "one")))
        #expect(!attempt.hasOutput)
    }

    @Test func `an aborted attempt writes nothing any more`() throws {
        var attempt = Attempt(known: [input()])
        try attempt.begin()
        _ = try attempt.sleep()
        attempt.machine.abort()
        #expect(!attempt.hasOutput && attempt.hasEnded)
        #expect(throws: AttemptEndCause.closed) { try attempt.sleep() }
        attempt.machine.fail(AttemptFailure(message: "late"))
        #expect(!attempt.hasOutput)
    }

    @Test func `an aborted failure is still a failure`() throws {
        var attempt = Attempt(known: [input()])
        attempt.machine.fail(AttemptFailure(message: "x"))
        attempt.machine.abort()
        #expect(failure { _ = try attempt.sleep() }?.message == "x")
        #expect(!attempt.hasOutput)
    }

    @Test func `the handler may not end while commands are recorded`() throws {
        var attempt = Attempt(known: [input(), sleep(1)])
        try attempt.begin()
        #expect(failure { try attempt.machine.end() }?.code == 571)
        _ = try attempt.expectError(571)
    }

    @Test func `the handler may not return while commands are recorded`() throws {
        var attempt = Attempt(known: [input(), sleep(1)])
        try attempt.begin()
        #expect(failure { try attempt.finish() }?.code == 570)
        let error = try attempt.expectError(570)
        #expect(error.message.contains("recorded:  sleep"))
        #expect(error.message.contains("attempted: handler return at Tests/Handler.swift:42"))
    }

    @Test func `ending twice is harmless, and so is an end without an output`() throws {
        var attempt = Attempt(known: [input()])
        try attempt.begin()
        try attempt.machine.end()
        try attempt.machine.end()
        try attempt.expect(EndMessage())
    }

    @Test func `the output is a failure with metadata since version 6`() throws {
        let failure = Failure(
            code: 409, message: "sold", metadata: [Header(key: "a", value: "b")])
        var attempt = Attempt(.v6, known: [input()])
        try attempt.begin()
        try attempt.finish(failure)
        try attempt.expect(output(failure), EndMessage())
        var old = Attempt(.v5, known: [input()])
        try old.begin()
        // Another attempt would end in the same way, so this one ends the invocation.
        try old.finish(failure)
        try old.expect(output(Failure(code: 409, message: "sold")), EndMessage())
        let (isTold, isToldInVain) = (
            old.machine.hasLeftOutMetadata, attempt.machine.hasLeftOutMetadata
        )
        #expect(isTold && !isToldInVain)
    }

    @Test func `delays fit on the wire`() throws {
        for (delay, milliseconds) in [
            (Duration.seconds(-5), 0), (.nanoseconds(1_999_999), 1),
            (.seconds(1e19), 631_107_417_600_000),
        ] as [(Duration, UInt64)] {
            var attempt = Attempt(known: [input()])
            attempt.machine.fail(AttemptFailure(message: "x", nextRetryDelay: delay))
            #expect(try attempt.expectError(500).nextRetryDelay == milliseconds)
        }
    }
}

/// An await that the recorded execution did not have.
@Suite struct AddedAwaitTests {
    @Test func `a run`() throws {
        var attempt = Attempt(known: [input(), run(1), sleep(2), slept(2)])
        try attempt.begin()
        let id = try attempt.run()
        #expect(failure { _ = try attempt.wait(leaf(id)) }?.code == 570)
        let error = try attempt.expectError(570)
        #expect(
            error.message.contains("\n  - run [my-side-effect]\n  - Cancellation\n"))
        #expect(error.message.contains("Tests/Handler.swift:42"))
        #expect(error.relatedCommandIndex == 1 && error.relatedCommandType == 0x0411)
        #expect(error.relatedCommandName == "my-side-effect")
    }

    @Test func `a sleep`() throws {
        var attempt = Attempt(known: [input(), sleep(1), sleep(2), slept(2)])
        try attempt.begin()
        let id = try attempt.sleep()
        #expect(failure { _ = try attempt.wait(leaf(id)) }?.code == 570)
        let error = try attempt.expectError(570)
        #expect(error.message.contains("\n  - completion id 1\n  - Cancellation\n"))
        #expect(error.relatedCommandIndex == nil)
    }

    @Test func `an awakeable`() throws {
        var attempt = Attempt(known: [input(), sleep(2), slept(2)])
        try attempt.begin()
        let id = try attempt.machine.awakeable().signal
        #expect(failure { _ = try attempt.wait(signal(id)) }?.code == 570)
        #expect(
            try attempt.expectError(570).message
                .contains("\n  - Awakeable sign_1MTIzAAAAEQ\n  - Cancellation\n"))
    }

    @Test func `everything, in order, and only once`() throws {
        var attempt = Attempt(known: [input(), run(1, ""), sleep(2), sleep(3)])
        try attempt.begin()
        _ = (try attempt.run(""), try attempt.sleep())
        let whole = all(
            signal(18), .leaf(.namedSignal("b")), leaf(2), .leaf(.namedSignal("a")), signal(17),
            leaf(1), signal(5), leaf(2))
        #expect(failure { _ = try attempt.wait(whole) }?.code == 570)
        let error = try attempt.expectError(570)
        #expect(
            error.message.contains(
                """

                  - run (command 1)
                  - completion id 2
                  - Named signal: a
                  - Named signal: b
                  - signal [5]
                  - Awakeable sign_1MTIzAAAAEQ
                  - Awakeable sign_1MTIzAAAAEg
                  - Cancellation

                """))
        #expect(error.relatedCommandIndex == 1 && error.relatedCommandName == nil)
    }

    @Test func `not too much of it`() throws {
        var attempt = Attempt(known: [input(), sleep(1)])
        try attempt.begin()
        #expect(throws: AttemptEndCause.self) {
            try attempt.wait(.node(.allCompleted, (100..<1000).map { leaf($0) }))
        }
        let message = try attempt.expectError(570).message
        #expect(message.contains("and 881 more") && message.utf8.count < 2000)
    }
}
