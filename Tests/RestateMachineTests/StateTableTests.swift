import RestateMachine
import RestateProtocol
import Testing

/// Every state with every input: the answer, and the state after it.
@Suite struct StateTableTests {
    enum State: CaseIterable, Sendable {
        case awaitingStart, receivingJournal, replaying, processing, suspended, closed, failed
        case aborted

        var hasEnded: Bool {
            switch self {
            case .awaitingStart, .receivingJournal, .replaying, .processing: false
            case .suspended, .closed, .failed, .aborted: true
            }
        }

        /// What every operation throws here, once the attempt has ended.
        var end: AttemptEndCause? {
            switch self {
            case .awaitingStart, .receivingJournal, .replaying, .processing: nil
            case .suspended: .suspended
            case .closed, .aborted: .closed
            case .failed: .failed(AttemptFailure(message: "stored"))
            }
        }
    }

    enum Answer: Equatable {
        /// Accepted; this is the state then.
        case next(State)
        /// Accepted or not, nothing has changed and nothing is written.
        case ignored
        case fails(UInt32)
    }

    /// A machine in this state, its output drained. In `replaying`, a sleep is left.
    func machine(_ state: State) throws -> Attempt {
        var attempt = Attempt(known: [input(), sleep(1)])
        switch state {
        case .awaitingStart:
            attempt.machine = InvocationMachine(version: .v7)
        case .receivingJournal:
            attempt.machine = InvocationMachine(version: .v7)
            var start = StartMessage()
            start.knownEntries = 2
            attempt.feed(start)
        case .replaying:
            try attempt.begin()
        case .processing, .suspended, .closed, .failed, .aborted:
            try attempt.begin()
            _ = try attempt.sleep()
        }
        switch state {
        case .suspended:
            attempt.close()
            attempt.expectSuspension(on: leaf(1))
        case .closed: try attempt.finish()
        case .failed: attempt.machine.fail(AttemptFailure(message: "stored"))
        case .aborted: attempt.machine.abort()
        case .awaitingStart, .receivingJournal, .replaying, .processing: break
        }
        _ = try attempt.written()
        expect(attempt, is: state)
        return attempt
    }

    func expect(
        _ attempt: Attempt, is state: State, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(attempt.hasEnded == state.hasEnded, sourceLocation: sourceLocation)
        #expect(
            attempt.isReady == (state == .replaying || state == .processing),
            sourceLocation: sourceLocation)
        #expect(attempt.isProcessing == (state == .processing), sourceLocation: sourceLocation)
        #expect(attempt.outcome == state.end, sourceLocation: sourceLocation)
    }

    func expect(
        _ answer: Answer, from state: State, _ attempt: Attempt, _ what: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var attempt = attempt
        switch answer {
        case .next(let next):
            expect(attempt, is: next, sourceLocation: sourceLocation)
        case .ignored:
            expect(attempt, is: state, sourceLocation: sourceLocation)
            #expect(!attempt.hasOutput, "\(what)", sourceLocation: sourceLocation)
        case .fails(let code):
            let frames = try attempt.written()
            #expect(frames.count == 1, "\(what)", sourceLocation: sourceLocation)
            #expect(
                frames.first?.error?.failureCode == code, "\(what)",
                sourceLocation: sourceLocation)
            guard case .failed(let failure) = attempt.outcome else {
                Issue.record("\(what) did not fail", sourceLocation: sourceLocation)
                return
            }
            #expect(failure.code == code, sourceLocation: sourceLocation)
            // It stays so, and nothing else is written.
            attempt.feed(input())
            attempt.close()
            #expect(throws: AttemptEndCause.failed(failure), sourceLocation: sourceLocation) {
                try attempt.sleep()
            }
            #expect(!attempt.hasOutput, sourceLocation: sourceLocation)
        }
    }

    // MARK: Frames

    /// All known codes, and some that are not.
    static let codes =
        MessageType.allCases.map(\.rawValue) + [
            0x0008, 0x03FF, 0x040F, 0x04FF, 0x7FFF, 0x8000, 0x80FF, 0xFBFE, 0xFC00, 0xFFFF,
        ]

    func frame(_ code: UInt16) -> [UInt8] {
        let payload: any Message
        switch MessageType(rawValue: code) {
        case .start:
            var start = StartMessage()
            start.knownEntries = 2
            payload = start
        case .proposeRunCompletionAck:
            payload = ack(1)
        default:
            payload =
                MessageKind(code: code) == .notification ? slept(1) : EndMessage()
        }
        var bytes = encoded(payload)
        (bytes[0], bytes[1]) = (UInt8(code >> 8), UInt8(code & 0xFF))
        return bytes
    }

    func answer(_ state: State, to code: UInt16) -> Answer {
        let kind = MessageKind(code: code)
        let type = MessageType(rawValue: code)
        if state.hasEnded { return .ignored }
        if kind == .control, type == nil || type == .commandAck { return .fails(500) }
        switch (state, kind) {
        case (.awaitingStart, _): return type == .start ? .next(.receivingJournal) : .fails(571)
        case (.receivingJournal, .command), (.receivingJournal, .notification): return .ignored
        case (.replaying, .notification), (.processing, .notification): return .ignored
        default: return .fails(571)
        }
    }

    @Test(arguments: State.allCases)
    func `every frame`(state: State) throws {
        for code in Self.codes {
            var attempt = try machine(state)
            attempt.machine.receive(frame(code))
            try expect(
                answer(state, to: code), from: state, attempt, "\(state), frame \(code)")
        }
    }

    @Test func `the journal is complete with its last entry`() throws {
        for last in [input() as any Message, slept(1)] {
            var attempt = try machine(.receivingJournal)
            attempt.feed(input())
            #expect(!attempt.isReady)
            attempt.feed(last)
            #expect(attempt.isReady && !attempt.isProcessing)
        }
    }

    @Test(arguments: State.allCases)
    func `the end of the input`(state: State) throws {
        var attempt = try machine(state)
        attempt.close()
        let isEarly = state == .awaitingStart || state == .receivingJournal
        try expect(isEarly ? .fails(571) : .ignored, from: state, attempt, "\(state)")
    }

    // MARK: Operations

    struct Operation: Sendable {
        var name: String
        var inReplay: Answer
        var inProcessing: Answer
        var perform: @Sendable (inout InvocationMachine) throws -> Void

        init(
            _ name: String, _ inReplay: Answer = .fails(570),
            _ inProcessing: Answer = .next(.processing),
            _ perform: @escaping @Sendable (inout InvocationMachine) throws -> Void
        ) {
            self.name = name
            self.inReplay = inReplay
            self.inProcessing = inProcessing
            self.perform = perform
        }
    }

    static let operations = [
        Operation("input", .fails(570), .fails(571)) { try $0.readInput() },
        Operation("sleep", .next(.processing)) { _ = try $0.sleep(until: 1, at: here) },
        Operation("get") { _ = try $0.getState([], at: here) },
        Operation("keys") { _ = try $0.stateKeys(at: here) },
        Operation("set") { try $0.setState([], [], at: here) },
        Operation("clear") { try $0.clearState([], at: here) },
        Operation("clear all") { try $0.clearAllState(at: here) },
        Operation("call") { _ = try $0.call(request(), at: here) },
        Operation("send") { _ = try $0.send(request(), at: here) },
        Operation("run") { _ = try $0.run(name: "", at: here) },
        Operation("attach") { _ = try $0.attach(.id(""), at: here) },
        Operation("output of") { _ = try $0.invocationOutput(.id(""), at: here) },
        Operation("get promise") { _ = try $0.getPromise("", at: here) },
        Operation("peek promise") { _ = try $0.peekPromise("", at: here) },
        Operation("complete promise") {
            _ = try $0.completePromise("", .value([]), at: here)
        },
        Operation("awakeable", .ignored, .ignored) { _ = try $0.awakeable() },
        Operation("complete awakeable") {
            try $0.completeAwakeable("", .value([]), at: here)
        },
        Operation("signal") {
            try $0.sendSignal(to: "", name: "", result: .value([]), at: here)
        },
        Operation("cancel") { try $0.cancelInvocation("", at: here) },
        Operation("output") { try $0.writeOutput(.value([]), at: here) },
        Operation("await") { _ = try $0.awaitPoint(leaf(1), at: here) },
    ]

    @Test(arguments: State.allCases)
    func `every operation`(state: State) throws {
        for operation in Self.operations {
            var attempt = try machine(state)
            let answer: Answer
            switch state {
            case .awaitingStart, .receivingJournal: answer = .fails(571)
            case .replaying: answer = operation.inReplay
            case .processing: answer = operation.inProcessing
            case .suspended, .closed, .failed, .aborted: answer = .ignored
            }
            do {
                try operation.perform(&attempt.machine)
                #expect(!state.hasEnded, "\(operation.name)")
            } catch let end as AttemptEndCause {
                #expect(end == attempt.outcome, "\(operation.name)")
            }
            try expect(answer, from: state, attempt, "\(state), \(operation.name)")
        }
    }

    @Test(arguments: State.allCases)
    func `ending`(state: State) throws {
        var attempt = try machine(state)
        let end = Result { try attempt.machine.end() }
        switch state {
        case .awaitingStart, .receivingJournal, .replaying:
            try expect(.fails(571), from: state, attempt, "\(state)")
        case .processing:
            try attempt.expect(EndMessage())
            expect(attempt, is: .closed)
        case .closed, .aborted:
            #expect(throws: Never.self) { try end.get() }
            try expect(.ignored, from: state, attempt, "\(state)")
        case .suspended, .failed:
            #expect(throws: AttemptEndCause.self) { try end.get() }
            try expect(.ignored, from: state, attempt, "\(state)")
        }
    }

    @Test(arguments: State.allCases)
    func `failing`(state: State) throws {
        var attempt = try machine(state)
        attempt.machine.fail(AttemptFailure(message: "mine"))
        try expect(state.hasEnded ? .ignored : .fails(500), from: state, attempt, "\(state)")
    }

    @Test(arguments: State.allCases)
    func `aborting`(state: State) throws {
        var attempt = try machine(state)
        attempt.machine.abort()
        try expect(
            state.hasEnded ? .ignored : .next(.aborted), from: state, attempt, "\(state)")
        #expect(!attempt.hasOutput)
    }

    @Test(arguments: State.allCases)
    func `taking, looking and proposing change nothing`(state: State) throws {
        var attempt = try machine(state)
        #expect(attempt.take(1) == nil && !attempt.isCompleted(.cancel))
        #expect(attempt.machine.nextRun() == nil)
        if state == .failed {
            #expect(throws: AttemptEndCause.self) {
                try attempt.machine.proposeRun(1, .value([]))
            }
        } else {
            try attempt.machine.proposeRun(1, .value([]))
        }
        try expect(.ignored, from: state, attempt, "\(state)")
    }
}
