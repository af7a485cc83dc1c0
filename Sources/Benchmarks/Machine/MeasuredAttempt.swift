import RestateMachine
import RestateProtocol

/// An attempt without a handler: what came in, and the operations that follow.
struct MeasuredAttempt {
    typealias Operations = (inout InvocationMachine) throws(AttemptEndCause) -> Void

    /// The journal, cut as a connection cuts it.
    private let chunks: [[UInt8]]
    private let operations: Operations
    /// What a run writes: another number means that something went wrong.
    private(set) var outputSize = 0

    private init(_ journal: [UInt8], _ operations: @escaping Operations) {
        let size = 16 << 10
        chunks = stride(from: 0, to: journal.count, by: size).map { start in
            Array(journal[start..<min(start + size, journal.count)])
        }
        self.operations = operations
        outputSize = run()
    }

    /// Makes the attempt.
    /// - Returns: how many bytes it wrote.
    func run() -> Int {
        var machine = InvocationMachine(version: .v6)
        for chunk in chunks { machine.receive(chunk) }
        do {
            try machine.readInput()
            try operations(&machine)
            try machine.writeOutput(.value([0x31]), at: CallSite())
            try machine.end()
        } catch {
            preconditionFailure("A measured attempt ended early: \(error)")
        }
        return machine.takeOutput().count
    }

    // MARK: What is measured

    /// Runs whose results are in the journal: read, compared, and their results taken.
    static func replayingRuns(_ count: Int) -> MeasuredAttempt {
        var journal = journal(entries: 2 * count)
        for index in 1...count {
            let id = UInt32(index)
            journal.frame(RunCommand(completionID: id, name: "step"))
            journal.frame(
                NotificationMessage(.runCompletion, .completion(id), .value([0x31])))
        }
        return MeasuredAttempt(journal.bytes) { machine throws(AttemptEndCause) in
            for _ in 0..<count {
                let run = try machine.run(name: "step", at: CallSite())
                try expect(.completion(run.completionID), &machine)
            }
        }
    }

    static func settingState(_ count: Int) -> MeasuredAttempt {
        let (key, value) = (Bytes("key".utf8), Bytes("\"a value of some length\"".utf8))
        return MeasuredAttempt(journal(entries: 0).bytes) { machine throws(AttemptEndCause) in
            for _ in 0..<count { try machine.setState(key, value, at: CallSite()) }
        }
    }

    static func sending(_ count: Int) -> MeasuredAttempt {
        let request = CallRequest(
            service: "Greeter", handler: "greet", parameter: Bytes("\"alice\"".utf8))
        return MeasuredAttempt(journal(entries: 0).bytes) { machine throws(AttemptEndCause) in
            for _ in 0..<count {
                _ = try machine.send(request, invokeTime: 0, at: CallSite())
            }
        }
    }

    /// Reads of what came with the invocation.
    static func readingState(_ count: Int) -> MeasuredAttempt {
        let state = (0..<10).map { index in
            StateEntry(key: Bytes("key\(index)".utf8), value: Bytes("\(index)".utf8))
        }
        let keys = state.map(\.key)
        let journal = journal(entries: 0, state: state)
        return MeasuredAttempt(journal.bytes) { machine throws(AttemptEndCause) in
            for index in 0..<count {
                let id = try machine.getState(keys[index % keys.count], at: CallSite())
                try expect(.completion(id), &machine)
            }
        }
    }

    /// `Start` and the input; `entries` more are to follow.
    private static func journal(entries: Int, state: [StateEntry] = []) -> FieldWriter {
        var start = StartMessage()
        start.id = Bytes((0..<24).map { UInt8($0) })
        start.debugID = "inv_1dVJCPwfdmVh4d01TyNmbK6fH7xe0OYl1L"
        start.knownEntries = UInt32(1 + entries)
        start.stateMap = state
        start.randomSeed = 4_501_261_567_194_429_306
        var input = InputCommand()
        input.value = Bytes("1".utf8)
        var journal = FieldWriter()
        journal.frame(start)
        journal.frame(input)
        return journal
    }
}

/// Waits for a result that is there, and takes it.
private func expect(
    _ id: NotificationID, _ machine: inout InvocationMachine
) throws(AttemptEndCause) {
    guard try machine.awaitPoint(.leaf(id), at: CallSite()) == .completed,
        machine.take(id) != nil
    else { preconditionFailure("A result that is known was waited for") }
}
