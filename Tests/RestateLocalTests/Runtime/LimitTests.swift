import Primitives
import Restate
import RestateProtocol
import Testing

@testable import RestateLocal
@testable import RestateRuntime

/// What has a limit: places, memory, times.
@Suite struct CoreLimitTests {
    // MARK: Places

    @Test func `callers give their places up to those whom they call`() throws {
        var script = try Script { $0.concurrentAttempts = 4 }
        let callers = try (0..<4).map { _ in try script.call("S/h") }
        for attempt in 0..<4 { script.say(attempt, invoke("S/child", (1, 2))) }
        #expect(script.runtime.openAttempts == 4)
        #expect(script.attempts.count == 4)
        // Nobody is disturbed before it has been quiet for a moment.
        #expect(script.attempts.allSatisfy { !$0.inputEnded })
        script.pass(LocalRuntime.waitsAfter)
        #expect(script.attempts.prefix(4).allSatisfy { $0.inputEnded })
        for attempt in 0..<4 { script.say(attempt, suspension(2)) }
        #expect(script.attempts.count == 8)
        for attempt in 4..<8 { script.finish(attempt, "child") }
        #expect(script.attempts.count == 12)
        for attempt in 8..<12 { script.finish(attempt, "done") }
        #expect(callers.allSatisfy { script.answer($0.waiter) == "done" })
    }

    @Test func `the one that has waited longest goes first, and as many as are needed`() throws {
        var script = try Script { $0.concurrentAttempts = 3 }
        for attempt in 0..<3 {
            _ = try script.call("S/h")
            script.say(attempt, sleep(1, until: 9_000_000))
            script.pass(1000)
        }
        let (id, _) = try script.call("S/child")
        #expect(script.attempts.map(\.inputEnded) == [true, false, false])
        script.say(0, suspension(1))
        #expect(script.attempts.last?.request.invocation == id)
        #expect(script.attempts.map(\.inputEnded) == [true, false, false, false])
    }

    @Test func `who runs a closure keeps its place`() throws {
        var script = try Script { $0.concurrentAttempts = 1 }
        _ = try script.call("S/h")
        script.say(0, RunCommand(completionID: 1, name: "long"))
        script.pass(5000)
        let (id, _) = try script.call("S/child")
        script.pass(5000)
        #expect(!script.attempts[0].inputEnded)
        #expect(script.status(id) == "ready")
        script.say(0, proposal(1, "x"))
        script.pass(200)
        #expect(script.attempts[0].inputEnded)
    }

    @Test func `places of attempts that have ended are not kept`() throws {
        var script = try Script()
        script.checksEachTurn = false
        for number in 0..<1500 {
            _ = try script.send("S/h")
            script.finish(number)
        }
        #expect(script.runtime.room.placeCount < 1200)
    }

    // MARK: Linear

    /// An array that is shared with a copy is copied by the next entry: with each entry, if somebody
    /// holds a copy of the invocation while it writes.
    @Test(arguments: ["state", "run", "call", "send", "sleep", "signal", "promise", "lazy"])
    func `no command copies the journal that it is added to`(kind: String) throws {
        var script = try Script()
        script.checksEachTurn = false
        let target = kind == "promise" ? "W/k/run" : "O/k/h"
        let (id, _) = try script.call(target)
        var places: Set<Int> = []
        let count: UInt32 = 2000
        for number in 1...count {
            say(kind, number, &script, id)
            places.insert(script.runtime.placeOfJournal(id))
        }
        #expect(script.runtime.snapshot(id)?.journalSize ?? 0 > Int(count))
        // It grows by doubling.
        #expect(places.count < 16, "\(kind)")
    }

    private func say(
        _ kind: String, _ number: UInt32, _ script: inout Script, _ id: InvocationIdentity
    ) {
        switch kind {
        case "state": script.say(0, set("k\(number)", "v"))
        case "run":
            script.say(0, RunCommand(completionID: number, name: "r"), proposal(number, "x"))
        case "call": script.say(0, invoke("S/child", (2 * number, 2 * number + 1)))
        case "send": script.say(0, oneWay("S/child", number))
        case "sleep": script.say(0, sleep(number, until: 1))
        case "signal":
            var command = SendSignalCommand()
            command.target = id.text
            command.signal = .index(16 + number)
            command.result = .void
            script.say(0, command)
        case "lazy":
            var command = GetLazyStateCommand()
            command.key = [1]
            command.completionID = number
            script.say(0, command)
        default:
            var command = GetPromiseCommand()
            command.key = "p\(number)"
            command.completionID = number
            script.say(0, command)
        }
    }

    @Test func `an object of a hundred thousand keys in any order`() {
        var state = ObjectState()
        var random = SplitMix(seed: 3)
        var keys = (0..<100_000).map { Array("key \($0)".utf8)[...] }
        keys.shuffle(using: &random)
        for key in keys { state.set(key, to: key) }
        #expect(keys.allSatisfy { state.value(of: $0) == $0 })
        let stored = state.entries.map(\.key)
        #expect(stored.count == keys.count)
        let pairs = zip(stored, stored.dropFirst())
        #expect(
            pairs.allSatisfy {
                $0.count != $1.count ? $0.count < $1.count : $0.lexicographicallyPrecedes($1)
            })
        for key in keys.dropLast(3) { state.clear(key) }
        #expect(Set(state.entries.map(\.key)) == Set(keys.suffix(3)))
        for key in keys { state.clear(key) }
        #expect(state.isEmpty)
    }

    // MARK: Memory

    @Test func `an input over the memory of an invocation pauses it`() throws {
        var script = try Script { $0.invocationMemory = 10_000 }
        let (small, _) = try script.call("S/h") { $0.body = Array(repeating: 1, count: 5000)[...] }
        let (large, _) = try script.call("S/h") { $0.body = Array(repeating: 1, count: 6000)[...] }
        #expect(script.status(small) == "running")
        #expect(script.status(large) == "paused")
        let failure = script.runtime.snapshot(large)?.attempts.lastFailure
        #expect(failure?.restateCode == "RT0001")
        #expect(failure?.message.contains("memory budget of an invocation is 10000 bytes") == true)
    }

    @Test func `state over the memory of an invocation pauses it`() throws {
        var script = try Script {
            $0.invocationMemory = 10_000
            $0.eagerStateLimit = 10_000
        }
        let value = Array(repeating: UInt8(1), count: 6000)[...]
        script.perform { runtime, _ in
            runtime.setState(
                service: "O", key: "k", [(key: [1], value: value), (key: [2], value: value)])
        }
        let (id, _) = try script.call("O/k/h")
        #expect(script.status(id) == "paused")
        #expect(script.runtime.snapshot(id)?.attempts.lastFailure?.restateCode == "RT0001")
        // Who is sent none needs none.
        let (lazy, _) = try script.call("O/k2/lazy")
        #expect(script.status(lazy) == "running")
    }

    // MARK: Times

    @Test func `nothing is planned beyond the year 9999`() throws {
        var script = try Script()
        let (id, _) = try script.call("S/h")
        script.say(0, sleep(1, until: .max - 1), oneWay("S/child", 2, at: .max - 1))
        let child = try #require(script.runtime.snapshots().first { $0.id != id })
        #expect(child.milestones.scheduledFor == 253_402_300_799_999)
        script.say(0, suspension(1))
        #expect(script.status(id) == "suspended")
    }

    @Test(
        arguments: [
            #""journalRetention":18446744073709551615"#, #""abortTimeout":631107417600001"#,
            #""retryPolicyMaxInterval":631107417600001"#,
        ])
    func `durations that end a server are refused at registration`(option: String) throws {
        func services(_ service: String, _ handler: String) -> String {
            #"{"name":"Odd","ty":"SERVICE"\#(service),"handlers":[{"name":"h"\#(handler)}]}"#
        }
        var script = try Script()
        #expect(throws: RegistrationError.self) {
            try script.register(services("," + option, ""), at: "two")
        }
        #expect(throws: RegistrationError.self) {
            try script.register(services("", "," + option), at: "two")
        }
        try script.register(services(#","journalRetention":631107417600000"#, ""), at: "two")
    }

    // MARK: Outcomes

    @Test func `the same delayed send twice tells when the first one begins`() throws {
        var script = try Script()
        func send(_ startAt: Timestamp?) throws -> Submission {
            var request = InvocationRequest("S/h")
            request.idempotencyKey = "once"
            request.startAt = startAt
            return try script.runtime.submit(request, at: script.now)
        }
        #expect(try send(1_060_000).startAt == 1_060_000)
        let again = try send(1_090_000)
        #expect(!again.isNew)
        #expect(again.startAt == 1_060_000)
        #expect(try send(nil).startAt == 1_060_000)
        script.pass(60_000)
        #expect(try send(1_090_000).startAt == nil)
    }

    /// Nobody could read such an entry again, the endpoint that wrote it no more than others.
    @Test(
        arguments: [
            MessageType.runCommand, .inputCommand, .getEagerStateCommand, .getEagerStateKeysCommand,
            .sleepCommand, .setStateCommand, .clearAllStateCommand,
        ])
    func `a command that does not decode is not taken into the journal`(type: MessageType) throws {
        var script = try Script()
        let (id, _) = try script.call("O/k/h")
        let size = script.runtime.snapshot(id)?.journalSize
        let attempt = script.attempts[0].request.attempt
        script.perform { runtime, now in
            var bytes: [UInt8] = []
            Frame.append(type.rawValue, [0x61], to: &bytes)
            runtime.received(attempt, bytes, at: now)
        }
        #expect(script.status(id) == "backing-off")
        #expect(script.runtime.snapshot(id)?.attempts.lastFailure?.restateCode == "RT0012")
        #expect(script.runtime.snapshot(id)?.journalSize == size)
    }

    @Test func `a failure's code has two bytes`() throws {
        var script = try Script()
        let (_, waiter) = try script.call("S/h")
        script.say(
            0, OutputCommand(result: .failure(Failure(code: 70_000, message: "m"))), EndMessage())
        #expect(script.answer(waiter) == "500 m")
    }
}

extension LocalRuntime {
    fileprivate func placeOfJournal(_ id: InvocationIdentity) -> Int {
        invocations[id]?.journal.entries.withUnsafeBufferPointer {
            Int(bitPattern: UnsafeRawPointer($0.baseAddress))
        } ?? 0
    }
}
