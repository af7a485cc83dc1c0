import RestateMachine
import RestateProtocol
import Testing

@Suite struct AwaitTests {
    @Test(arguments: [true, false])
    func `a call need not be awaited`(closed: Bool) throws {
        var attempt = Attempt(known: [input()], closed: closed)
        try attempt.begin()
        #expect(try attempt.call() == (1, 2))
        try attempt.finish("Whatever")
        try attempt.expect(call((1, 2)), output("Whatever"), EndMessage())
    }

    @Test func `the same result may be awaited twice`() throws {
        var attempt = Attempt(known: [input()])
        try attempt.begin()
        let id = try attempt.machine.awakeable().signal
        let waiting = AwaitAnswer.wait(forInput: true, forRun: false)
        #expect(try attempt.wait(signal(id)) == waiting)
        #expect(try attempt.wait(signal(id)) == waiting)
        attempt.close()
        attempt.expectSuspension(on: signal(id))
        let tree = tree(signals: [17, 1])
        try attempt.expect(awaiting(tree), awaiting(tree), suspension(tree))
    }

    @Test func `what is awaited shrinks as results come`() throws {
        var attempt = Attempt(known: [input()])
        try attempt.begin()
        for _ in 0..<3 { _ = try attempt.machine.awakeable() }
        let three = all(signal(17), signal(18), signal(19))
        let waiting = AwaitAnswer.wait(forInput: true, forRun: false)
        #expect(try attempt.wait(three) == waiting)
        attempt.feed(signalled(17, .void))
        #expect(try attempt.wait(three) == waiting)
        attempt.feed(signalled(18, .void))
        #expect(try attempt.wait(three) == waiting)
        attempt.close()
        attempt.expectSuspension(on: three)
        func left(_ signals: UInt32...) -> FutureTree {
            tree(signals: [1], tree(.allCompleted, signals: signals))
        }
        try attempt.expect(
            awaiting(left(17, 18, 19)), awaiting(left(18, 19)), awaiting(left(19)),
            suspension(left(19)))
    }

    @Test func `a combinator is replayed as it was decided`() throws {
        var attempt = Attempt(
            known: [input(), sleep(1), sleep(2), slept(2), sleep(3)], closed: true)
        try attempt.begin()
        let (one, two) = (try attempt.sleep(), try attempt.sleep())
        #expect(try attempt.wait(first(leaf(one), leaf(two))) == .completed)
        #expect(!attempt.isProcessing)
        #expect(!attempt.isCompleted(.completion(one)))
        #expect(attempt.isCompleted(.completion(two)))
        let three = try attempt.sleep()
        #expect(attempt.isProcessing)
        attempt.expectSuspension(on: leaf(three))
        try attempt.expect(suspension(on: 3))
    }

    @Test func `a taken result is gone`() throws {
        var attempt = Attempt(known: [input(), sleep(1), slept(1)], closed: true)
        try attempt.begin()
        #expect(try attempt.value(try attempt.sleep()) == .void)
        #expect(attempt.take(1) == nil)
        attempt.expectSuspension(on: leaf(1))
    }

    @Test func `results are seen one at a time, in the journal's order`() throws {
        var attempt = Attempt(
            known: [input(), sleep(1), sleep(2), slept(2), slept(1)], closed: true)
        try attempt.begin()
        _ = (try attempt.sleep(), try attempt.sleep())
        #expect(attempt.take(2) == nil)
        #expect(try attempt.wait(first(leaf(1), leaf(2))) == .completed)
        #expect(attempt.take(1) == nil)
        #expect(attempt.take(2) == .void)
        #expect(try attempt.value(1) == .void)
    }

    @Test func `many results settle one tree`() throws {
        let ids = 1...UInt32(500)
        var attempt = Attempt(
            known: [input()] + ids.map { sleep($0) }, later: ids.reversed().map { slept($0) },
            closed: true)
        try attempt.begin()
        for _ in ids { _ = try attempt.sleep() }
        #expect(try attempt.wait(.node(.allCompleted, ids.map(leaf))) == .completed)
        for id in ids { #expect(attempt.take(id) == .void) }
    }
}

/// Two calls; the second is awaited first, then state is written, then the first is awaited.
@Suite struct ReverseAwaitTests {
    func handler(_ attempt: inout Attempt) throws {
        try attempt.begin()
        let one = try attempt.call("Francesco").result
        let two = try attempt.call("Till").result
        guard try attempt.wait(leaf(two)) == .completed else { return }
        guard case .value(let value) = attempt.take(two) else { return }
        try attempt.machine.setState("A2".bytes, value, at: here)
        guard try attempt.wait(leaf(one)) == .completed else { return }
        guard case .value(let firstValue) = attempt.take(one) else { return }
        try attempt.finish("\(firstValue.text)-\(value.text)")
    }

    func attempt(_ results: [any Message]) -> Attempt {
        Attempt(
            start: start(partial: true), known: [input()], later: results, closed: true)
    }

    let calls: [any Message] = [call((1, 2), "Francesco"), call((3, 4), "Till")]

    @Test func `none completed`() throws {
        var attempt = attempt([])
        #expect(throws: AttemptEndCause.suspended) { try handler(&attempt) }
        try attempt.expect(calls[0], calls[1], suspension(on: 4))
    }

    @Test(arguments: [true, false])
    func `both completed, in any order`(firstFirst: Bool) throws {
        let results = [called(2, "FRANCESCO"), called(4, "TILL")]
        var attempt = attempt(
            [callee(1, "a"), callee(3, "b")] + (firstFirst ? results : results.reversed()))
        try handler(&attempt)
        try attempt.expect(
            calls[0], calls[1], set("A2", "TILL"), output("FRANCESCO-TILL"), EndMessage())
    }

    @Test func `only the second completed`() throws {
        var attempt = attempt([called(4, "TILL")])
        #expect(throws: AttemptEndCause.suspended) { try handler(&attempt) }
        try attempt.expect(calls[0], calls[1], set("A2", "TILL"), suspension(on: 2))
    }

    @Test func `only the first completed`() throws {
        var attempt = attempt([called(2, "FRANCESCO")])
        #expect(throws: AttemptEndCause.suspended) { try handler(&attempt) }
        try attempt.expect(calls[0], calls[1], suspension(on: 4))
    }
}
