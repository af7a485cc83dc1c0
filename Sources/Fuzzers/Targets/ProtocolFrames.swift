import CanonicalJSON
import Restate
import RestateLocal
import RestateMachine
import RestateProtocol
import RestateRuntime
import Support

/// Payloads of all messages: what can be read is written, and read again as the same.
final class Messages: Fuzzer {
    static let name = "messages"
    static let subject = "payloads of the protocol's messages"

    private lazy var mutation = Mutation(
        words: FrameWords.fields,
        corpus: Corpus.journals.flatMap { $0.sent + $0.answered }.map {
            [$0[0], $0[1]] + $0.dropFirst(FrameHeader.size)
        })

    /// Two bytes of the message's code, then its payload.
    func make(_ random: inout Randomness) -> [UInt8] {
        let original = random.pick(mutation.corpus)
        let payload = mutation.damaged(Array(original.dropFirst(2)), &random)
        if random.oneIn(10) {
            let code = random.pick(MessageType.allCases).rawValue
            return [UInt8(code >> 8), UInt8(code & 255)] + payload
        }
        return original.prefix(2) + payload
    }

    func check(_ input: [UInt8]) throws {
        guard input.count >= 2,
            let type = MessageType(rawValue: UInt16(input[0]) << 8 | UInt16(input[1]))
        else { return }
        let message: any Message
        do throws(WireError) {
            message = try type.decode(input.dropFirst(2))
        } catch {
            return try require(!error.description.isEmpty, "an error without a word")
        }
        let bytes = message.payload
        do throws(WireError) {
            let again = try type.decode(bytes).payload
            if again != bytes { throw WireError.unknownMessage(code: 0) }
        } catch {
            throw Finding(
                "\(type) is written as \(hex(Array(bytes))), which is not read as the same.")
        }
    }
}

enum FrameWords {
    /// Fields, and numbers that are as long as numbers can be.
    static let fields: [[UInt8]] = [
        [0x08, 0x01], [0x10, 0xff, 0xff, 0xff, 0xff, 0x0f], [0x0a, 0x00], [0x0a, 0x02, 0x08, 0x01],
        [0x72, 0x00], [0x7a, 0x02, 0x08, 0x05], [0x58, 0x01], [0x58, 0x02],
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        [0x0a, 0xff, 0xff, 0xff, 0xff, 0x07],
        [0xfb, 0xff], [0x0c], [0x0d, 0, 0, 0, 0], [0x09, 0, 0, 0, 0, 0, 0, 0, 0],
    ]
    /// Whole frames: End, Error, Suspension, a cancel signal, an acknowledgement.
    static let frames: [[UInt8]] = [
        [0, 3, 0, 0, 0, 0, 0, 0], [0, 2, 0, 0, 0, 0, 0, 3, 0x08, 0xf4, 0x03],
        [0, 1, 0, 0, 0, 0, 0, 2, 0x0a, 0x00],
        [0xfb, 0xff, 0, 0, 0, 0, 0, 4, 0x10, 0x01, 0x22, 0x00],
        [0, 7, 0, 0, 0, 0, 0, 2, 0x08, 0x01],
        [0x80, 0x0c, 0, 0, 0, 0, 0, 4, 0x08, 0x01, 0x22, 0x00],
        [0x04, 0x01, 0, 0, 0, 0, 0, 2, 0x72, 0x00], [0xfc, 0x00, 0, 0, 0, 0, 0, 0],
    ]

    /// The lengths in the headers made right again, so that the frames behind are read as frames.
    static func mended(_ frames: [[UInt8]]) -> [UInt8] {
        frames.flatMap { frame in
            if frame.count < FrameHeader.size { return frame }
            let count = frame.count - FrameHeader.size
            return frame[..<4] + [24, 16, 8, 0].map { UInt8(count >> $0 & 255) }
                + frame[FrameHeader.size...]
        }
    }

    /// A journal with its frames damaged, in another order, or missing.
    static func damaged(
        _ frames: [[UInt8]], _ mutation: Mutation, _ random: inout Randomness
    ) -> [UInt8] {
        var frames = frames
        for _ in 0...random.size(4) {
            let place = random.below(frames.count)
            switch random.below(6) {
            case 0 where frames.count > 1: frames.remove(at: place)
            case 1: frames.insert(random.pick(Self.frames), at: random.below(frames.count + 1))
            case 2 where frames.count > 1: frames.swapAt(place, random.below(frames.count))
            case 3 where !frames.isEmpty: frames.append(frames[place])
            default:
                if frames.isEmpty { continue }
                frames[place] = mutation.damaged(frames[place], &random)
            }
        }
        return random.oneIn(8) ? frames.flatMap { $0 } : mended(frames)
    }
}

/// What a server sends to an attempt, and a handler that does anything.
///
/// An input is a byte for the version and the size of pieces, the number of operations and a byte for
/// each, then the frames.
final class EndpointFrames: Fuzzer {
    static let name = "endpoint-frames"
    static let subject = "frames from a server, read by the replay machine"

    private lazy var mutation = Mutation(
        words: FrameWords.fields + FrameWords.frames, corpus: Corpus.journals.flatMap(\.sent))

    func make(_ random: inout Randomness) -> [UInt8] {
        let journal = random.pick(Corpus.journals)
        let operations = random.bytes(random.size(12))
        return [random.byte(), UInt8(operations.count)] + operations
            + FrameWords.damaged(journal.sent, mutation, &random)
    }

    func check(_ input: [UInt8]) throws {
        guard input.count >= 2 else { return }
        let operations = input.dropFirst(2).prefix(Int(input[1]))
        let frames = input.dropFirst(2 + operations.count)
        let version: ProtocolVersion = input[0] % 3 == 0 ? .v5 : input[0] % 3 == 1 ? .v6 : .v7
        let size = input[0] < 128 ? max(1, frames.count) : 1 + Int(input[0] & 31)
        var machine = InvocationMachine(version: version)
        var rest = frames
        // Half of it before the handler begins, the other half while it waits.
        let later = frames.count * (input[0] & 64 == 0 ? 0 : 1) / 2
        while rest.count > later {
            machine.receive(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        do throws(AttemptEndCause) {
            try perform(operations, &machine, &rest, size)
        } catch {}
        machine.inputClosed()
        try look(at: machine.takeOutput())
    }

    /// What a handler does, an operation a byte.
    private func perform(
        _ operations: ArraySlice<UInt8>, _ machine: inout InvocationMachine,
        _ rest: inout ArraySlice<UInt8>, _ size: Int
    ) throws(AttemptEndCause) {
        let here = CallSite()
        try machine.readInput()
        var known: [NotificationID] = [.cancel]
        for byte in operations {
            let key = Bytes("k\(byte >> 6)".utf8)
            switch byte % 16 {
            case 0: known.append(.completion(try machine.sleep(until: 1, at: here)))
            case 1: known.append(.completion(try machine.run(name: "a", at: here).completionID))
            case 2: known.append(.completion(try machine.getState(key, at: here)))
            case 3: try machine.setState(key, key, at: here)
            case 4: try machine.clearState(key, at: here)
            case 5: known.append(.completion(try machine.stateKeys(at: here)))
            case 6:
                let request = CallRequest(service: "S", handler: "h", parameter: key)
                known.append(.completion(try machine.call(request, at: here).result))
            case 7:
                known.append(
                    .completion(try machine.send(CallRequest(service: "S", handler: "h"), at: here))
                )
            case 8: known.append(.signal(try machine.awakeable().signal))
            case 9: known.append(.completion(try machine.getPromise("p", at: here)))
            case 10:
                known.append(.completion(try machine.completePromise("p", .value(key), at: here)))
            case 11: try machine.clearAllState(at: here)
            case 12:
                if let run = machine.nextRun() { try machine.proposeRun(run, .value(key)) }
            case 13: try machine.cancelInvocation("inv", at: here)
            default: try wait(for: known, byte, &machine, &rest, size)
            }
        }
        try machine.writeOutput(.value([]), at: here)
        try machine.end()
    }

    private func wait(
        for known: [NotificationID], _ byte: UInt8, _ machine: inout InvocationMachine,
        _ rest: inout ArraySlice<UInt8>, _ size: Int
    ) throws(AttemptEndCause) {
        let combinator = Combinator(rawValue: UInt32(byte >> 5)) ?? .unknown
        let tree: AwaitTree =
            byte & 16 == 0
            ? .leaf(known[known.count - 1]) : .node(combinator, known.suffix(4).map(AwaitTree.leaf))
        for _ in 0..<1000 {
            switch try machine.awaitPoint(tree, at: CallSite()) {
            case .completed:
                for id in known { _ = machine.take(id) }
                return
            case .cancelled: return
            case .execute(let run): try machine.proposeRun(run, .value([0x31]))
            case .wait:
                if rest.isEmpty {
                    machine.inputClosed()
                } else {
                    machine.receive(Array(rest.prefix(size)))
                    rest = rest.dropFirst(size)
                }
            }
        }
    }

    /// Whole frames, each a message, and nothing after the last word.
    private func look(at written: [UInt8]) throws {
        var decoder = FrameDecoder()
        decoder.push(written)
        var isOver = false
        do throws(WireError) {
            while let frame = try decoder.next() {
                guard let type = frame.type else { throw .unknownMessage(code: frame.code) }
                _ = try type.decode(frame.payload)
                if isOver { throw .unknownMessage(code: frame.code) }
                isOver = [.end, .error, .suspension].contains(type)
            }
        } catch {
            throw Finding("the machine writes \(hex(written)): \(error)")
        }
        try require(!decoder.isInsideFrame, "the machine writes half a frame: \(hex(written))")
    }
}

/// What an endpoint answers, read by the local runtime.
///
/// An input is a byte for how the attempt ends and the size of pieces, then the frames.
final class RuntimeFrames: Fuzzer {
    static let name = "runtime-frames"
    static let subject = "frames from an endpoint, read by the local runtime"

    private lazy var mutation = Mutation(
        words: FrameWords.fields + FrameWords.frames, corpus: Corpus.journals.flatMap(\.answered))

    func make(_ random: inout Randomness) -> [UInt8] {
        let journal = random.pick(Corpus.journals)
        return [random.byte()] + FrameWords.damaged(journal.answered, mutation, &random)
    }

    private static let manifest = """
        {"protocolMode":"BIDI_STREAM","minProtocolVersion":5,"maxProtocolVersion":7,"services":[
          {"name":"Tour","ty":"SERVICE","handlers":[{"name":"echo"},{"name":"sleep"}]},
          {"name":"Counter","ty":"VIRTUAL_OBJECT","handlers":[{"name":"add","ty":"EXCLUSIVE"}]},
          {"name":"Flow","ty":"WORKFLOW","handlers":[{"name":"run","ty":"WORKFLOW"}]}]}
        """

    /// With its services registered, for each input again.
    private let fresh: LocalRuntime

    init() throws {
        var settings = LocalSettings()
        settings.protocolCap = 7
        var runtime = LocalRuntime(settings: settings, seed: 1)
        let manifest = try JSON.decode(Manifest.self, from: Array(Self.manifest.utf8))
        do throws(RegistrationError) {
            _ = try runtime.register(
                Discovered(manifest: manifest, sdkVersion: nil),
                at: DeploymentEndpoint(inProcess: "a"), RegistrationOptions(), at: 1)
        } catch { throw Finding("\(error)") }
        _ = runtime.takeEffects()
        fresh = runtime
    }

    func check(_ input: [UInt8]) throws {
        guard let first = input.first else { return }
        var runtime = fresh
        var request =
            first % 3 == 0
            ? InvocationRequest(service: "Tour", handler: "echo")
            : InvocationRequest(
                service: first % 3 == 1 ? "Counter" : "Flow", key: "k",
                handler: first % 3 == 1 ? "add" : "run")
        request.body = [0x31]
        let id: InvocationIdentity
        do throws(TargetError) {
            id = try runtime.submit(request, waiter: WaiterID(1), at: 2).id
        } catch { throw Finding("\(error)") }

        var now: Timestamp = 3
        var rest = input.dropFirst()
        let size = first < 128 ? max(1, rest.count) : 1 + Int(first & 31)
        var answers = 0
        for _ in 0..<6 {
            for effect in runtime.takeEffects() {
                switch effect {
                case .start(let attempt):
                    now += 1
                    runtime.responded(
                        attempt.attempt, status: 200,
                        contentType: attempt.version.contentType.description, server: nil, at: now)
                    while !rest.isEmpty {
                        runtime.received(attempt.attempt, Array(rest.prefix(size)), at: now)
                        rest = rest.dropFirst(size)
                    }
                    if first & 64 == 0 {
                        runtime.responseEnded(attempt.attempt, at: now)
                    } else if first & 32 == 0 {
                        runtime.connectionFailed(attempt.attempt, "lost", at: now)
                    }
                case .send(_, let bytes): try look(at: bytes)
                case .answer: answers += 1
                case .endInput, .finish, .abort, .refuse, .log: break
                }
            }
            now += 10_000
            runtime.advance(to: now)
            _ = runtime.snapshots()
            _ = runtime.journal(of: id)
        }
        _ = runtime.kill(id, at: now)
        for effect in runtime.takeEffects() { if case .answer = effect { answers += 1 } }
        try require(answers == 1, "the caller got \(answers) answers")
    }

    private func look(at bytes: [UInt8]) throws {
        var decoder = FrameDecoder()
        decoder.push(bytes)
        do throws(WireError) {
            while let frame = try decoder.next() {
                guard let type = frame.type else { throw .unknownMessage(code: frame.code) }
                _ = try type.decode(frame.payload)
            }
        } catch {
            throw Finding("the runtime writes \(hex(bytes)): \(error)")
        }
        try require(!decoder.isInsideFrame, "the runtime writes half a frame: \(hex(bytes))")
    }
}
