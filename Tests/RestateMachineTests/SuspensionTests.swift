import RestateMachine
import RestateProtocol
import Testing

@Suite struct SleepTests {
    @Test func `a new sleep suspends`() throws {
        var attempt = Attempt(known: [input()], closed: true)
        try attempt.begin()
        let id = try attempt.sleep()
        attempt.expectSuspension(on: leaf(id))
        try attempt.expect(sleep(1), suspension(on: 1))
        #expect(attempt.take(id) == nil)
        #expect(throws: AttemptEndCause.suspended) { try attempt.machine.end() }
        #expect(!attempt.hasOutput)
    }

    @Test func `a sleep that is over goes on, whatever its time was`() throws {
        var attempt = Attempt(known: [input(), sleep(1, until: 5), slept(1)], closed: true)
        try attempt.begin()
        let id = try attempt.sleep()
        #expect(try attempt.value(id) == .void)
        try attempt.finish()
        try attempt.expect(output(""), EndMessage())
    }

    @Test func `a sleep that is not over suspends again`() throws {
        var attempt = Attempt(known: [input(), sleep(1)], closed: true)
        try attempt.begin()
        let id = try attempt.sleep()
        attempt.expectSuspension(on: leaf(id))
        try attempt.expect(suspension(on: 1))
    }

    @Test func `named sleeps keep their name`() throws {
        var attempt = Attempt(known: [input()], closed: true)
        try attempt.begin()
        _ = try attempt.sleep(name: "nap")
        try attempt.expect(sleep(1, name: "nap"))
    }
}

@Suite struct SuspensionTests {
    @Test func `the end of the input suspends the next await, not the current wait`() throws {
        var attempt = Attempt(start: start(partial: true), known: [input()])
        try attempt.begin()
        let id = try attempt.get("Personaggio")
        #expect(attempt.take(id) == nil)
        attempt.close()
        #expect(!attempt.hasEnded)
        attempt.expectSuspension(on: leaf(id))
        try attempt.expect(lazyGet("Personaggio", 1), suspension(on: 1))
    }

    @Test func `only what is awaited is suspended on`() throws {
        var attempt = Attempt(known: [input()])
        try attempt.begin()
        _ = try attempt.machine.awakeable()
        let second = try attempt.machine.awakeable().signal
        attempt.close()
        attempt.expectSuspension(on: signal(second))
        try attempt.expect(suspension(tree(signals: [18, 1])))
    }

    @Test func `results of all kinds can be awaited together`() throws {
        var attempt = Attempt(start: start(partial: true), known: [input()])
        try attempt.begin()
        let awakeable = try attempt.machine.awakeable().signal
        let id = try attempt.get("Personaggio")
        attempt.close()
        attempt.expectSuspension(
            on: first(signal(awakeable), .leaf(.namedSignal("abc")), leaf(id)))
        try attempt.expect(
            lazyGet("Personaggio", 1),
            suspension(tree(signals: [1], tree(completions: [1], signals: [17], names: ["abc"]))))
    }

    @Test func `what arrived before the input ended is used`() throws {
        var attempt = Attempt(known: [input()])
        try attempt.begin()
        let both = first(
            signal(try attempt.machine.awakeable().signal),
            signal(try attempt.machine.awakeable().signal))
        #expect(try attempt.wait(both) == .wait(forInput: true, forRun: false))
        attempt.feed(signalled(18, .value("x".bytes)))
        attempt.close()
        #expect(try attempt.wait(both) == .completed)
        #expect(attempt.machine.take(.signal(17)) == nil)
        #expect(attempt.machine.take(.signal(18)) == .value("x".bytes))
        try attempt.finish("x")
        try attempt.expect(
            awaiting(tree(signals: [1], tree(signals: [17, 18]))), output("x"), EndMessage())
    }

    @Test(arguments: [ProtocolVersion.v5, .v6])
    func `before version 7, a suspension is three lists`(version: ProtocolVersion) throws {
        var attempt = Attempt(version, known: [input()])
        try attempt.begin()
        let sleeping = try attempt.sleep()
        let awakeable = try attempt.machine.awakeable().signal
        let tree = all(
            first(leaf(sleeping), signal(awakeable)), .leaf(.namedSignal("abc")),
            leaf(sleeping))
        // Nothing is reported while it waits, either.
        #expect(try attempt.wait(tree) == .wait(forInput: true, forRun: false))
        attempt.close()
        attempt.expectSuspension(on: tree)
        var expected = SuspensionMessage()
        expected.completions = [1, 1]
        expected.signals = [1, 17]
        expected.namedSignals = ["abc"]
        try attempt.expect(sleep(1), expected)
    }

    @Test func `a single completion before version 7`() throws {
        var attempt = Attempt(.v6, known: [input()], closed: true)
        try attempt.begin()
        attempt.expectSuspension(on: leaf(try attempt.sleep()))
        var expected = SuspensionMessage()
        expected.completions = [1]
        expected.signals = [1]
        try attempt.expect(sleep(1), expected)
    }

    @Test func `nobody suspends on nothing`() throws {
        var options = MachineOptions()
        options.implicitCancellation = .disabled
        var attempt = Attempt(options: options, known: [input()], closed: true)
        try attempt.begin()
        #expect(failure { _ = try attempt.wait(first()) } != nil)
        #expect(try attempt.expectError(500).message.contains("empty set of futures"))
    }

    @Test func `all of nothing is there at once`() throws {
        var attempt = Attempt(known: [input()], closed: true)
        try attempt.begin()
        #expect(try attempt.wait(all()) == .completed)
        #expect(try attempt.wait(allOf(anyOf())) == .completed)
        #expect(try attempt.wait(all(all(), anyOf(all()))) == .completed)
    }

    @Test func `futures may not be nested without end`() throws {
        var attempt = Attempt(known: [input()], closed: true)
        try attempt.begin()
        var deep = leaf(1)
        for _ in 0..<AwaitTree.depthLimit { deep = all(deep) }
        attempt.expectSuspension(on: deep)
        let frames = try attempt.written()
        #expect(frames.count == 1 && frames[0].frame.type == .suspension)

        var other = Attempt(known: [input()], closed: true)
        try other.begin()
        #expect(failure { _ = try other.wait(all(deep)) } != nil)
        #expect(try other.expectError(500).message.contains("900 levels"))
    }
}
