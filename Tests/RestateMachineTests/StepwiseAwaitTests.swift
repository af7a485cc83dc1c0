import RestateMachine
import RestateProtocol
import Testing

/// Awakeables, awaited step by step without implicit cancellation. They are counted from 0 here.
@Suite struct StepwiseAwaitTests {
    struct Story {
        var attempt: Attempt

        init() throws {
            var options = MachineOptions()
            options.implicitCancellation = .disabled
            attempt = Attempt(options: options, known: [input()])
            try attempt.begin()
            for _ in 0..<4 { _ = try attempt.machine.awakeable() }
        }

        /// Nothing is decided, and the server is told what is left.
        mutating func waits(
            _ tree: AwaitTree, for rest: FutureTree? = nil, _ location: SourceLocation
        ) throws {
            #expect(
                try attempt.wait(tree) == .wait(forInput: true, forRun: false),
                sourceLocation: location)
            let frames = try attempt.written()
            #expect(frames.count == 1, sourceLocation: location)
            if let rest {
                #expect(frames.first?.awaitingOn == rest, sourceLocation: location)
            }
        }

        mutating func arrive(_ indices: UInt32..., failed: Bool = false) {
            for index in indices {
                let failure = NotificationResult.failure(Failure(code: 500, message: "no"))
                attempt.feed(signalled(17 + index, failed ? failure : .value("x".bytes)))
            }
        }

        /// Something is decided, and exactly these results are there; they are taken.
        mutating func done(
            _ tree: AwaitTree, _ indices: Set<UInt32>, _ location: SourceLocation
        ) throws {
            #expect(try attempt.wait(tree) == .completed, sourceLocation: location)
            taken(indices, location)
        }

        mutating func taken(_ indices: Set<UInt32>, _ location: SourceLocation) {
            let ready = (0..<4).filter { attempt.machine.take(.signal(17 + $0)) != nil }
            #expect(Set(ready) == indices, sourceLocation: location)
        }
    }

    func a(_ index: UInt32) -> AwaitTree { signal(17 + index) }

    @Test func `first gives the first`() throws {
        var story = try Story()
        try story.waits(first(a(0), a(1)), for: tree(signals: [17, 18]), #_sourceLocation)
        story.arrive(1, 0)
        story.attempt.close()
        try story.done(first(a(0), a(1)), [1], #_sourceLocation)
    }

    @Test func `all of first and all, progressive`() throws {
        var story = try Story()
        let whole = all(first(a(0), a(1)), all(a(0), a(1), a(2)))
        try story.waits(
            whole,
            for: tree(
                .allCompleted, tree(signals: [17, 18]),
                tree(.allCompleted, signals: [17, 18, 19])), #_sourceLocation)
        story.arrive(1)
        try story.done(whole, [1], #_sourceLocation)
        story.arrive(0)
        try story.waits(
            all(all(a(0), a(2))), for: tree(.allCompleted, tree(.allCompleted, signals: [19])),
            #_sourceLocation)
        story.taken([0], #_sourceLocation)
        story.arrive(2)
        try story.done(all(all(a(2))), [2], #_sourceLocation)
    }

    @Test func `all of first and all, in one batch`() throws {
        var story = try Story()
        let whole = all(first(a(0), a(1)), all(a(0), a(1), a(2)))
        try story.waits(whole, #_sourceLocation)
        story.arrive(1, 0, 2)
        try story.done(whole, [1], #_sourceLocation)
        try story.done(all(all(a(0), a(2))), [0, 2], #_sourceLocation)
    }

    @Test func `all of two firsts`() throws {
        for second in [first(a(1), a(2)), first(a(2), a(1))] {
            var story = try Story()
            let whole = all(first(a(0), a(1)), second)
            try story.waits(whole, #_sourceLocation)
            story.arrive(2, 1)
            try story.done(whole, [2], #_sourceLocation)
            try story.done(all(first(a(0), a(1))), [1], #_sourceLocation)
        }
    }

    @Test func `one result decides both firsts`() throws {
        var story = try Story()
        let whole = all(first(a(0), a(1)), first(a(2), a(1)))
        try story.waits(whole, #_sourceLocation)
        story.arrive(1, 0)
        try story.done(whole, [1], #_sourceLocation)
    }

    @Test func `what is left of all is suspended on`() throws {
        var story = try Story()
        story.arrive(1)
        let rest = tree(.allCompleted, signals: [17])
        try story.waits(all(a(0), a(1)), for: rest, #_sourceLocation)
        story.taken([1], #_sourceLocation)
        story.attempt.close()
        story.attempt.expectSuspension(on: all(a(0)))
        try story.attempt.expect(suspension(rest))
    }

    @Test func `the input may have ended before`() throws {
        var story = try Story()
        story.arrive(1)
        story.attempt.close()
        story.attempt.expectSuspension(on: all(a(0), a(1)))
        try story.attempt.expect(suspension(tree(.allCompleted, signals: [17])))
    }

    @Test func `an unknown inside interrupts`() throws {
        for combine in [{ all($0, $1) }, { anyOf($0, $1) }] {
            var story = try Story()
            let whole = combine(unknown(a(0), a(1)), first(a(2), a(1)))
            try story.waits(whole, #_sourceLocation)
            story.arrive(1, 0)
            try story.done(whole, [1], #_sourceLocation)
        }
    }

    @Test func `a failure cuts all-of short`() throws {
        var story = try Story()
        let whole = allOf(first(a(0), a(1)), first(a(2), a(3)))
        try story.waits(whole, #_sourceLocation)
        story.arrive(1, 0, 2, 3, failed: true)
        try story.done(whole, [1], #_sourceLocation)
    }

    @Test func `all never fails, so all-of goes on`() throws {
        var story = try Story()
        let whole = allOf(all(a(0), a(1)), all(a(2), a(3)))
        try story.waits(whole, #_sourceLocation)
        story.arrive(1, failed: true)
        try story.waits(
            whole,
            for: tree(
                .allSucceededOrFirstFailed, tree(.allCompleted, signals: [17]),
                tree(.allCompleted, signals: [19, 20])), #_sourceLocation)
        story.arrive(0, failed: true)
        try story.waits(
            whole,
            for: tree(.allSucceededOrFirstFailed, tree(.allCompleted, signals: [19, 20])),
            #_sourceLocation)
        story.taken([0, 1], #_sourceLocation)
    }

    @Test func `all-of with an unknown that shares a leaf, in one batch`() throws {
        var story = try Story()
        let whole = allOf(unknown(a(0), a(1)), all(a(2), a(1)))
        try story.waits(whole, #_sourceLocation)
        story.arrive(2, 1)
        try story.done(whole, [1, 2], #_sourceLocation)
    }

    @Test func `all-of with an unknown that shares a leaf, progressive`() throws {
        var story = try Story()
        let whole = allOf(unknown(a(0), a(1)), all(a(2), a(1)))
        try story.waits(whole, #_sourceLocation)
        story.arrive(2)
        try story.waits(
            whole,
            for: tree(
                .allSucceededOrFirstFailed, tree(.unknown, signals: [17, 18]),
                tree(.allCompleted, signals: [18])), #_sourceLocation)
        story.taken([2], #_sourceLocation)
        story.arrive(0)
        try story.done(allOf(unknown(a(0), a(1)), all(a(1))), [0], #_sourceLocation)
    }

    @Test func `all-of with an unknown apart`() throws {
        let whole = allOf(unknown(a(0), a(1)), all(a(2), a(3)))
        var batch = try Story()
        try batch.waits(whole, #_sourceLocation)
        batch.arrive(2, 3, 1)
        try batch.done(whole, [1, 2, 3], #_sourceLocation)

        var progressive = try Story()
        try progressive.waits(whole, #_sourceLocation)
        progressive.arrive(2, 3)
        try progressive.waits(
            whole, for: tree(.allSucceededOrFirstFailed, tree(.unknown, signals: [17, 18])),
            #_sourceLocation)
        progressive.taken([2, 3], #_sourceLocation)
        progressive.arrive(1)
        try progressive.done(allOf(unknown(a(0), a(1))), [1], #_sourceLocation)
    }
}
