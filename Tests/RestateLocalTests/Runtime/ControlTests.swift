import Primitives
import RestateProtocol
import Testing

@testable import RestateLocal
@testable import RestateRuntime

/// Cancel, kill, pause, resume, restart: what people do to invocations.
@Suite struct CoreControlTests {
    @Test func `what waits its turn is cancelled at once`() throws {
        var script = try Script()
        _ = try script.call("O/k/h")
        let inboxed = try script.call("O/k/h")
        let scheduled = try script.send("S/h") { $0.startAt = .max }
        #expect(script.perform { $0.cancel(inboxed.id, at: $1) } == .ended)
        #expect(script.answer(inboxed.waiter) == "409 canceled")
        #expect(script.perform { $0.cancel(scheduled, at: $1) } == .ended)
        // It never began, so nothing of it is kept.
        #expect(script.perform { $0.cancel(scheduled, at: $1) } == .unknown)
        #expect(script.runtime.nextDeadline != .max)
        script.finish(0)
        #expect(script.attempts.count == 1)
        #expect(script.runtime.lockHolders().isEmpty)
    }

    @Test func `what runs gets the signal, each time`() throws {
        var script = try Script()
        let (id, _) = try script.call("S/h")
        #expect(script.perform { $0.cancel(id, at: $1) } == .signalled)
        _ = script.perform { $0.cancel(id, at: $1) }
        #expect(
            script.attempts[0].types == [
                .inputCommand, .signalNotification, .signalNotification,
            ])
        let signal = try NotificationMessage(decoding: script.attempts[0].frames[2])
        #expect(signal.id == .cancel)
        #expect(signal.result == .void)
        let nobody = InvocationIdentity(partitionKey: 0, high: 0, low: 1)
        #expect(script.perform { $0.cancel(nobody, at: $1) } == .unknown)
    }

    @Test func `a cancel wakes a suspension that waits for it, and shortens no retry`() throws {
        var script = try Script()
        let (id, _) = try script.call("S/h")
        script.say(0, sleep(1, until: .max), suspension(1))
        _ = script.perform { $0.cancel(id, at: $1) }
        #expect(script.attempts.count == 2)
        script.say(1, trouble())
        _ = script.perform { $0.cancel(id, at: $1) }
        #expect(script.attempts.count == 2)
        script.pass(500)
        #expect(script.attempts[2].types.suffix(2) == [.signalNotification, .signalNotification])
        let deaf = try script.call("S/h")
        script.say(script.last, sleep(1, until: .max), suspension(1, signals: []))
        _ = script.perform { $0.cancel(deaf.id, at: $1) }
        #expect(script.status(deaf.id) == "suspended")
    }

    @Test func `what nobody can name is kept as long as its journal`() throws {
        var script = try Script(
            #"{"name":"S","ty":"SERVICE","journalRetention":1000,"handlers":[{"name":"h"},{"name":"child"}]}"#
        )
        _ = try script.call("S/h")
        script.say(0, invoke("S/child", (1, 2)))
        let child = try #require(script.attempts.last?.request.invocation)
        script.finish(1)
        script.pass(999)
        #expect(script.status(child) == "completed")
        script.pass(1)
        #expect(script.runtime.snapshot(child) == nil)
    }

    @Test func `a kill ends the calls and the sends below, and frees the key`() throws {
        var script = try Script()
        let (id, waiter) = try script.call("O/k/h")
        script.say(0, invoke("S/child", (1, 2)), oneWay("S/child", 3), oneWay("S/h", 4, at: .max))
        script.say(1, oneWay("S/h", 1))
        let next = try script.call("O/k/h")
        #expect(script.runtime.invocationCount == 6)
        #expect(script.perform { $0.kill(id, at: $1) } == .killed)
        #expect(script.answer(waiter) == "409 killed")
        #expect(script.attempts[0...2].map(\.aborted) == [true, true, true])
        #expect(script.runtime.invocationCount == 1)
        #expect(script.status(next.id) == "running")
        #expect(script.perform { $0.kill(id, at: $1) } == .completed)
    }

    @Test func `a paused invocation waits for a resume or a cancel`() throws {
        var script = try Script()
        let (id, _) = try script.call("S/h")
        #expect(script.perform { $0.pause(id, at: $1) } == .requested)
        #expect(script.attempts[0].inputEnded)
        #expect(script.status(id) == "running")
        script.say(0, sleep(1, until: script.now + 5), suspension(1))
        #expect(script.status(id) == "paused")
        #expect(script.perform { $0.pause(id, at: $1) } == .alreadyPaused)
        script.pass(5)
        #expect(script.attempts.count == 1)
        #expect(script.perform { $0.resume(id, at: $1) } == .resumed)
        #expect(script.attempts[1].types.last == .sleepCompletion)
        script.say(1, trouble())
        #expect(script.perform { $0.pause(id, at: $1) } == .requested)
        #expect(script.status(id) == "paused")
        script.pass(100_000)
        #expect(script.attempts.count == 2)
        _ = script.perform { $0.cancel(id, at: $1) }
        #expect(script.attempts.count == 3)
        let waiting = try script.send("S/h") { $0.startAt = .max }
        #expect(script.perform { $0.pause(waiting, at: $1) } == .notRunning)
        #expect(script.perform { $0.resume(waiting, at: $1) } == .notStarted)
    }

    @Test func `a resume in back-off tries again now`() throws {
        var script = try Script()
        let (id, _) = try script.call("S/h")
        script.say(0, trouble())
        #expect(script.perform { $0.resume(id, at: $1) } == .resumed)
        #expect(script.attempts.count == 2)
        script.pass(10_000)
        #expect(script.attempts.count == 2)
    }

    @Test func `a journal stays with its deployment, unless a resume says otherwise`() throws {
        var script = try Script()
        let one = try #require(script.runtime.registry.services["S"]?.deploymentID)
        let unpinned = try script.call("S/h")
        let pinned = try script.call("S/h")
        script.say(0, trouble())
        script.say(1, sleep(1, until: .max), trouble())
        let two = try script.register(at: "two").deployment.id
        #expect(one != two)
        script.pass(500)
        #expect(script.attempts[2].request.endpoint == DeploymentEndpoint(inProcess: "two"))
        #expect(script.attempts[3].request.endpoint == DeploymentEndpoint(inProcess: "one"))
        #expect(script.runtime.snapshot(unpinned.id)?.milestones.pinned?.deployment == nil)
        #expect(script.runtime.snapshot(pinned.id)?.milestones.pinned?.deployment == one)
        script.say(3, suspension(1))
        #expect(
            script.perform { $0.resume(pinned.id, deployment: .id("dp_1x"), at: $1) }
                == .badDeployment(.unknown))
        #expect(
            script.perform { $0.resume(unpinned.id, deployment: .latest, at: $1) }
                == .badDeployment(.cannotChange))
        #expect(script.perform { $0.resume(pinned.id, deployment: .latest, at: $1) } == .resumed)
        #expect(script.attempts[4].request.endpoint == DeploymentEndpoint(inProcess: "two"))
    }

    @Test func `what has ended starts anew with its input, or with some of its journal`() throws {
        var script = try Script()
        let (id, _) = try script.call("S/h") { $0.body = [1, 2] }
        script.say(0, sleep(1, until: 0), sleep(2, until: 0))
        #expect(script.perform { $0.restartAsNew(id, at: $1) } == .running)
        script.finish(0)
        guard case .started(let new) = script.perform({ $0.restartAsNew(id, at: $1) }) else {
            Issue.record("not restarted")
            return
        }
        #expect(new != id)
        #expect(script.attempts[1].types == [.inputCommand])
        #expect(script.attempts[1].frames[1] == script.attempts[0].frames[1])
        #expect(script.runtime.snapshot(new)?.head.caller == .restartAsNew(id))
        #expect(script.perform { $0.purgeJournal(id, at: $1) } == .purged)
        #expect(script.perform { $0.restartAsNew(id, at: $1) } == .journalGone)
        let flow = try script.call("W/f/run")
        script.finish(script.last)
        #expect(script.perform { $0.restartAsNew(flow.id, at: $1) } == .unsupported)
        let later = try script.send("S/h") { $0.startAt = .max }
        #expect(script.perform { $0.restartAsNew(later, at: $1) } == .notStarted)
    }

    /// Three sleeps, their answers, the output: entries 1 to 3, 4 to 6, and 7.
    @Test(arguments: [(0, 0, 0), (1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 3, 3), (6, 3, 3), (7, 3, 3)])
    func `a restart takes over the entries up to its index, and the answers to their commands`(
        from: Int, sleeps: Int, answers: Int
    ) throws {
        var script = try Script()
        let (id, _) = try script.call("S/h")
        script.say(0, sleep(1, until: 0), sleep(2, until: 0), sleep(3, until: 0))
        script.finish(0)
        guard case .started(let new) = script.perform({ $0.restartAsNew(id, from: from, at: $1) })
        else {
            Issue.record("not restarted")
            return
        }
        let attempt = try #require(script.attempts(of: new).first)
        let types = script.attempts[attempt].types
        #expect(
            types == [.inputCommand] + Array(repeating: .sleepCommand, count: sleeps)
                + Array(repeating: .sleepCompletion, count: answers))
    }

    @Test func `a restart behind the journal, or from a command without its answer, is refused`()
        throws
    {
        var script = try Script()
        let (id, _) = try script.call("S/h")
        script.say(0, sleep(1, until: .max))
        #expect(script.perform { $0.kill(id, at: $1) } == .killed)
        #expect(script.perform { $0.restartAsNew(id, from: 1, at: $1) } == .prefixIsOpen)
        #expect(script.perform { $0.restartAsNew(id, from: 9, at: $1) } == .prefixIsOpen)
        guard case .started = script.perform({ $0.restartAsNew(id, at: $1) }) else {
            Issue.record("not restarted")
            return
        }
    }

    @Test func `what chance has decided stays decided in a restart from within the journal`()
        throws
    {
        var script = try Script()
        let (id, _) = try script.call("S/h")
        script.say(0, sleep(1, until: 0))
        script.finish(0)
        let seed = id.randomSeed
        var seeds: [UInt64] = []
        for from in [0, 1] {
            guard
                case .started(let new) = script.perform({
                    $0.restartAsNew(id, from: from, at: $1)
                })
            else {
                Issue.record("not restarted")
                return
            }
            let attempt = try #require(script.attempts(of: new).first)
            let start = try StartMessage(decoding: script.attempts[attempt].frames[0].payload)
            seeds.append(start.randomSeed)
            if from == 1 {
                // Also of what was restarted itself.
                script.finish(attempt)
                guard
                    case .started(let last) = script.perform({
                        $0.restartAsNew(new, from: 1, at: $1)
                    })
                else {
                    Issue.record("not restarted")
                    return
                }
                let next = try #require(script.attempts(of: last).first)
                seeds.append(
                    try StartMessage(decoding: script.attempts[next].frames[0].payload).randomSeed)
            }
        }
        #expect(seeds[0] != seed)
        #expect(seeds[1...] == [seed, seed])
    }

    @Test func `an answer to one who is forgotten is not for the next one of its id`() throws {
        var script = try Script()
        script.checksEachTurn = false
        let first = try script.call("S/h") { $0.idempotencyKey = "k" }
        script.say(0, invoke("S/child", (1, 2)))
        script.finish(0)
        #expect(script.perform { $0.purge(first.id, at: $1) } == .purged)
        let second = try script.call("S/h") { $0.idempotencyKey = "k" }
        #expect(second.id == first.id)
        script.finish(1, "of the child")
        #expect(script.runtime.journal(of: second.id)?.map(\.type) == [.inputCommand])
    }

    @Test func `a new state waits behind a running handler`() throws {
        var script = try Script()
        let owner = StateOwner(service: "O", key: "k")
        script.perform { runtime, _ in
            runtime.setState(service: "O", key: "k", [(key: [1], value: [2])])
        }
        #expect(script.runtime.state(of: owner).map(\.key) == [[1]])
        _ = try script.call("O/k/h")
        script.perform { runtime, _ in
            runtime.setState(service: "O", key: "k", [(key: [3], value: [4])])
        }
        #expect(script.runtime.state(of: owner).map(\.key) == [[1]])
        script.finish(0)
        #expect(script.runtime.state(of: owner).map(\.key) == [[3]])
        #expect(script.runtime.lockHolders().isEmpty)
    }

    /// The versions are those that a server computes.
    @Test(
        arguments: [
            ([:], "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"),
            (["name": "bob"], "tDqA04Lj3_qJ-PgNPTecXDGZgpwy6jm2Ni2BYqJIthM"),
            (["b": "bbb", "a": "aaa"], "RVM17P6x18Wp-JnzQ01BzmqCvhAunTOQI_az6Px3Zyk"),
        ] as [(KeyValuePairs<String, String>, String)])
    func `a new state may be for one version only`(
        entries: KeyValuePairs<String, String>, version: String
    ) throws {
        var script = try Script()
        let owner = StateOwner(service: "O", key: "k")
        let old = entries.map { (key: Array($0.key.utf8)[...], value: Array($0.value.utf8)[...]) }
        script.perform { runtime, _ in
            runtime.setState(service: "O", key: "k", old)
            runtime.setState(service: "O", key: "k", [([1], [2])], replacing: "another")
        }
        #expect(script.runtime.state(of: owner).count == old.count)
        _ = try script.call("O/k/h")
        script.perform { runtime, _ in
            runtime.setState(service: "O", key: "k", [([1], [2])], replacing: version)
            runtime.setState(service: "O", key: "k", [([3], [4])], replacing: version)
        }
        script.finish(0)
        #expect(script.runtime.state(of: owner).map(\.key) == [[1]])
    }

    @Test func `who has gone is not answered`() throws {
        var script = try Script()
        let (id, waiter) = try script.call("S/h")
        script.perform { runtime, _ in runtime.detach(WaiterID(waiter)) }
        script.finish(0)
        #expect(script.answer(waiter) == nil)
        #expect(script.status(id) == "completed")
        #expect(script.runtime.waiters.isEmpty)
    }
}
