import RestateProtocol
import Support
import Testing

/// What any protobuf reader must do, on bytes made by hand.
@Suite struct WireTests {
    private func sleep(_ hex: String) throws -> SleepCommand {
        try SleepCommand(decoding: bytes(hex: hex)[...])
    }

    private func error<M: FieldCoded>(_ type: M.Type, _ hex: String) throws -> WireError? {
        let payload = try bytes(hex: hex)[...]
        do {
            _ = try M(decoding: payload)
            return nil
        } catch {
            return error
        }
    }

    @Test func `an empty message has all defaults`() throws {
        #expect(try sleep("") == SleepCommand())
        #expect(SleepCommand().payload.isEmpty)
    }

    @Test func `unknown fields of every wire type are skipped`() throws {
        let command = try sleep(
            """
            98 06 ac 02              # field 99, a number of two bytes
            9d 06 01 02 03 04        # field 99, four bytes
            58 07                    # field 11: the completion id
            99 06 01 02 03 04 05 06 07 08
            9a 06 03 61 62 63        # field 99, a text
            62 01 6e                 # field 12: the name
            f8 ff ff ff 0f 01        # the highest field number
            """)
        var expected = SleepCommand()
        expected.completionID = 7
        expected.name = "n"
        #expect(command == expected)
    }

    @Test func `the last of repeated plain fields wins`() throws {
        #expect(try sleep("58 01 58 02").completionID == 2)
    }

    @Test func `the last member of a choice wins`() throws {
        let valueLast = try OutputCommand(
            decoding: bytes(hex: "7a 02 08 05  72 03 0a 01 76")[...])
        #expect(valueLast.result == .value([0x76]))
        let failureLast = try OutputCommand(
            decoding: bytes(hex: "72 03 0a 01 76  7a 02 08 05")[...])
        #expect(failureLast.result == .failure(Failure(code: 5, message: "")))
        let signal = try NotificationMessage(
            decoding: bytes(hex: "08 01 1a 01 73 10 11  22 00 2a 00")[...])
        #expect(signal.id == .signal(17))
        #expect(signal.result == .value([]))
    }

    @Test func `lists of numbers may be packed or not or both`() throws {
        let message = try SuspensionMessage(
            decoding: bytes(hex: "0a 03 01 ac 02  08 03  0a 00  10 11  12 01 12")[...])
        #expect(message.completions == [1, 300, 3])
        #expect(message.signals == [17, 18])
        #expect(hex(message.payload) == "0a0401ac020312021112")
    }

    @Test func `a number of 64 bits is whole and one of 32 keeps its lower half`() throws {
        #expect(try sleep("08 ff ff ff ff ff ff ff ff ff 01").wakeUpTime == .max)
        #expect(try sleep("58 ff ff ff ff ff ff ff ff ff 01").completionID == .max)
        #expect(try sleep("58 81 80 80 80 10").completionID == 1)
        // More bytes than needed are odd but legal.
        #expect(try sleep("58 85 80 00").completionID == 5)
    }

    @Test func `a number that is too long is refused`() throws {
        #expect(
            try error(SleepCommand.self, "08 ff ff ff ff ff ff ff ff ff ff 01")
                == .varintTooLong(at: 1))
    }

    @Test func `a number that ends too soon is refused`() throws {
        #expect(try error(SleepCommand.self, "08") == .truncated(at: 1))
        #expect(try error(SleepCommand.self, "08 80") == .truncated(at: 1))
        #expect(try error(SleepCommand.self, "80") == .truncated(at: 0))
    }

    @Test func `a length beyond the end is refused`() throws {
        #expect(try error(SleepCommand.self, "62 05 61 62") == .truncated(at: 0))
        #expect(
            try error(SleepCommand.self, "62 ff ff ff ff ff ff ff ff ff 01") == .truncated(at: 0))
        #expect(
            try error(SleepCommand.self, "9a 06 ff ff ff ff ff ff ff ff 7f") == .truncated(at: 0))
        // The inner message ends although the outer one has more bytes.
        #expect(try error(OutputCommand.self, "72 02 0a 05 61 61 61 61 61") == .truncated(at: 2))
        #expect(try error(SleepCommand.self, "9d 06 01 02 03") == .truncated(at: 2))
        #expect(try error(SuspensionMessage.self, "0a 02 01 80") == .truncated(at: 3))
    }

    @Test func `a field with a wrong wire type is refused`() throws {
        #expect(try error(SleepCommand.self, "0a 01 01") == .wrongWireType(field: 1, at: 0))
        #expect(
            try error(SleepCommand.self, "58 01 60 05") == .wrongWireType(field: 12, at: 2))
        #expect(try error(StartMessage.self, "2a 01 01") == .wrongWireType(field: 5, at: 0))
        #expect(try error(OutputCommand.self, "70 01") == .wrongWireType(field: 14, at: 0))
        #expect(
            try error(SuspensionMessage.self, "0d 01 02 03 04") == .wrongWireType(field: 1, at: 0))
    }

    @Test func `groups and field zero and impossible wire types are refused`() throws {
        for tag in ["00", "02", "0b", "0c", "0e", "0f", "80 80 80 80 80 01"] {
            #expect(try error(SleepCommand.self, tag) == .invalidTag(at: 0), "\(tag)")
        }
    }

    @Test func `a text must be UTF-8`() throws {
        for bad in ["62 01 ff", "62 02 c0 80", "62 03 ed a0 80", "62 01 c3"] {
            #expect(
                try error(SleepCommand.self, bad) == .invalidUTF8(field: 12, at: 0), "\(bad)")
        }
        // Bytes may be anything, and texts that look alike stay apart.
        let state = try SetStateCommand(decoding: bytes(hex: "0a 02 ff fe")[...])
        #expect(state.key == [0xFF, 0xFE])
        let composed = try sleep("62 02 c3 a9")
        let decomposed = try sleep("62 03 65 cc 81")
        #expect(composed.payload != decomposed.payload)
    }

    @Test func `an empty value and an absent one are different`() throws {
        let absent = try SetStateCommand(decoding: [])
        let empty = try SetStateCommand(decoding: bytes(hex: "1a 00")[...])
        let emptyContent = try SetStateCommand(decoding: bytes(hex: "1a 02 0a 00")[...])
        #expect(absent.value == nil)
        #expect(empty.value == [])
        #expect(emptyContent.value == [])
        #expect(absent.payload.isEmpty)
        #expect(hex(empty.payload) == "1a00")
        #expect(hex(emptyContent.payload) == "1a00")
    }

    @Test func `an empty list of keys and no list are different`() throws {
        var command = GetEagerStateKeysCommand()
        #expect(command.payload.isEmpty)
        command.keys = StateKeys()
        #expect(hex(command.payload) == "7200")
        command.keys = StateKeys([[], [0x61]])
        #expect(hex(command.payload) == "72050a000a0161")
        #expect(try GetEagerStateKeysCommand(decoding: command.payload) == command)
    }

    @Test func `a raw empty result of a run is written`() throws {
        var proposal = ProposeRunCompletionMessage()
        proposal.completionID = 1
        proposal.result = .value([])
        #expect(hex(proposal.payload) == "08017200")
        #expect(try ProposeRunCompletionMessage(decoding: proposal.payload) == proposal)
    }

    @Test func `optional fields keep their presence`() throws {
        var call = CallCommand()
        #expect(call.payload.isEmpty)
        call.request.idempotencyKey = ""
        call.request.scope = ""
        call.request.limitKey = ""
        #expect(hex(call.payload) == "32003a004200")
        #expect(try CallCommand(decoding: call.payload) == call)

        var failed = ErrorMessage()
        failed.relatedCommandIndex = 0
        failed.relatedCommandName = ""
        failed.relatedCommandType = 0
        failed.nextRetryDelay = 0
        #expect(hex(failed.payload) == "20002a0030004000")
        #expect(try ErrorMessage(decoding: failed.payload) == failed)

        var signal = SendSignalCommand()
        signal.signal = .index(0)
        signal.result = .void
        #expect(hex(signal.payload) == "10002200")
        #expect(try SendSignalCommand(decoding: signal.payload) == signal)
    }

    @Test func `a void may carry fields of its own that nobody knows`() throws {
        let note = try NotificationMessage(decoding: bytes(hex: "08 01 22 02 08 01")[...])
        #expect(note.result == .void)
    }

    @Test func `a notification needs an id and a result`() throws {
        #expect(
            try error(NotificationMessage.self, "") == .missing("a notification's id"))
        #expect(
            try error(NotificationMessage.self, "22 00") == .missing("a notification's id"))
        #expect(
            try error(NotificationMessage.self, "08 01") == .missing("a notification's result"))
        #expect(try error(NotificationMessage.self, "08 00 22 00") == nil)
    }

    @Test func `a notification of an unlisted type still counts as one`() throws {
        let frame = Frame(code: 0x8014, payload: try bytes(hex: "08 01 22 00")[...])
        #expect(frame.type == nil)
        #expect(frame.kind == .notification)
        let note = try NotificationMessage(decoding: frame)
        #expect(note.code == 0x8014)
        #expect(note.id == .completion(1))
    }

    @Test func `numbers of the future in enumerations fall back`() throws {
        #expect(try ErrorMessage(decoding: bytes(hex: "48 09")[...]).behavior == .retry)
        #expect(try FutureTree(decoding: bytes(hex: "28 09")[...]).combinator == .unknown)
    }

    @Test func `a nested message of 128 bytes and more has a longer length`() throws {
        for count in [125, 126, 127, 128, 16_382, 16_383, 16_384, 2_097_152] {
            var output = OutputCommand()
            let text = String(repeating: "x", count: count)
            output.result = .failure(Failure(code: 500, message: text))
            #expect(try OutputCommand(decoding: output.payload) == output, "\(count)")
            output.result = .value(Array(text.utf8)[...])
            #expect(try OutputCommand(decoding: output.payload) == output, "\(count)")
        }
    }

    @Test func `futures may be nested a thousand deep and no deeper`() throws {
        #expect(try error(AwaitingOnMessage.self, hex(nested(levels: 1000))) == nil)
        let tooDeep = try error(AwaitingOnMessage.self, hex(nested(levels: 1001)))
        guard case .tooDeep(limit: 1000, _) = tooDeep else {
            Issue.record("expected tooDeep, got \(String(describing: tooDeep))")
            return
        }
    }

    @Test func `a thousand levels are written as they were read`() throws {
        let payload = nested(levels: 1000)
        #expect(try AwaitingOnMessage(decoding: payload[...]).payload == payload[...])
    }

    /// An `AwaitingOn` with so many futures in each other, written from the inside out.
    private func nested(levels: Int) -> [UInt8] {
        var inner: [UInt8] = []
        for level in 1...levels {
            var length: [UInt8] = []
            var rest = inner.count
            while rest >= 0x80 {
                length.append(UInt8(rest & 0x7F) | 0x80)
                rest >>= 7
            }
            length.append(UInt8(rest))
            inner = [level == levels ? 0x0A : 0x22] + length + inner
        }
        return inner
    }
}
