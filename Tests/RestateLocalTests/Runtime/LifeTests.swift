import Primitives
import RestateProtocol
import Testing

@testable import RestateLocal
@testable import RestateRuntime

/// Calls, keys, timers, results: an invocation's life with a clock that the test moves.
@Suite struct CoreLifeTests {
    @Test func `a sleep of a day takes no time`() throws {
        var script = try Script()
        let (id, waiter) = try script.call("S/h")
        #expect(script.attempts[0].types == [.inputCommand])
        script.say(0, sleep(1, until: script.now + 86_400_000))
        script.pass(60_000)  // Nothing for a minute: the input ends, and the handler suspends.
        #expect(script.attempts[0].inputEnded)
        script.say(0, suspension(1))
        #expect(script.status(id) == "suspended")
        #expect(script.attempts[0].finished)
        script.pass(86_400_000 - 60_001)
        #expect(script.attempts.count == 1)
        script.pass(1)
        #expect(script.attempts[1].types == [.inputCommand, .sleepCommand, .sleepCompletion])
        #expect(try script.attempts[1].start.knownEntries == 3)
        script.finish(1, "done")
        #expect(script.answer(waiter) == "done")
        #expect(script.runtime.invocationCount == 0)
    }

    @Test func `a time that has passed is answered at once`() throws {
        var script = try Script()
        _ = try script.call("S/h")
        script.say(0, sleep(1, until: 5))
        #expect(script.attempts[0].types == [.inputCommand, .sleepCompletion])
    }

    @Test func `exclusive handlers of a key run one after the other, shared ones beside`() throws {
        var script = try Script()
        let first = try script.call("O/k/h")
        let second = try script.call("O/k/h")
        let third = try script.call("O/k/h")
        _ = try script.call("O/k/s")
        _ = try script.call("O/other/h")
        #expect(script.attempts.map(\.request.key) == ["k", "k", "other"])
        #expect(script.status(second.id) == "pending")
        #expect(script.runtime.snapshot(second.id)?.status.raw == "inboxed")
        #expect(script.runtime.inboxes().map(\.id) == [second.id, third.id])
        script.finish(0)
        #expect(script.answer(first.waiter) == "")
        #expect(script.attempts[3].request.invocation == second.id)
        script.finish(3)
        #expect(script.attempts[4].request.invocation == third.id)
        script.finish(4)
        #expect(script.runtime.lockHolders().map(\.owner.key) == ["other"])
    }

    @Test func `a key is held while its handler sleeps`() throws {
        var script = try Script()
        _ = try script.call("O/k/h")
        script.say(0, sleep(1, until: script.now + 1000), suspension(1))
        let second = try script.call("O/k/h")
        #expect(script.status(second.id) == "pending")
        script.pass(1000)
        script.finish(1)
        #expect(script.status(second.id) == "running")
    }

    @Test func `a delayed send starts when its time has come`() throws {
        var script = try Script()
        let id = try script.send("S/h") { $0.startAt = 1_000_500 }
        #expect(script.status(id) == "scheduled")
        #expect(script.runtime.nextDeadline == 1_000_500)
        script.pass(500)
        #expect(script.status(id) == "running")
    }

    @Test func `an idempotency key joins what runs and gives what was`() throws {
        var script = try Script()
        let one = try script.call("S/h") { $0.idempotencyKey = "k" }
        let two = try script.call("S/h") { $0.idempotencyKey = "k" }
        #expect(one.id == two.id)
        #expect(script.attempts.count == 1)
        script.finish(0, "x")
        #expect(script.answer(one.waiter) == "x")
        #expect(script.answer(two.waiter) == "x")
        #expect(script.answers[two.waiter]?.expires == nil)
        let three = try script.call("S/h") { $0.idempotencyKey = "k" }
        #expect(script.answer(three.waiter) == "x")
        #expect(script.answers[three.waiter]?.expires == script.now + 86_400_000)
        script.pass(86_400_000)
        let four = try script.call("S/h") { $0.idempotencyKey = "k" }
        #expect(four.id == one.id)
        #expect(script.answer(four.waiter) == nil)
        #expect(script.attempts.count == 2)
    }

    @Test func `calls and sends without a key get one, if that is switched on`() throws {
        var script = try Script { $0.injectsIdempotencyKeys = true }
        let plain = try script.call("S/h")
        let flow = try script.call("W/f/s")
        #expect(script.runtime.snapshot(plain.id)?.head.idempotencyKey?.count == 26)
        #expect(script.runtime.snapshot(flow.id)?.head.idempotencyKey == nil)
    }

    @Test func `a workflow runs once per key, until its result is forgotten`() throws {
        var script = try Script()
        let first = try script.call("W/f/run")
        script.say(0, set("k", "v"))
        let again = try script.call("W/f/run")
        #expect(script.answer(again.waiter) == "409 the workflow method was already invoked")
        script.finish(0, "x")
        #expect(script.answer(first.waiter) == "x")
        _ = try script.call("W/f/run")
        #expect(script.attempts.count == 1)
        #expect(script.runtime.stateRows().count == 1)
        #expect(script.perform { $0.purge(first.id, at: $1) } == .purged)
        #expect(script.runtime.stateRows().isEmpty)
        _ = try script.call("W/f/run")
        #expect(script.attempts.count == 2)
    }

    @Test func `a call gives the id first and the result later`() throws {
        var script = try Script()
        let (id, waiter) = try script.call("S/h")
        script.say(0, invoke("S/child", (1, 2)))
        #expect(script.attempts[0].types == [.inputCommand, .callInvocationIDCompletion])
        let child = script.attempts[1].request.invocation
        #expect(
            script.runtime.snapshot(child)?.head.caller
                == .service(id, TargetName(service: "S", key: nil, handler: "h")))
        script.finish(1, "from the child")
        #expect(script.attempts[0].types.last == .callCompletion)
        script.finish(0, "over")
        #expect(script.answer(waiter) == "over")
    }

    @Test func `a call to an unknown handler is tried again until it is registered`() throws {
        var script = try Script()
        let (id, _) = try script.call("S/h")
        script.say(0, invoke("New/h", (1, 2)))
        #expect(script.attempts[0].aborted)
        #expect(script.status(id) == "backing-off")
        #expect(script.runtime.snapshot(id)?.attempts.lastFailure?.restateCode == "RT0018")
        try script.register(#"{"name":"New","ty":"SERVICE","handlers":[{"name":"h"}]}"#, at: "two")
        script.pass(500)
        script.say(1, invoke("New/h", (1, 2)))
        #expect(script.attempts[2].request.service == "New")
    }

    @Test func `what waits is told of a result that is there, and of one that is not`() throws {
        var script = try Script()
        let child = try script.send("S/child")
        _ = try script.call("S/h")
        var look = GetInvocationOutputCommand()
        look.target = .id(child.text)
        look.completionID = 1
        var attach = AttachInvocationCommand()
        attach.target = .id(child.text)
        attach.completionID = 2
        var unknown = attach
        unknown.completionID = 3
        unknown.target = .id(InvocationIdentity(partitionKey: 1, high: 2, low: 3).text)
        script.say(1, look, attach, unknown)
        script.finish(0, "x")
        let told = try script.attempts[1].frames.dropFirst(2).map {
            try NotificationMessage(decoding: $0)
        }
        #expect(told.map(\.id) == [.completion(1), .completion(3), .completion(2)])
        #expect(
            told.map(\.result) == [
                .void, .failure(Failure(code: 404, message: "not found")),
                .value(Array("x".utf8)[...]),
            ])
    }

    @Test func `no more attempts than allowed run at once`() throws {
        var script = try Script { $0.concurrentAttempts = 2 }
        let ids = try (0..<4).map { _ in try script.send("S/h") }
        #expect(script.attempts.count == 2)
        #expect(script.status(ids[3]) == "ready")
        script.finish(0)
        #expect(script.attempts.count == 3)
        script.finish(1)
        script.finish(2)
        script.finish(3)
        #expect(script.runtime.invocationCount == 0)
    }

    @Test func `a finished invocation leaves nothing but its result and journal`() throws {
        var script = try Script()
        for _ in 0..<100 {
            _ = try script.send("O/k/h")
            script.say(script.last, sleep(1, until: script.now + 10_000), oneWay("S/child", 2))
            let child = script.last
            script.finish(child)
            script.finish(child - 1)
        }
        #expect(script.runtime.finishedCount == 200)
        // The ends of their retentions are with them in the archive.
        #expect(script.runtime.deadlines.count == 0)
        #expect(script.runtime.nextDeadline == script.now + 86_400_000)
        #expect(script.runtime.lockHolders().isEmpty)
        script.pass(86_400_000)
        #expect(script.runtime.finishedCount == 0)
        #expect(script.runtime.results.archivedBytes == 0)
        #expect(script.runtime.nextDeadline == nil)
    }

    @Test func `old journals make room for new ones`() throws {
        var script = try Script { $0.archivedJournalBytes = 100 }
        let first = try script.send("S/h")
        script.finish(0, String(repeating: "x", count: 60))
        #expect(script.runtime.journal(of: first)?.count == 2)
        let second = try script.send("S/h")
        script.finish(1, String(repeating: "x", count: 60))
        #expect(script.runtime.journal(of: first)?.isEmpty == true)
        #expect(script.runtime.journal(of: second)?.map(\.type) == [.inputCommand, .outputCommand])
    }
}
