import Primitives
import RestateProtocol
import Testing

@testable import RestateLocal
@testable import RestateRuntime

/// State, promises, signals, runs, suspensions: what handlers say and what they are told.
@Suite struct CoreMessageTests {
    private func read(_ key: String, _ id: UInt32) -> GetLazyStateCommand {
        var command = GetLazyStateCommand()
        command.key = Array(key.utf8)[...]
        command.completionID = id
        return command
    }

    @Test func `a write is seen at once by others, and stays after a failure`() throws {
        var script = try Script()
        _ = try script.call("O/k/h")
        script.say(0, set("a", "1"))
        _ = try script.call("O/k/s")
        #expect(try script.attempts[1].start.stateMap.map(\.value) == [Array("1".utf8)[...]])
        #expect(try script.attempts[1].start.partialState == false)
        script.say(0, set("a", ""), trouble())
        script.say(1, read("a", 1), read("b", 2))
        let told = try script.attempts[1].frames.suffix(2).map {
            try NotificationMessage(decoding: $0).result
        }
        #expect(told == [.value([]), .void])
    }

    @Test func `state is sent along in storage order, up to the limit`() throws {
        var script = try Script { $0.eagerStateLimit = 6 }
        _ = try script.call("O/k/h")
        script.say(0, set("bb", "1"), set("a", "1"), set("c", "1"))
        script.finish(0)
        _ = try script.call("O/k/h")
        let start = try script.attempts[1].start
        #expect(start.stateMap.map { String(decoding: $0.key, as: UTF8.self) } == ["a", "c"])
        #expect(start.partialState)
        _ = try script.call("S/h")
        #expect(try script.attempts[2].start.partialState)
    }

    @Test func `a lazy handler gets no state, and asks for it`() throws {
        var script = try Script()
        script.perform { runtime, _ in
            runtime.setState(service: "O", key: "k", [(key: [97], value: [2])])
        }
        _ = try script.call("O/k/lazy")
        #expect(try script.attempts[0].start.stateMap.isEmpty)
        #expect(try script.attempts[0].start.partialState)
        var keys = GetLazyStateKeysCommand()
        keys.completionID = 1
        script.say(0, keys)
        let told = try NotificationMessage(decoding: script.attempts[0].frames[2])
        #expect(told.result == .stateKeys([[97]]))
    }

    @Test func `shared handlers cannot write, and services have no state`() throws {
        var script = try Script()
        let shared = try script.call("O/k/s")
        script.say(0, set("a", "1"))
        #expect(script.runtime.snapshot(shared.id)?.attempts.lastFailure?.restateCode == "RT0017")
        #expect(script.runtime.stateRows().isEmpty)
    }

    @Test func `a promise is completed once, and told to all`() throws {
        var script = try Script()
        let run = try script.call("W/f/run")
        _ = try script.call("W/f/s")
        var get = GetPromiseCommand()
        get.key = "p"
        get.completionID = 1
        var peek = PeekPromiseCommand()
        peek.key = "p"
        peek.completionID = 1
        var complete = CompletePromiseCommand()
        complete.key = "p"
        complete.completion = .value([7])
        complete.completionID = 2
        script.say(0, get, suspension(1))
        #expect(script.status(run.id) == "suspended")
        #expect(script.runtime.promiseRows().map(\.name) == ["p"])
        script.say(1, peek, complete)
        var again = complete
        again.completionID = 3
        script.say(1, again)
        let told = try script.attempts[1].frames.dropFirst(2).map {
            try NotificationMessage(decoding: $0).result
        }
        #expect(
            told == [
                .void, .void,
                .failure(Failure(code: 409, message: "promise was already completed")),
            ])
        #expect(
            script.attempts[2].types == [.inputCommand, .getPromiseCommand, .getPromiseCompletion])
        let outside = try script.call("S/h")
        script.say(3, peek)
        #expect(script.runtime.snapshot(outside.id)?.attempts.lastFailure?.restateCode == "RT0017")
    }

    @Test func `signals reach what has a journal, and nobody else`() throws {
        var script = try Script()
        let target = try script.call("O/k/h")
        let inboxed = try script.call("O/k/h")
        _ = try script.call("S/h")
        var signal = SendSignalCommand()
        signal.signal = .name("go")
        signal.result = .value([1])
        signal.target = target.id.text
        var lost = signal
        lost.target = inboxed.id.text
        script.say(1, signal, lost)
        #expect(script.attempts[0].types.last == .signalNotification)
        script.say(0, trouble())
        script.say(1, signal)
        script.pass(500)
        #expect(
            script.attempts[2].types == [
                .inputCommand, .signalNotification, .signalNotification,
            ])
        script.finish(2)
        #expect(script.attempts[3].types == [.inputCommand])
        var wrong = signal
        wrong.target = "inv_1x"
        script.say(1, wrong)
        #expect(script.attempts[1].aborted)
    }

    @Test func `an awakeable is a signal with a public name`() throws {
        var script = try Script()
        let (id, _) = try script.call("S/h")
        let named = try #require(Self.awakeable(id, 17))
        var waiting = suspension()
        waiting.signals = [17, 1]
        script.say(0, waiting)
        #expect(script.perform { $0.completeAwakeable(named, .value([5]), at: $1) })
        #expect(script.attempts[1].types == [.inputCommand, .signalNotification])
        #expect(!script.perform { $0.completeAwakeable("sign_1", .value([5]), at: $1) })
    }

    private static func awakeable(_ id: InvocationIdentity, _ signal: UInt32) -> String? {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var text = "sign_1"
        var (bits, width): (UInt32, UInt32) = (0, 0)
        for byte in id.bytes + withUnsafeBytes(of: signal.bigEndian, { Array($0) }) {
            (bits, width) = (bits << 8 | UInt32(byte), width + 8)
            while width >= 6 {
                width -= 6
                text.append(alphabet[Int(bits >> width & 63)])
            }
        }
        if width > 0 { text.append(alphabet[Int(bits << (6 - width) & 63)]) }
        return text
    }

    @Test(arguments: [5, 6, 7])
    func `a run's result comes back, or an acknowledgement since version 7`(version: Int) throws {
        var script = try Script { $0.protocolCap = version }
        _ = try script.call("S/h")
        script.say(0, RunCommand(completionID: 1, name: "r"))
        script.say(0, proposal(1, "x"), flags: FrameHeader.requestedAck)
        #expect(
            script.attempts[0].types.last
                == (version == 7 ? .proposeRunCompletionAck : .runCompletion))
        script.say(0, RunCommand(completionID: 2, name: "r"), proposal(2, "y"))
        #expect(script.attempts[0].types.last == .runCompletion)
        script.say(0, trouble())
        script.pass(500)
        #expect(
            script.attempts[1].types == [
                .inputCommand, .runCommand, .runCompletion, .runCommand, .runCompletion,
            ])
    }

    @Test func `a command is acknowledged if it asks for it`() throws {
        var script = try Script()
        _ = try script.call("S/h")
        script.say(0, RunCommand(completionID: 1, name: ""), flags: FrameHeader.requestedAck)
        #expect(script.attempts[0].types == [.inputCommand, .commandAck])
        #expect(
            try CommandAckMessage(decoding: script.attempts[0].frames[2].payload).commandIndex == 1)
    }

    @Test func `always suspending means an end right behind the journal, and silence`() throws {
        var script = try Script { $0.alwaysSuspend = true }
        let (id, _) = try script.call("S/h")
        #expect(script.attempts[0].inputEnded)
        script.say(0, RunCommand(completionID: 1, name: ""), proposal(1, "x"))
        #expect(script.attempts[0].types == [.inputCommand])
        script.say(0, suspension(1))
        #expect(script.attempts[1].types == [.inputCommand, .runCommand, .runCompletion])
        #expect(script.status(id) == "running")
    }

    @Test func `a deployment without two directions is asked and answers`() throws {
        var script = try Script()
        try script.register(at: "one", mode: "REQUEST_RESPONSE") { $0.force = true }
        _ = try script.call("S/h")
        #expect(script.attempts[0].inputEnded)
    }

    // MARK: Suspension

    private func decided(_ tree: FutureTree, _ results: [UInt32: Bool]) -> Bool {
        var named: [NotificationID: Bool] = [:]
        for (id, failed) in results { named[.completion(id)] = failed }
        return tree.isDecided(by: named)
    }

    @Test func `a tree is decided by its combinator`() {
        let first = tree(.firstCompleted, [1, 2])
        #expect(!decided(first, [:]))
        #expect(decided(first, [2: true]))
        let all = tree(.allCompleted, [1, 2])
        #expect(!decided(all, [1: false]))
        #expect(decided(all, [1: false, 2: true]))
        let any = tree(.firstSucceededOrAllFailed, [1, 2])
        #expect(!decided(any, [1: true]))
        #expect(decided(any, [2: false]))
        #expect(decided(any, [1: true, 2: true]))
        let fast = tree(.allSucceededOrFirstFailed, [1, 2])
        #expect(!decided(fast, [1: false]))
        #expect(decided(fast, [1: true]))
        #expect(decided(fast, [1: false, 2: false]))
        #expect(decided(tree(.unknown, [1]), [1: true]))
        let nested = tree(.allSucceededOrFirstFailed, [9], [any])
        #expect(!decided(nested, [9: false, 1: true]))
        #expect(decided(nested, [1: true, 2: true]))
        let unsure = tree(.allSucceededOrFirstFailed, [9], [tree(.unknown, [1])])
        #expect(!decided(unsure, [:]))
        #expect(decided(unsure, [1: false]))
    }

    @Test func `since version 7 a suspension waits for its whole tree`() throws {
        var script = try Script { $0.protocolCap = 7 }
        let (id, _) = try script.call("S/h")
        var message = SuspensionMessage()
        message.awaitingOn = tree(.allCompleted, [1, 2])
        script.say(
            0, sleep(1, until: script.now + 10), sleep(2, until: script.now + 20), message)
        #expect(script.runtime.snapshot(id)?.suspendedOn == message.awaitingOn)
        script.pass(10)
        #expect(script.status(id) == "suspended")
        script.pass(10)
        #expect(script.status(id) == "running")
    }

    @Test func `what came before the suspension starts the next attempt at once`() throws {
        var script = try Script()
        _ = try script.call("S/h")
        script.say(0, sleep(1, until: 0), suspension(1))
        #expect(script.attempts.count == 2)
    }

    @Test func `an end without an output is a failure`() throws {
        var script = try Script()
        let (id, _) = try script.call("S/h")
        script.say(0, EndMessage())
        #expect(script.status(id) == "backing-off")
    }

    // MARK: Registration

    @Test func `a deployment is registered once, and again by force`() throws {
        var script = try Script()
        #expect(try script.register().outcome == .unchanged)
        let forced = try script.register { $0.force = true }
        #expect(forced.outcome == .overwritten)
        #expect(forced.services.map(\.revision) == [2, 2, 2])
        let dry = try script.register {
            $0.force = true
            $0.dryRun = true
        }
        #expect(dry.services[0].revision == 3)
        #expect(script.runtime.registry.services["S"]?.revision == 2)
        #expect(script.runtime.registry.deployments.count == 1)
    }

    @Test(arguments: [
        (#"{"name":"restateX","ty":"SERVICE","handlers":[]}"#, 400, "META0005"),
        (#"{"name":"S","ty":"VIRTUAL_OBJECT","handlers":[]}"#, 409, "META0006"),
        (#"{"name":"a b","ty":"SERVICE","handlers":[]}"#, 500, nil),
        (#"{"name":"A","ty":"SERVICE","handlers":[{"name":"h","ty":"EXCLUSIVE"}]}"#, 400, nil),
    ])
    func `a bad service is refused`(service: String, status: Int, code: String?) throws {
        var script = try Script()
        let error = #expect(throws: RegistrationError.self) {
            try script.register(service, at: "two")
        }
        #expect(error?.status == status)
        #expect(error?.code == code)
        #expect(script.runtime.registry.deployments.count == 1)
    }

    @Test func `versions that nobody speaks are refused, or fail each attempt`() throws {
        var script = try Script()
        #expect(throws: RegistrationError.self) {
            try script.register(at: "old", versions: "1,4")
        }
        try script.register(
            #"{"name":"New","ty":"SERVICE","handlers":[{"name":"h"}]}"#, at: "new", versions: "7,7")
        let (id, _) = try script.call("New/h")
        #expect(script.runtime.snapshot(id)?.attempts.lastFailure?.restateCode == "RT0013")
        #expect(script.attempts.isEmpty)
    }

    @Test func `changes are not noted if nobody keeps them`() throws {
        var script = try Script { $0.reportsChanges = false }
        _ = try script.call("O/k/h")
        script.say(0, set("a", "1"))
        script.finish(0)
        #expect(!script.runtime.hasChanges)
        let runtime = script.runtime
        #expect(!runtime.results.hasChanges && !runtime.states.hasChanges)
    }
}
