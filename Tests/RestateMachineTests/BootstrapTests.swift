import RestateMachine
import RestateProtocol
import Testing

@Suite struct BootstrapTests {
    @Test func `a new machine has written nothing`() throws {
        var attempt = Attempt(known: [])
        attempt.machine = InvocationMachine(version: .v7)
        #expect(!attempt.hasOutput)
        #expect(!attempt.isReady && !attempt.hasEnded && !attempt.isProcessing)
        try attempt.expect()
    }

    @Test(arguments: ProtocolVersion.allCases)
    func `what comes in goes out`(version: ProtocolVersion) throws {
        var attempt = Attempt(version, known: [input("my-data")], closed: true)
        #expect(attempt.isReady && !attempt.isProcessing)
        let input = try attempt.begin()
        #expect(attempt.isProcessing)
        #expect(input.body == "my-data".bytes && input.debugID == "inv_123")
        try attempt.finish("my-data")
        try attempt.expect(output("my-data"), EndMessage())
        #expect(attempt.hasEnded)
    }

    @Test func `headers come in their order`() throws {
        var command = input()
        command.headers = [Header(key: "x-b", value: "1"), Header(key: "x-a", value: "2")]
        var attempt = Attempt(known: [command])
        #expect(try attempt.begin().headers == command.headers)
        try attempt.finish()
        try attempt.expect(output(""), EndMessage())
    }

    @Test func `an input without a value is an empty body`() throws {
        var attempt = Attempt(known: [InputCommand()])
        #expect(try attempt.begin().body.isEmpty)
    }

    @Test(arguments: ProtocolVersion.allCases)
    func `scope, limit key and idempotency key come with version 7`(
        version: ProtocolVersion
    ) throws {
        var start = StartMessage()
        start.scope = "tenant-a"
        start.limitKey = "user-42"
        start.idempotencyKey = "idem-7"
        start.key = "k"
        var attempt = Attempt(version, start: start, known: [input()])
        let input = try attempt.begin()
        let isKnown = version == .v7
        #expect(input.scope == (isKnown ? "tenant-a" : nil))
        #expect(input.limitKey == (isKnown ? "user-42" : nil))
        #expect(input.idempotencyKey == (isKnown ? "idem-7" : nil))
        #expect(input.key == "k")
    }

    @Test func `a recorded output is not written again`() throws {
        var attempt = Attempt(known: [input("my-data"), output("my-data")], closed: true)
        try attempt.begin()
        try attempt.finish("my-data")
        try attempt.expect(EndMessage())
    }

    @Test func `the seed of version 5 follows from the id`() throws {
        var start = StartMessage()
        start.randomSeed = 7
        var old = Attempt(.v5, start: start, known: [input()])
        #expect(try old.begin().randomSeed == 11_990_170_285_644_066_717)
        var new = Attempt(.v6, start: start, known: [input()])
        #expect(try new.begin().randomSeed == 7)
    }

    @Test func `a long id gives a seed too`() throws {
        // 56 bytes no longer fit in one block with the length: the text of the standard's
        // two-block example, digest 248d6a61 d20638b8 …
        var start = StartMessage()
        start.id = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".bytes
        var attempt = Attempt(.v5, start: start, known: [input()])
        #expect(try attempt.begin().randomSeed == 0x248d_6a61_d206_38b8)
    }

    @Test func `awakeables have the invocation and the signal in their ids`() throws {
        var attempt = Attempt(known: [input()])
        try attempt.begin()
        #expect(try attempt.machine.awakeable() == (17, "sign_1MTIzAAAAEQ"))
        #expect(try attempt.machine.awakeable() == (18, "sign_1MTIzAAAAEg"))
        var start = StartMessage()
        start.id = Array(0..<24)[...]
        var other = Attempt(start: start, known: [input()])
        try other.begin()
        #expect(
            try other.machine.awakeable().id == "sign_1AAECAwQFBgcICQoLDA0ODxAREhMUFRYXAAAAEQ")
        #expect(!other.hasOutput)
    }

    @Test func `frames may come in any pieces`() throws {
        var start = StartMessage()
        start.id = "123".bytes
        start.knownEntries = 3
        let bytes =
            encoded(start) + encoded(input("x")) + encoded(sleep(1)) + encoded(slept(1))
        for size in 1...bytes.count {
            var attempt = Attempt(known: [])
            attempt.machine = InvocationMachine(version: .v7)
            for from in stride(from: 0, to: bytes.count, by: size) {
                attempt.machine.receive(Array(bytes[from..<min(from + size, bytes.count)]))
            }
            #expect(try attempt.begin().body.text == "x")
            _ = try attempt.sleep()
            #expect(try attempt.value(1) == .void)
            try attempt.finish()
            try attempt.expect(output(""), EndMessage())
        }
    }

    @Test func `Start without known entries is a failure`() throws {
        var attempt = Attempt(known: [])
        #expect(try attempt.expectError(500).message.contains("without an input"))
    }

    @Test func `a state key that is no text is a failure`() throws {
        var start = StartMessage()
        start.stateMap = [StateEntry(key: [0xFF], value: [])]
        var attempt = Attempt(start: start, known: [input()])
        #expect(try attempt.expectError(500).message.contains("[255]"))
    }

    @Test func `a frame over the limit is refused before its payload comes`() throws {
        var options = MachineOptions()
        options.frameLimit = 100
        var attempt = Attempt(options: options, known: [input()])
        attempt.machine.receive([0x80, 0x02, 0, 0, 0, 0, 0, 101])
        #expect(try attempt.expectError(500).message.contains("101"))
    }

    @Test func `a malformed command is a failure when the handler comes to it`() throws {
        var attempt = Attempt(known: [input()])
        attempt.machine = InvocationMachine(version: .v7)
        var start = StartMessage()
        start.knownEntries = 2
        attempt.feed(start)
        attempt.feed(input())
        attempt.machine.receive([0x04, 0x0C, 0, 0, 0, 0, 0, 1, 0xFF])
        #expect(attempt.isReady)
        try attempt.begin()
        let failed = failure { _ = try attempt.sleep() }
        #expect(failed?.related == RelatedCommand(index: 1, type: .sleepCommand))
        #expect(try attempt.expectError(500).message.contains("recorded sleep"))
    }

    @Test func `a malformed notification is a failure at once`() throws {
        var attempt = Attempt(known: [input()])
        attempt.machine.receive([0x80, 0x0C, 0, 0, 0, 0, 0, 2, 0x08, 0x01])
        #expect(try attempt.expectError(500).message.contains("result is missing"))
    }

    @Test func `a journal without commands fails when the input is asked for`() throws {
        var attempt = Attempt(known: [slept(1)])
        #expect(attempt.isReady)
        #expect(failure { try attempt.begin() }?.code == 571)
        #expect(try attempt.expectError(571).message.contains("ended before"))
    }

    @Test func `the rest of a chunk is not read after a failure`() throws {
        var attempt = Attempt(known: [input()])
        attempt.machine.receive(encoded(input()) + [0, 1, 2])
        _ = try attempt.expectError(571)
        #expect(!attempt.hasOutput)
    }
}
