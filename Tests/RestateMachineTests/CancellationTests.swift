import RestateMachine
import RestateProtocol
import Testing

@Suite struct CancellationTests {
    func attempt(
        _ later: [any Message], _ cancellation: ImplicitCancellation? = nil,
        version: ProtocolVersion = .v7, closed: Bool = true
    ) throws -> Attempt {
        var options = MachineOptions()
        if let cancellation { options.implicitCancellation = cancellation }
        var attempt = Attempt(
            version, options: options, known: [input()], later: later, closed: closed)
        try attempt.begin()
        return attempt
    }

    @Test func `the callee whose id was taken is told`() throws {
        var attempt = try attempt([callee(1, "my-id"), cancelled])
        let ids = try attempt.call()
        #expect(try attempt.text(ids.invocationID) == "my-id")
        #expect(try attempt.wait(leaf(ids.result)) == .cancelled)
        try attempt.machine.end()
        try attempt.expect(call((1, 2)), cancelSignal(to: "my-id"), EndMessage())
    }

    @Test func `so is the callee whose id nobody asked for`() throws {
        var attempt = try attempt([callee(1, "my-id"), cancelled])
        let ids = try attempt.call()
        #expect(try attempt.wait(leaf(ids.result)) == .cancelled)
        // It was copied, not taken.
        #expect(attempt.take(ids.invocationID) == .invocationID("my-id"))
        try attempt.machine.end()
        try attempt.expect(call((1, 2)), cancelSignal(to: "my-id"), EndMessage())
    }

    @Test func `without its id, the callee's id is waited for, and nothing else`() throws {
        var attempt = try attempt([cancelled])
        let ids = try attempt.call()
        attempt.expectSuspension(on: leaf(ids.result))
        try attempt.expect(call((1, 2)), suspension(tree(completions: [1])))
    }

    @Test func `the wait for the callee's id can go on later`() throws {
        var attempt = try attempt([cancelled], closed: false)
        let one = try attempt.call("a")
        let two = try attempt.call("b")
        let waiting = AwaitAnswer.wait(forInput: true, forRun: false)
        #expect(try attempt.wait(leaf(one.result)) == waiting)
        attempt.feed(callee(1, "one"))
        #expect(try attempt.wait(leaf(one.result)) == waiting)
        attempt.feed(callee(3, "two"))
        #expect(try attempt.wait(leaf(one.result)) == .cancelled)
        try attempt.expect(
            call((1, 2), "a"), call((3, 4), "b"), awaiting(tree(completions: [1])),
            awaiting(tree(completions: [3])), cancelSignal(to: "one"), cancelSignal(to: "two"))
        #expect(two.result == 4)
    }

    @Test func `calls may be left alone`() throws {
        var attempt = try attempt([cancelled], .enabled(calls: false, oneWayCalls: false))
        let ids = try attempt.call()
        #expect(try attempt.wait(leaf(ids.result)) == .cancelled)
        try attempt.machine.end()
        try attempt.expect(call((1, 2)), EndMessage())
    }

    @Test func `sends are told if asked for`() throws {
        for tells in [true, false] {
            var attempt = try attempt(
                [callee(1, "my-id"), cancelled], .enabled(calls: true, oneWayCalls: tells))
            _ = try attempt.machine.send(request(), at: here)
            #expect(try attempt.wait(leaf(try attempt.sleep())) == .cancelled)
            var expected: [Written] = [Written(send(1)), Written(sleep(2))]
            if tells { expected.append(Written(cancelSignal(to: "my-id"))) }
            #expect(try attempt.written() == expected)
        }
    }

    @Test func `when disabled, the signal is one like others`() throws {
        var attempt = try attempt([cancelled], .disabled)
        let ids = try attempt.call()
        attempt.expectSuspension(on: leaf(ids.result))
        try attempt.expect(call((1, 2)), suspension(tree(completions: [2])))
        var other = try self.attempt([cancelled], .disabled)
        #expect(try other.wait(.leaf(.cancel)) == .completed)
        #expect(other.machine.take(.cancel) == .void)
    }

    @Test func `telling the callees is replayed`() throws {
        var attempt = Attempt(
            known: [
                input(), call((1, 2), "a"), callee(1, "my-id-1"), call((3, 4), "b"),
                callee(3, "my-id-2"), cancelled, cancelSignal(to: "my-id-1"),
            ], closed: true)
        try attempt.begin()
        let (one, two) = (try attempt.call("a"), try attempt.call("b"))
        #expect(try attempt.wait(first(leaf(one.result), leaf(two.result))) == .cancelled)
        try attempt.machine.end()
        try attempt.expect(cancelSignal(to: "my-id-2"), EndMessage())
    }

    @Test func `an earlier result wins`() throws {
        var attempt = try attempt([called(2, "x"), cancelled])
        let ids = try attempt.call()
        #expect(try attempt.text(ids.result) == "x")
        try attempt.finish()
        try attempt.expect(call((1, 2)), output(""), EndMessage())
    }

    @Test(arguments: [ProtocolVersion.v6, .v7])
    func `after a cancellation, the compensation runs to its end`(
        version: ProtocolVersion
    ) throws {
        var attempt = try attempt(
            [callee(1, "my-id"), cancelled], version: version, closed: false)
        let ids = try attempt.call()
        #expect(try attempt.wait(leaf(ids.result)) == .cancelled)
        #expect(attempt.machine.take(.cancel) == nil)
        let id = try attempt.run("undo")
        #expect(try attempt.wait(leaf(id)) == .execute(run: id))
        try attempt.machine.proposeRun(id, .value("done".bytes))
        attempt.feed(version == .v7 ? ack(id) : ran(id, "done"))
        #expect(try attempt.text(id) == "done")
        let undo = try attempt.call("undo")
        attempt.feed(callee(4, "undo-id"))
        attempt.feed(called(5, "undone"))
        #expect(try attempt.text(undo.result) == "undone")
        let nap = try attempt.sleep()
        attempt.close()
        attempt.expectSuspension(on: leaf(nap))
        let last = try #require(try attempt.written().last?.frame)
        let message = try SuspensionMessage(decoding: last.payload)
        // The cancel signal stays in every tree.
        if version == .v7 {
            #expect(message == suspension(on: nap))
        } else {
            #expect(message.completions == [nap] && message.signals == [1])
        }
    }

    @Test func `a second signal cancels again, and what was called since`() throws {
        var attempt = try attempt([callee(1, "one"), cancelled], closed: false)
        let one = try attempt.call("a")
        #expect(try attempt.wait(leaf(one.result)) == .cancelled)
        let two = try attempt.call("b")
        attempt.feed(callee(3, "two"))
        #expect(try attempt.wait(leaf(two.result)) == .wait(forInput: true, forRun: false))
        _ = try attempt.written()
        attempt.feed(cancelled)
        #expect(try attempt.wait(leaf(two.result)) == .cancelled)
        try attempt.expect(cancelSignal(to: "two"))
    }

    // MARK: Explicit

    @Test func `without implicit cancellation, calls are cancelled when the program wants it`()
        throws
    {
        var attempt = try attempt([callee(2, "two")], .disabled, closed: false)
        _ = try attempt.machine.send(CallRequest(service: "s", handler: "h"), at: here)
        let one = try attempt.call("one")
        _ = try attempt.written()
        attempt.feed(cancelled)
        #expect(try attempt.wait(leaf(one.result)) == .wait(forInput: true, forRun: false))
        #expect(try attempt.machine.cancelCalls(at: here) == .done(["two"]))
        try attempt.expect(awaiting(tree(completions: [3])), cancelSignal(to: "two"))
        #expect(try attempt.machine.cancelCalls(at: here) == .done([]))
        try attempt.expect()
    }

    @Test func `the ids of callees are waited for, and not the signal`() throws {
        var attempt = try attempt([], .disabled, closed: false)
        _ = try attempt.call("one")
        _ = try attempt.written()
        #expect(try attempt.machine.cancelCalls(at: here) == .wait)
        try attempt.expect(awaiting(tree(completions: [1])))
        attempt.close()
        #expect(throws: AttemptEndCause.suspended) { try attempt.machine.cancelCalls(at: here) }
        try attempt.expect(suspension(tree(completions: [1])))
    }

    // MARK: Shields

    @Test func `behind a shield a cancellation is heard of, and ends nothing`() throws {
        var attempt = try attempt([], closed: false)
        attempt.machine.shields += 1
        let nap = try attempt.sleep()
        _ = try attempt.written()
        #expect(try attempt.wait(leaf(nap)) == .wait(forInput: true, forRun: false))
        try attempt.expect(awaiting(tree(completions: [nap], signals: [1])))
        attempt.feed(cancelled)
        // It has come, so it is not waited for any more: a server would go on at once, for ever.
        #expect(try attempt.wait(leaf(nap)) == .wait(forInput: true, forRun: false))
        try attempt.expect(awaiting(tree(completions: [nap])))
        attempt.feed(slept(nap))
        #expect(try attempt.wait(leaf(nap)) == .completed)
        #expect(attempt.take(nap) == .void)
        attempt.machine.shields -= 1
        #expect(try attempt.wait(leaf(try attempt.sleep())) == .cancelled)
    }

    @Test(arguments: [false, true])
    func `behind a shield an attempt suspends on the signal too, until it has come`(
        hasCome: Bool
    ) throws {
        var attempt = try attempt(hasCome ? [cancelled] : [], version: .v6)
        attempt.machine.shields += 1
        let nap = try attempt.sleep()
        attempt.expectSuspension(on: leaf(nap))
        let last = try #require(try attempt.written().last?.frame)
        let message = try SuspensionMessage(decoding: last.payload)
        #expect(message.completions == [nap] && message.signals == (hasCome ? [] : [1]))
    }

    @Test func `a run that executes goes on`() throws {
        var attempt = try attempt([], closed: false)
        let id = try attempt.run()
        #expect(try attempt.wait(leaf(id)) == .execute(run: id))
        attempt.feed(cancelled)
        #expect(try attempt.wait(leaf(id)) == .cancelled)
        _ = try attempt.written()
        let nap = try attempt.sleep()
        #expect(try attempt.wait(leaf(nap)) == .wait(forInput: true, forRun: false))
        // It still executes, so nothing is reported.
        try attempt.expect(sleep(2))
        try attempt.machine.proposeRun(id, .value([]))
        #expect(
            try attempt.written() == [
                Written(proposal(1, .value([])), flags: FrameHeader.requestedAck)
            ])
    }

    @Test func `a cancellation in a tree`() throws {
        var attempt = try attempt([slept(1), cancelled])
        _ = (try attempt.sleep(), try attempt.sleep())
        #expect(try attempt.wait(all(leaf(1), leaf(2))) == .cancelled)
        #expect(attempt.take(1) == .void)
    }

    @Test func `a callee without an id is a violation`() throws {
        var attempt = try attempt([slept(1), cancelled])
        let ids = try attempt.call()
        #expect(failure { _ = try attempt.wait(leaf(ids.result)) }?.code == 571)
        _ = try attempt.expectError(571, after: call((1, 2)))
    }

    @Test func `callees are told in the order of the calls`() throws {
        let callees = (0..<50).map { callee(UInt32($0 * 2 + 1), "callee-\($0)") }
        var attempt = try attempt(callees.reversed() + [cancelled])
        for index in 0..<50 { _ = try attempt.call("\(index)") }
        // Every other one's id is known because the program took it.
        for index in stride(from: 0, to: 50, by: 2) {
            #expect(try attempt.text(UInt32(index * 2 + 1)) == "callee-\(index)")
        }
        _ = try attempt.written()
        #expect(try attempt.wait(leaf(2)) == .cancelled)
        #expect(
            try attempt.written()
                == (0..<50).map { Written(cancelSignal(to: "callee-\($0)")) })
    }
}
