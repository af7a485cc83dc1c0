import Primitives
import RestateMachine
import RestateProtocol
import Support
import Testing

/// A program and a server, both made of random numbers. What the program sees in one attempt, it
/// must see in every other one, wherever the journal is cut.
@Suite struct ReplayTests {
    /// What ends up in the server's journal, in its order.
    typealias Entry = any Message

    /// Issues commands and awaits trees; its choices depend on its seed alone.
    struct Program {
        var random: SplitMix
        var seen: [String] = []
        var pending: [NotificationID] = []

        init(seed: UInt64) {
            random = SplitMix(seed: seed)
        }

        /// Runs to the end, or to where the attempt ends. `progress` is asked whenever the
        /// program has to wait.
        mutating func run(
            _ machine: inout InvocationMachine,
            progress: (inout InvocationMachine, UInt32?) -> Void
        ) throws {
            try machine.readInput()
            for step in 0..<40 {
                switch random.below(10) {
                case 0: expect(try machine.sleep(until: 1, at: here))
                case 1:
                    let ids = try machine.call(request("\(step)"), at: here)
                    expect(ids.invocationID)
                    expect(ids.result)
                case 2: expect(try machine.send(request("\(step)"), at: here))
                case 3, 4: expect(try machine.run(name: "run \(step)", at: here).completionID)
                case 5: expect(try machine.getState("\(random.below(3))".bytes, at: here))
                case 6: try machine.setState("\(random.below(3))".bytes, "\(step)".bytes, at: here)
                case 7: pending.append(.signal(try machine.awakeable().signal))
                default:
                    guard !pending.isEmpty else { continue }
                    try wait(tree(depth: 0), &machine, progress)
                }
            }
            try machine.writeOutput(.value("done".bytes), at: here)
            try machine.end()
        }

        private mutating func expect(_ id: UInt32) { pending.append(.completion(id)) }

        private mutating func tree(depth: Int) -> AwaitTree {
            guard depth < 3, random.below(3) > 0 else {
                return .leaf(pending.randomElement(using: &random)!)
            }
            let combinator = Combinator.allCases.randomElement(using: &random)!
            let count = 1 + random.below(3)
            return .node(combinator, (0..<count).map { _ in tree(depth: depth + 1) })
        }

        private mutating func wait(
            _ tree: AwaitTree, _ machine: inout InvocationMachine,
            _ progress: (inout InvocationMachine, UInt32?) -> Void
        ) throws {
            while true {
                switch try machine.awaitPoint(tree, at: here) {
                case .execute(let id): progress(&machine, id)
                case .wait: progress(&machine, nil)
                case .cancelled:
                    seen.append("cancelled")
                    return
                case .completed:
                    pending.removeAll { id in
                        guard let result = machine.take(id) else { return false }
                        seen.append("\(id): \(result)")
                        return true
                    }
                    return
                }
            }
        }
    }

    /// Stores commands and answers them, each after a while.
    struct Server {
        var random: SplitMix
        var journal: [Entry] = []
        var open: [NotificationMessage] = []
        var proposals: [UInt32] = []
        var cancels: Bool

        init(seed: UInt64) {
            random = SplitMix(seed: seed)
            cancels = seed % 5 == 0
            open = (17..<30).map { signalled($0, .value("signal \($0)".bytes)) }
            journal = [input()]
        }

        mutating func store(_ machine: inout InvocationMachine) throws {
            var decoder = FrameDecoder()
            decoder.push(machine.takeOutput())
            while let frame = try decoder.next() { try store(frame) }
        }

        private mutating func store(_ frame: Frame) throws {
            func add<M: Message>(_ type: M.Type) throws -> M {
                let message = try M(decoding: frame.payload)
                journal.append(message)
                return message
            }
            switch frame.type {
            case .sleepCommand: open.append(slept(try add(SleepCommand.self).completionID))
            case .callCommand:
                let call = try add(CallCommand.self)
                open.append(callee(call.invocationIDCompletion, "callee"))
                let failure = NotificationResult.failure(Failure(code: 1, message: "failed"))
                open.append(
                    completed(
                        .callCompletion, call.completionID,
                        random.below(3) == 0 ? failure : .value(call.request.parameter)))
            case .oneWayCallCommand:
                let send = try add(OneWayCallCommand.self)
                open.append(callee(send.invocationIDCompletion, "callee"))
            case .runCommand: _ = try add(RunCommand.self)
            case .getLazyStateCommand:
                let get = try add(GetLazyStateCommand.self)
                open.append(completed(.getLazyStateCompletion, get.completionID))
            case .getEagerStateCommand: _ = try add(GetEagerStateCommand.self)
            case .setStateCommand: _ = try add(SetStateCommand.self)
            case .sendSignalCommand: _ = try add(SendSignalCommand.self)
            case .outputCommand: _ = try add(OutputCommand.self)
            case .proposeRunCompletion:
                let proposal = try ProposeRunCompletionMessage(decoding: frame.payload)
                proposals.append(proposal.completionID)
            default: break
            }
        }

        /// One thing happens.
        mutating func act(_ machine: inout InvocationMachine) {
            if cancels, journal.count > 20 {
                cancels = false
                journal.append(cancelled)
                machine.receive(encoded(cancelled))
            } else if let id = proposals.first, random.below(2) == 0 {
                proposals.removeFirst()
                journal.append(ran(id, "run \(id)"))
                machine.receive(encoded(ack(id)))
            } else if !open.isEmpty {
                let message = open.remove(at: random.below(open.count))
                journal.append(message)
                machine.receive(encoded(message))
            } else if proposals.isEmpty {
                machine.inputClosed()
            }
        }
    }

    /// The whole story in one attempt.
    private func live(seed: UInt64) throws -> (journal: [Entry], seen: [String]) {
        var attempt = Attempt(start: start(partial: true), known: [input()])
        var server = Server(seed: seed)
        var program = Program(seed: seed)
        var executing: [UInt32] = []
        do {
            try program.run(&attempt.machine) { machine, run in
                do {
                    if let run { executing.append(run) }
                    if let id = executing.last, run == nil {
                        executing.removeLast()
                        try machine.proposeRun(id, .value("run \(id)".bytes))
                    }
                    try server.store(&machine)
                    if run == nil { server.act(&machine) }
                } catch {
                    Issue.record(error)
                }
            }
        } catch AttemptEndCause.suspended {
        } catch AttemptEndCause.failed(let failure) {
            Issue.record("seed \(seed): \(failure.message)")
        }
        try server.store(&attempt.machine)
        return (server.journal, program.seen)
    }

    @Test func `what was seen is seen again, wherever the journal is cut`() throws {
        for seed in 0..<UInt64(60) {
            let (journal, seen) = try live(seed: seed)
            #expect(journal.count > 5)
            for cut in 1...journal.count {
                var attempt = Attempt(
                    start: start(partial: true), known: Array(journal[..<cut]), closed: true)
                var program = Program(seed: seed)
                do {
                    try program.run(&attempt.machine) { machine, run in
                        // Nothing that this attempt finds out is seen before it is stored.
                        if let run { try? machine.proposeRun(run, .value([])) }
                    }
                } catch AttemptEndCause.suspended {
                } catch AttemptEndCause.failed(let failure) {
                    Issue.record("seed \(seed), cut \(cut): \(failure.message)")
                }
                #expect(seen.starts(with: program.seen), "seed \(seed), cut \(cut)")
                #expect(attempt.hasEnded)
                if cut == journal.count { #expect(program.seen == seen, "seed \(seed)") }
            }
        }
    }
}
