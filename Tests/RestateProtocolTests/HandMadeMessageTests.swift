import RestateProtocol
import Support
import Testing

/// Messages whose bytes were put together by hand, field by field.
@Suite struct HandMadeMessageTests {
    private func expect<M: Message>(_ message: M, _ text: String) throws {
        let expected = try bytes(hex: text)
        #expect(hex(message.frameBytes()) == hex(expected))
        let frame = try #require(try onlyFrame(in: expected))
        #expect(frame.code == message.code)
        let same = isSame(message, try frame.message())
        #expect(same)
    }

    @Test func `a start with all its fields`() throws {
        var start = StartMessage()
        start.id = [0xF0, 0x0F]
        start.debugID = "inv_1"
        start.knownEntries = 300
        start.stateMap = [
            StateEntry(key: [0x6B], value: [0x76, 0x77]), StateEntry(key: [], value: []),
        ]
        start.partialState = true
        start.key = "ä"
        start.retryCount = 2
        start.durationSinceLastEntry = 5_000_000_000
        start.randomSeed = .max
        start.scope = "s"
        start.limitKey = ""
        start.idempotencyKey = "i"
        try expect(
            start,
            """
            0000 0000 0000003a
            0a 02 f00f                       # id
            12 05 696e765f31                 # debug id
            18 ac02                          # known entries
            22 07 0a016b 12027677            # an entry of the state
            22 00                            # an empty one
            28 01                            # partial state
            32 02 c3a4                       # key
            38 02                            # retries
            40 80e497d012                    # milliseconds
            48 ffffffffffffffffff01          # seed
            52 01 73                         # scope
            5a 00                            # limit key, empty and there
            62 01 69                         # idempotency key
            """)
    }

    @Test func `a call with all its fields`() throws {
        var call = CallCommand()
        call.request.service = "S"
        call.request.handler = "h"
        call.request.parameter = [1]
        call.request.headers = [Header(key: "a", value: "b"), Header(key: "c", value: "")]
        call.request.key = "k"
        call.request.idempotencyKey = "i"
        call.request.scope = "s"
        call.request.limitKey = "l"
        call.invocationIDCompletion = 1
        call.completionID = 2
        call.request.name = "n"
        try expect(
            call,
            """
            040d 0000 00000029
            0a 01 53
            12 01 68
            1a 01 01
            22 06 0a0161 120162
            22 03 0a0163
            2a 01 6b
            32 01 69
            3a 01 73
            42 01 6c
            50 01
            58 02
            62 01 6e
            """)
    }

    @Test func `an error with all its fields`() throws {
        var error = ErrorMessage()
        error.failureCode = 570
        error.message = "m"
        error.stacktrace = "t"
        error.relatedCommandIndex = 3
        error.relatedCommandName = "n"
        error.relatedCommandType = 0x0411
        error.nextRetryDelay = 250
        error.behavior = .fail
        try expect(
            error,
            """
            0002 0000 00000016
            08 ba04
            12 01 6d
            1a 01 74
            20 03
            2a 01 6e
            30 9108                          # field 7 does not exist
            40 fa01
            48 02
            """)
    }

    @Test func `a suspension on a tree`() throws {
        var inner = FutureTree()
        inner.signals = [18, 19]
        inner.namedSignals = ["x", ""]
        inner.combinator = .allCompleted
        var tree = FutureTree()
        tree.completions = [1, 200]
        tree.signals = [1]
        tree.nested = [inner, FutureTree()]
        tree.combinator = .firstCompleted
        var suspension = SuspensionMessage()
        suspension.awaitingOn = tree
        try expect(
            suspension,
            """
            0001 0000 0000001b
            22 19
              0a 03 01c801
              12 01 01
              22 0b  12 02 1213  1a 01 78  1a 00  28 02
              22 00
              28 01
            """)
    }

    @Test func `a signal with a failure`() throws {
        var signal = SendSignalCommand()
        signal.target = "inv_1"
        signal.signal = .name("go")
        signal.result = .failure(
            Failure(code: 409, message: "no", metadata: [Header(key: "k", value: "v")]))
        signal.name = "e"
        try expect(
            signal,
            """
            0410 0000 0000001f
            0a 05 696e765f31
            1a 02 676f
            32 0f  08 9903  12 02 6e6f  1a 06 0a016b 120176
            62 01 65
            """)
    }

    @Test func `notifications of four shapes`() throws {
        try expect(
            NotificationMessage(.callInvocationIDCompletion, .completion(1), .invocationID("inv")),
            "800e 0000 00000008  08 01  82 01 03 696e76")
        try expect(
            NotificationMessage(
                .getLazyStateKeysCompletion, .completion(2), .stateKeys([[0x61], []])),
            "8006 0000 0000000a  08 02  8a 01 05 0a0161 0a00")
        try expect(
            NotificationMessage(.signalNotification, .cancel, .void),
            "fbff 0000 00000004  10 01  22 00")
        try expect(
            NotificationMessage(.signalNotification, .namedSignal("s"), .value([0x31])),
            "fbff 0000 00000008  1a 01 73  2a 03 0a 01 31")
    }

    @Test func `a proposal that asks for its acknowledgement`() throws {
        var proposal = ProposeRunCompletionMessage()
        proposal.completionID = 3
        proposal.result = .value([0x22, 0x22])
        #expect(
            hex(proposal.frameBytes(flags: FrameHeader.requestedAck))
                == "000580000000000608037202" + "2222")
    }
}
