import Primitives
import RestateProtocol
import Testing

@testable import RestateLocal
@testable import RestateRuntime
import Times

/// Failed attempts: delays, policies, what the next attempt is told, pausing and giving up.
@Suite struct CoreRetryTests {
    @Test func `delays grow, and a suspension starts the count anew`() throws {
        var script = try Script()
        let (id, _) = try script.call("S/h")
        var delays: [Milliseconds] = []
        for _ in 0..<9 {
            script.say(script.last, trouble())
            let due = try #require(script.runtime.snapshot(id)?.attempts.nextRetryAt)
            delays.append(due - script.now)
            script.pass(due - script.now)
        }
        #expect(delays == [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
        #expect(try script.attempts[9].start.retryCount == 9)
        script.say(9, sleep(1, until: script.now + 1), suspension(1))
        script.pass(1)
        #expect(try script.attempts[10].start.retryCount == 0)
        script.say(10, trouble())
        #expect(script.runtime.snapshot(id)?.attempts.nextRetryAt == script.now + 500)
    }

    @Test func `jitter makes a delay longer by up to its share`() throws {
        var script = try Script { $0.retryJitter = 0.3 }
        for _ in 0..<50 {
            let id = try script.send("S/h")
            script.say(script.last, trouble())
            let delay = try #require(script.runtime.snapshot(id)?.attempts.nextRetryAt) - script.now
            #expect((500...650).contains(delay))
        }
    }

    @Test func `the last attempt pauses the invocation, or kills it`() throws {
        let services = """
            {"name":"S","ty":"SERVICE","retryPolicyMaxAttempts":2,"handlers":[{"name":"h"},
              {"name":"k","retryPolicyOnMaxAttempts":"KILL","retryPolicyInitialInterval":7},
              {"name":"once","retryPolicyMaxAttempts":0,"retryPolicyOnMaxAttempts":"KILL"}]}
            """
        var script = try Script(services)
        let paused = try script.call("S/h")
        script.say(0, trouble())
        script.pass(500)
        script.say(1, trouble())
        #expect(script.status(paused.id) == "paused")
        let killed = try script.call("S/k")
        script.say(2, trouble(499, "mine"))
        script.pass(7)
        script.say(3, trouble(499, "mine"))
        #expect(script.answer(killed.waiter) == "499 mine")
        let once = try script.call("S/once")
        script.say(4, trouble())
        #expect(script.answer(once.waiter) == "500 no")
    }

    @Test func `a delay that the handler asks for uses no attempt up`() throws {
        let services = """
            {"name":"S","ty":"SERVICE","retryPolicyMaxAttempts":2,
             "retryPolicyOnMaxAttempts":"KILL","handlers":[{"name":"h"}]}
            """
        var script = try Script(services)
        let (id, _) = try script.call("S/h")
        for _ in 0..<5 {
            script.say(script.last, trouble(delay: 33))
            #expect(script.runtime.snapshot(id)?.attempts.nextRetryAt == script.now + 33)
            script.pass(33)
        }
        #expect(script.status(id) == "running")
    }

    @Test(arguments: [(ErrorBehavior.pause, "paused"), (.fail, "completed")])
    func `an error may ask for a pause or an end`(behavior: ErrorBehavior, status: String) throws {
        var script = try Script { $0.protocolCap = 7 }
        let (id, _) = try script.call("S/h")
        script.say(0, trouble(behavior: behavior))
        #expect(script.status(id) == status)
    }

    @Test(arguments: [
        (200, "text/plain", "RT0012"), (502, "", "RT0010"), (503, "", "RT0023"),
        (415, "", "RT0015"), (413, "", "RT0019"), (404, "", "RT0012"), (401, "", "RT0012"),
    ])
    func `every status but a good one is tried again`(
        status: Int, type: String, code: String
    ) throws {
        var script = try Script()
        let (id, _) = try script.call("S/h")
        let attempt = script.attempts[0].request.attempt
        script.perform {
            $0.responded(
                attempt, status: status, contentType: type, server: nil, retryAfter: 77, at: $1)
        }
        #expect(script.runtime.snapshot(id)?.attempts.lastFailure?.restateCode == code)
        let delay = try #require(script.runtime.snapshot(id)?.attempts.nextRetryAt) - script.now
        #expect(delay == (status == 503 ? 77 : 500))
        script.pass(500)
        #expect(try script.attempts[1].start.retryCount == (status == 415 ? 0 : 1))
    }

    @Test func `a new command starts the count for the next attempt anew, a run's result not`()
        throws
    {
        var script = try Script()
        _ = try script.call("O/k/h")
        script.say(0, trouble())
        script.pass(500)
        script.say(1, proposal(1, "x"), trouble())
        script.pass(1000)
        #expect(try script.attempts[2].start.retryCount == 2)
        #expect(try script.attempts[2].start.durationSinceLastEntry == 1500)
        script.say(2, set("k", "v"), trouble())
        script.pass(2000)
        #expect(try script.attempts[3].start.retryCount == 1)
        #expect(try script.attempts[3].start.durationSinceLastEntry == 2000)
    }

    @Test func `garbage, a lost connection and a silent end are failures`() throws {
        var script = try Script()
        let (id, _) = try script.call("S/h")
        func failure() -> String? { script.runtime.snapshot(id)?.attempts.lastFailure?.restateCode }
        var attempt = script.attempts[0].request.attempt
        script.perform { $0.received(attempt, [0, 99, 0, 0, 0, 0, 0, 0], at: $1) }
        #expect(failure() == "RT0012")
        script.pass(500)
        attempt = script.attempts[1].request.attempt
        script.perform { $0.connectionFailed(attempt, "refused", at: $1) }
        #expect(failure() == "RT0010")
        script.pass(1000)
        attempt = script.attempts[2].request.attempt
        script.perform { $0.responseEnded(attempt, at: $1) }
        #expect(failure() == "RT0007")
        script.pass(2000)
        attempt = script.attempts[3].request.attempt
        script.perform { $0.received(attempt, [4, 1, 0, 0, 0x7F, 0, 0, 0], at: $1) }
        #expect(failure() == "RT0003")
    }

    @Test func `messages that only the runtime may send are refused`() throws {
        var script = try Script()
        let (id, _) = try script.call("S/h")
        script.say(0, NotificationMessage(.sleepCompletion, .completion(1), .void))
        #expect(script.runtime.snapshot(id)?.attempts.lastFailure?.restateCode == "RT0012")
        script.pass(500)
        script.say(1, set("k", "v"))
        #expect(script.runtime.snapshot(id)?.attempts.lastFailure?.restateCode == "RT0017")
        script.pass(1000)
        script.say(2, suspension(signals: []))
        #expect(script.runtime.snapshot(id)?.attempts.lastFailure?.restateCode == "RT0012")
    }

    @Test func `a mismatch is reported with its command and tried again`() throws {
        var script = try Script()
        let (id, _) = try script.call("S/h")
        var error = trouble(570, "not the same")
        error.relatedCommandIndex = 3
        error.relatedCommandType = UInt32(MessageType.sleepCommand.rawValue)
        script.say(0, error)
        let failure = script.runtime.snapshot(id)?.attempts.lastFailure
        #expect(failure?.restateCode == "RT0016")
        #expect(failure?.relatedIndex == 3)
        #expect(failure?.relatedType == .sleepCommand)
        #expect(script.logs.last?.contains("not the same") == true)
        #expect(script.status(id) == "backing-off")
    }

    @Test func `a long queue of what cannot begin is given up one by one`() throws {
        var script = try Script {
            $0.retryPolicy.maxAttempts = 1
            $0.retryPolicy.onMaxAttempts = .kill
        }
        // A check of the whole queue with each addition to it would take minutes.
        script.checksEachTurn = false
        let id = try #require(script.runtime.registry.services["O"]?.deploymentID)
        for _ in 0..<20_000 { _ = try script.send("O/k/h") }
        #expect(script.runtime.invocationCount == 20_000)
        #expect(script.perform { runtime, _ in runtime.removeDeployment(id) })
        script.finish(0)
        #expect(script.attempts.count == 1)
        #expect(script.runtime.invocationCount == 0)
        #expect(script.runtime.lockHolders().isEmpty)
    }

    @Test func `a handler that does not react is aborted`() throws {
        var script = try Script()
        let (id, _) = try script.call("S/h")
        script.pass(60_000)
        #expect(script.attempts[0].inputEnded)
        script.pass(599_999)
        #expect(!script.attempts[0].aborted)
        script.pass(1)
        #expect(script.attempts[0].aborted)
        #expect(script.runtime.snapshot(id)?.attempts.lastFailure?.restateCode == "RT0001")
    }

    @Test func `the longest times that a manifest may name are kept`() throws {
        let longest = DurationText.longestMilliseconds
        let names = [
            "inactivityTimeout", "abortTimeout", "journalRetention", "idempotencyRetention",
            "retryPolicyInitialInterval", "retryPolicyMaxInterval",
        ]
        let options = names.map { "\"\($0)\":\(longest)" }.joined(separator: ",")
        var script = try Script(
            """
            {"name":"S","ty":"SERVICE",\(options),"handlers":[{"name":"h"}]}
            """
        ) { $0.retryJitter = 0.3 }
        let (id, _) = try script.call("S/h")
        script.pass(1_000_000_000)
        #expect(script.status(id) == "running")
        script.say(0, trouble())
        #expect(script.status(id) == "backing-off")
        #expect(try #require(script.runtime.nextDeadline) >= longest)
        #expect(script.perform { $0.resume(id, at: $1) } == .resumed)
        script.finish(1)
        #expect(try #require(script.runtime.nextDeadline) >= longest)
        var policy = AttemptRetryPolicy()
        (policy.initialInterval, policy.maxInterval) = (.max - 1, .max)
        #expect(policy.delay(afterFailures: 1) == .max)
        (policy.initialInterval, policy.factor) = (1, -1e300)
        #expect(policy.delay(afterFailures: 2) == 0)
    }

    @Test func `traffic keeps an attempt awake`() throws {
        var script = try Script()
        _ = try script.call("O/k/h")
        for _ in 0..<5 {
            script.pass(40_000)
            script.say(0, set("a", "b"))
        }
        #expect(!script.attempts[0].inputEnded)
        script.pass(60_000)
        #expect(script.attempts[0].inputEnded)
    }
}
