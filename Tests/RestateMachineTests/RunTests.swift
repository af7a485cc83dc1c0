import RestateMachine
import RestateProtocol
import Testing

private let terminal = Failure(code: 500, message: "my-failure")

@Suite struct RunTests {
    /// A run that waits for its closure's result.
    func executing(
        _ version: ProtocolVersion = .v7, closed: Bool = false
    ) throws -> Attempt {
        var attempt = Attempt(version, known: [input()], closed: closed)
        try attempt.begin()
        let start = try attempt.machine.run(name: "my-side-effect", at: here)
        #expect(start.completionID == 1 && !start.isReplayed)
        #expect(try attempt.wait(leaf(1)) == .execute(run: 1))
        return attempt
    }

    func answer(_ attempt: inout Attempt, _ outcome: RunOutcome) throws {
        try attempt.machine.proposeRun(1, outcome)
    }

    @Test func `proposed, not stored, suspended`() throws {
        var attempt = try executing()
        #expect(try attempt.wait(leaf(1)) == .wait(forInput: true, forRun: true))
        try attempt.expect(run(1))
        try answer(&attempt, .value("123".bytes))
        #expect(try attempt.wait(leaf(1)) == .wait(forInput: true, forRun: false))
        attempt.close()
        attempt.expectSuspension(on: leaf(1))
        let frames = try attempt.written()
        #expect(frames.map(\.frame.requestsAck) == [true, false, false])
        let tree = tree(completions: [1], signals: [1])
        #expect(
            frames == [
                Written(
                    proposal(1, .value("123".bytes)), flags: FrameHeader.requestedAck),
                Written(awaiting(tree)), Written(suspension(tree)),
            ])
    }

    @Test(arguments: [ProtocolVersion.v5, .v6])
    func `before version 7 the whole result comes back`(version: ProtocolVersion) throws {
        var attempt = try executing(version)
        try answer(&attempt, .value("123".bytes))
        #expect(try attempt.wait(leaf(1)) == .wait(forInput: true, forRun: false))
        attempt.feed(ran(1, "123"))
        attempt.close()
        #expect(try attempt.text(1) == "123")
        try attempt.finish("123")
        try attempt.expect(
            run(1), proposal(1, .value("123".bytes)), output("123"), EndMessage())
    }

    @Test func `a terminal failure is a result`() throws {
        var attempt = try executing(.v6)
        try answer(&attempt, .failure(terminal))
        attempt.feed(completed(.runCompletion, 1, .failure(terminal)))
        attempt.close()
        #expect(try attempt.value(1) == .failure(terminal))
        try attempt.finish(terminal)
        try attempt.expect(
            run(1), proposal(1, .failure(terminal)), output(terminal), EndMessage())
    }

    @Test func `a run that executes is waited for, though the input has ended`() throws {
        var attempt = try executing()
        attempt.close()
        #expect(try attempt.wait(leaf(1)) == .wait(forInput: false, forRun: true))
        try answer(&attempt, .value([]))
        attempt.expectSuspension(on: leaf(1))
        #expect(
            try attempt.written() == [
                Written(run(1)),
                Written(proposal(1, .value([])), flags: FrameHeader.requestedAck),
                Written(suspension(on: 1)),
            ])
    }

    @Test func `a recorded run without a result is executed again`() throws {
        var attempt = Attempt(known: [input(), run(1)], closed: true)
        try attempt.begin()
        #expect(try !attempt.machine.run(name: "my-side-effect", at: here).isReplayed)
        #expect(try attempt.wait(leaf(1)) == .execute(run: 1))
        try answer(&attempt, .value("x".bytes))
        attempt.expectSuspension(on: leaf(1))
        #expect(
            try attempt.written() == [
                Written(proposal(1, .value("x".bytes)), flags: FrameHeader.requestedAck),
                Written(suspension(on: 1)),
            ])
    }

    @Test func `a run that lost a recorded race is executed when it is awaited again`() throws {
        var attempt = Attempt(
            known: [input(), run(1), sleep(2), sleep(3), slept(2)], closed: true)
        try attempt.begin()
        _ = (try attempt.run(), try attempt.sleep())
        #expect(try attempt.wait(first(leaf(1), leaf(2))) == .completed)
        #expect(!attempt.isProcessing)
        _ = try attempt.sleep()
        #expect(attempt.isProcessing)
        let both = first(leaf(1), leaf(3))
        #expect(try attempt.wait(both) == .execute(run: 1))
        try answer(&attempt, .value("x".bytes))
        attempt.expectSuspension(on: both)
        #expect(
            try attempt.written() == [
                Written(proposal(1, .value("x".bytes)), flags: FrameHeader.requestedAck),
                Written(suspension(tree(signals: [1], tree(completions: [1, 3])))),
            ])
    }

    @Test func `a recorded result needs no closure`() throws {
        var attempt = Attempt(known: [input(), run(1), ran(1, "123")], closed: true)
        try attempt.begin()
        #expect(try attempt.machine.run(name: "my-side-effect", at: here).isReplayed)
        #expect(try attempt.text(1) == "123")
        try attempt.finish("123")
        try attempt.expect(output("123"), EndMessage())
    }

    @Test func `a recorded result may stand behind another command`() throws {
        var attempt = Attempt(known: [input(), run(1), sleep(2), ran(1, "123")], closed: true)
        try attempt.begin()
        #expect(try attempt.machine.run(name: "my-side-effect", at: here).isReplayed)
        #expect(!attempt.isProcessing)
        _ = try attempt.sleep()
        #expect(try attempt.text(1) == "123")
        try attempt.finish("123")
        try attempt.expect(output("123"), EndMessage())
    }

    @Test func `results are found among many`() throws {
        var attempt = Attempt(
            known: [input()], later: (2...20).reversed().map { ran($0, "\($0)") })
        try attempt.begin()
        for id in 1...25 as ClosedRange<UInt32> {
            let run = try attempt.machine.run(name: "", at: here)
            #expect(run.isReplayed == (id > 1 && id != 21 && id != 25))
            if id == 2 { for id in 22...24 as ClosedRange<UInt32> { attempt.feed(ran(id, "")) } }
        }
        for id in 2...20 as ClosedRange<UInt32> { #expect(try attempt.text(id) == "\(id)") }
    }

    @Test func `a run that nobody awaits is never executed`() throws {
        var attempt = Attempt(known: [input()], closed: true)
        try attempt.begin()
        _ = try attempt.run()
        try attempt.finish()
        try attempt.expect(run(1), output(""), EndMessage())
    }

    @Test func `an acknowledgement stands for the result`() throws {
        for outcome in [ValueOrFailure.value("result".bytes), .failure(terminal)] {
            var attempt = try executing()
            switch outcome {
            case .value(let value): try answer(&attempt, .value(value))
            case .failure(let failure): try answer(&attempt, .failure(failure))
            }
            #expect(attempt.take(1) == nil)
            attempt.feed(ack(1))
            #expect(attempt.take(1) == nil)
            switch outcome {
            case .value: #expect(try attempt.text(1) == "result")
            case .failure: #expect(try attempt.value(1) == .failure(terminal))
            }
            try attempt.machine.writeOutput(outcome, at: here)
            try attempt.machine.end()
            #expect(
                try attempt.written() == [
                    Written(run(1)),
                    Written(proposal(1, outcome), flags: FrameHeader.requestedAck),
                    Written(OutputCommand(result: outcome)), Written(EndMessage()),
                ])
        }
    }

    @Test func `the whole result is fine in version 7, too`() throws {
        var attempt = try executing()
        try answer(&attempt, .value("a".bytes))
        attempt.feed(ran(1, "a"))
        #expect(try attempt.text(1) == "a")
        _ = try attempt.run("two")
        #expect(try attempt.wait(leaf(2)) == .execute(run: 2))
        try attempt.machine.proposeRun(2, .value("b".bytes))
        attempt.feed(ack(2))
        #expect(try attempt.text(2) == "b")
        #expect(!attempt.hasEnded)
    }

    @Test func `an acknowledgement of nothing is a violation`() throws {
        var attempt = try executing()
        try answer(&attempt, .value([]))
        _ = try attempt.written()
        attempt.feed(ack(99))
        #expect(try attempt.expectError(571).message.contains("Run 99"))
        var twice = try executing()
        try answer(&twice, .value([]))
        _ = try twice.written()
        twice.feed(ack(1))
        twice.feed(ack(1))
        _ = try twice.expectError(571)
    }

    @Test func `an acknowledgement inside the journal is a violation`() throws {
        var attempt = Attempt(known: [input(), run(1), ack(1)])
        _ = try attempt.expectError(571)
        #expect(!attempt.isReady)
    }

    @Test func `results are seen in the order of acknowledgements`() throws {
        var attempt = Attempt(known: [input()])
        try attempt.begin()
        _ = (try attempt.sleep(), try attempt.sleep(), try attempt.run())
        let three = first(leaf(1), leaf(2), leaf(3))
        #expect(try attempt.wait(three) == .execute(run: 3))
        try attempt.machine.proposeRun(3, .value("x".bytes))
        attempt.feed(slept(1))
        attempt.feed(ack(3))
        attempt.feed(slept(2))
        #expect(try attempt.wait(three) == .completed)
        #expect(attempt.take(1) == .void)
        #expect(attempt.take(3) == nil && attempt.take(2) == nil)
        #expect(try attempt.wait(first(leaf(2), leaf(3))) == .completed)
        #expect(attempt.take(3) == .value("x".bytes))
        #expect(attempt.take(2) == nil)
        #expect(try attempt.value(2) == .void)
    }

    @Test func `several runs execute side by side`() throws {
        var attempt = Attempt(known: [input()])
        try attempt.begin()
        for name in ["a", "b", "c"] { _ = try attempt.run(name) }
        let three = all(leaf(3), leaf(1), leaf(2))
        #expect(try attempt.wait(three) == .execute(run: 1))
        #expect(try attempt.wait(three) == .execute(run: 2))
        #expect(try attempt.wait(three) == .execute(run: 3))
        #expect(try attempt.wait(three) == .wait(forInput: true, forRun: true))
        for id in [UInt32(3), 1, 2] { try attempt.machine.proposeRun(id, .value([])) }
        for id in [UInt32(1), 3, 2] { attempt.feed(ack(id)) }
        #expect(try attempt.wait(three) == .completed)
        for id in [UInt32(1), 2, 3] { #expect(attempt.take(id) == .value([])) }
    }

    @Test func `the next runs can be had without the tree`() throws {
        var attempt = Attempt(known: [input()])
        try attempt.begin()
        for name in ["a", "b", "c"] { _ = try attempt.run(name) }
        let three = all(leaf(3), leaf(1), leaf(2))
        #expect(attempt.machine.nextRun() == nil)
        #expect(try attempt.wait(three) == .execute(run: 1))
        #expect(attempt.machine.nextRun() == 2)
        #expect(attempt.machine.nextRun() == 3)
        #expect(attempt.machine.nextRun() == nil)
        #expect(try attempt.wait(three) == .wait(forInput: true, forRun: true))
    }

    @Test func `a run that made its proposal is not asked for`() throws {
        var attempt = Attempt(known: [input()])
        try attempt.begin()
        for name in ["a", "b"] { _ = try attempt.run(name) }
        #expect(try attempt.wait(all(leaf(1), leaf(2))) == .execute(run: 1))
        try attempt.machine.proposeRun(2, .value([]))
        #expect(attempt.machine.nextRun() == nil)
    }

    @Test func `a run that executes silences reports of what is awaited`() throws {
        var attempt = try executing()
        let id = try attempt.sleep()
        #expect(try attempt.wait(leaf(id)) == .wait(forInput: true, forRun: false))
        try attempt.expect(run(1), sleep(2))
        try answer(&attempt, .value([]))
        _ = try attempt.written()
        #expect(try attempt.wait(leaf(id)) == .wait(forInput: true, forRun: false))
        try attempt.expect(awaiting(tree(completions: [2], signals: [1])))
    }

    @Test func `a proposal after the suspension is dropped`() throws {
        var attempt = try executing()
        let id = try attempt.sleep()
        attempt.close()
        attempt.expectSuspension(on: leaf(id))
        _ = try attempt.written()
        try answer(&attempt, .value([]))
        #expect(!attempt.hasOutput)
    }

    @Test func `a proposal for nothing is dropped`() throws {
        var attempt = Attempt(known: [input()])
        try attempt.begin()
        try answer(&attempt, .value([]))
        #expect(!attempt.hasOutput && !attempt.hasEnded)
    }

    @Test func `a failure while a run is open is about no command`() throws {
        var attempt = Attempt(known: [input()], closed: true)
        try attempt.begin()
        _ = try attempt.run()
        attempt.machine.fail(AttemptFailure(message: "my-error", stacktrace: "here"))
        let error = try attempt.expectError(500, after: run(1))
        #expect(error.message == "my-error" && error.stacktrace == "here")
        #expect(error.relatedCommandIndex == nil && error.relatedCommandType == nil)
    }

    @Test func `a terminal failure with metadata needs version 6`() throws {
        let failure = Failure(
            code: 500, message: "x", metadata: [Header(key: "a", value: "b")])
        var old = try executing(.v5)
        try answer(&old, .failure(failure))
        try old.expect(run(1), proposal(1, .failure(Failure(code: 500, message: "x"))))
        let isTold = old.machine.hasLeftOutMetadata
        #expect(isTold)
        var new = try executing(.v6)
        try answer(&new, .failure(failure))
        try new.expect(run(1), proposal(1, .failure(failure)))
    }
}
