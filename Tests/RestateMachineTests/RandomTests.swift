import Primitives
import RestateMachine
import RestateProtocol
import Support
import Testing

/// Whatever a peer sends and whatever a handler does, in any order: no trap, whole frames, and
/// nothing after the last one.
@Suite struct RandomTests {
    /// Frames that make sense somewhere.
    static let frames: [[UInt8]] = {
        var start = StartMessage()
        start.knownEntries = 3
        start.stateMap = [StateEntry(key: "a".bytes, value: "1".bytes)]
        let messages: [any Message] = [
            start, input("x"), input("y"), sleep(1), sleep(2), run(1), run(2), slept(1), slept(2),
            ran(1, "x"), ran(2, "x"), call((1, 2)), callee(1, "a"), callee(2, "b"), called(2, "x"),
            cancelled, signalled(17, .value([])), ack(1), ack(2), eagerGet("a", "1"),
            lazyGet("a", 1), set("a", "1"), clear("a"), lazyKeys(1), eagerKeys("a"), output("x"),
            cancelSignal(to: "a"), send(1), ClearAllStateCommand(), EndMessage(),
        ]
        return messages.map { encoded($0) }
    }()

    typealias Operation = @Sendable (inout InvocationMachine, Int) throws -> Void

    static let operations: [Operation] = {
        var operations: [Operation] = StateTableTests.operations.map { operation in
            { machine, _ in try operation.perform(&machine) }
        }
        operations.append { machine, _ in _ = try machine.run(name: "my-side-effect", at: here) }
        operations.append { machine, _ in _ = try machine.getState("a".bytes, at: here) }
        operations.append { machine, _ in try machine.setState("a".bytes, "1".bytes, at: here) }
        operations.append { machine, n in try machine.proposeRun(UInt32(n % 4), .value([])) }
        operations.append { machine, n in
            let policy = RunRetry(
                initialInterval: .seconds(n), factor: Double(n), maxAttempts: UInt32(n))
            try machine.proposeRun(
                UInt32(n % 4),
                .retryable(AttemptFailure(message: ""), policy: policy, elapsed: .zero))
        }
        for _ in 0..<3 {
            operations.append { machine, n in
                _ = try machine.awaitPoint(randomTree(UInt64(n)), at: here)
            }
        }
        operations.append { machine, n in _ = machine.take(.completion(UInt32(n % 5))) }
        operations.append { machine, _ in _ = machine.take(.cancel) }
        operations.append { machine, _ in _ = machine.nextRun() }
        operations.append { machine, _ in machine.inputClosed() }
        return operations
    }()

    static let endings: [@Sendable (inout InvocationMachine) throws -> Void] = [
        { try $0.end() }, { $0.abort() }, { $0.fail(AttemptFailure(message: "x")) },
    ]

    private func expectWholeFrames(_ bytes: [UInt8], seed: UInt64) throws {
        var decoder = FrameDecoder()
        decoder.push(bytes)
        var ended = false
        while let frame = try decoder.next() {
            #expect(!ended, "a frame after the end, seed \(seed)")
            ended = [.suspension, .error, .end].contains(frame.type)
        }
        #expect(!decoder.isInsideFrame, "seed \(seed)")
    }

    private func drain(_ machine: inout InvocationMachine, into bytes: inout [UInt8]) {
        bytes += machine.takeOutput()
    }

    @Test(arguments: ProtocolVersion.allCases)
    func `random frames and operations`(version: ProtocolVersion) throws {
        for seed in 0..<UInt64(1500) {
            var random = SplitMix(seed: seed)
            var machine = InvocationMachine(version: version)
            var written: [UInt8] = []
            // Most stories begin well, so that they get somewhere.
            if seed % 8 > 0 {
                machine.receive(Self.frames[0] + Self.frames[1])
                for _ in 0..<2 { machine.receive(Self.frames.randomElement(using: &random)!) }
                if machine.isReady { try? machine.readInput() }
            }
            for _ in 0..<30 {
                switch random.below(20) {
                case 0..<8:
                    machine.receive(Self.frames.randomElement(using: &random)!)
                case 8..<19:
                    let operation = Self.operations.randomElement(using: &random)!
                    try? operation(&machine, random.below(64))
                default:
                    drain(&machine, into: &written)
                }
            }
            try? Self.endings.randomElement(using: &random)!(&machine)
            #expect(machine.hasEnded || machine.isReady || seed % 8 == 0)
            drain(&machine, into: &written)
            try expectWholeFrames(written, seed: seed)
        }
    }

    @Test func `mutated frames in random pieces`() throws {
        for seed in 0..<UInt64(3000) {
            var random = SplitMix(seed: seed)
            var machine = InvocationMachine(version: .v7)
            var bytes = Self.frames[0] + Self.frames[1]
            for _ in 0..<8 { bytes += Self.frames.randomElement(using: &random)! }
            for _ in 0..<random.below(4) {
                let index = random.below(bytes.count)
                switch random.below(3) {
                case 0: bytes[index] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes[index] ^= 1 << random.below(8)
                default: bytes.remove(at: index)
                }
            }
            var rest = bytes[...]
            while !rest.isEmpty {
                machine.receive(Array(rest.prefix(1 + random.below(20))))
                rest = rest.dropFirst(20)
            }
            machine.inputClosed()
            for _ in 0..<12 where machine.isReady {
                try? Self.operations.randomElement(using: &random)!(&machine, random.below(64))
            }
            machine.fail(AttemptFailure(message: "over"))
            var written: [UInt8] = []
            drain(&machine, into: &written)
            #expect(machine.hasEnded && !written.isEmpty)
            try expectWholeFrames(written, seed: seed)
        }
    }
}

private func randomTree(_ seed: UInt64) -> AwaitTree {
    var random = SplitMix(seed: seed)
    func tree(_ depth: Int) -> AwaitTree {
        switch random.below(depth > 3 ? 3 : 5) {
        case 0: return leaf(UInt32(random.below(5)))
        case 1: return signal(UInt32(16 + random.below(3)))
        case 2: return leaf(UInt32(random.below(3)))
        default:
            let combinator = Combinator.allCases.randomElement(using: &random)!
            return .node(combinator, (0..<random.below(4)).map { _ in tree(depth + 1) })
        }
    }
    return tree(0)
}
