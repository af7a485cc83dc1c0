import CanonicalJSON
import Primitives
import Restate
import RestateProtocol
import Testing

@testable import RestateLocal
@testable import RestateRuntime

/// A process dies and another one goes on with what was stored, without any I/O.
@Suite struct RecoveryTests {
    @Test func `what was running gets another attempt with its journal`() throws {
        var script = try Script()
        let (id, _) = try script.call("O/k/h")
        script.say(0, set("a", "1"), RunCommand(completionID: 1, name: "r"), proposal(1, "x"))
        try script.crash()
        #expect(script.attempts.map(\.request.invocation) == [id])
        #expect(
            script.attempts[0].types == [
                .inputCommand, .setStateCommand, .runCommand, .runCompletion,
            ])
        #expect(try script.attempts[0].start.stateMap.map(\.value) == [Array("1".utf8)[...]])
        #expect(script.runtime.snapshot(id)?.attempts.started == 2)
        script.finish(0, "done")
        let again = try script.call("O/k/s")
        #expect(script.attempts[1].request.invocation == again.id)
        #expect(script.status(id) == "completed")
    }

    @Test func `a delayed send that came due meanwhile starts, another one waits on`() throws {
        var script = try Script()
        let soon = try script.send("S/h") { $0.startAt = 1_000_500 }
        let late = try script.send("S/h") { $0.startAt = 1_009_000 }
        script.now += 600
        try script.crash()
        #expect(script.status(soon) == "running")
        #expect(script.status(late) == "scheduled")
        #expect(script.runtime.nextDeadline == 1_009_000)
        script.pass(8400)
        #expect(script.status(late) == "running")
    }

    @Test func `the inbox keeps its order, a new state in the middle of it too`() throws {
        var script = try Script()
        let ids = try (0..<3).map { _ in try script.send("O/k/h") }
        script.perform { runtime, _ in
            let entry = (key: Array("a".utf8)[...], value: Array("edited".utf8)[...])
            runtime.setState(service: "O", key: "k", [entry])
        }
        let last = try script.send("O/k/h")
        try script.crash()
        #expect(script.runtime.inboxes().map(\.id) == [ids[1], ids[2], last])
        for id in ids {
            #expect(script.attempts.last?.request.invocation == id)
            #expect(script.runtime.stateRows().isEmpty)
            script.finish(script.last)
            try script.crash()
        }
        #expect(script.attempts.last?.request.invocation == last)
        #expect(script.runtime.stateRows().map(\.value) == [Array("edited".utf8)[...]])
        // Whoever is cancelled while waiting leaves the queue for good.
        let more = try (0..<2).map { _ in try script.send("O/k/h") }
        _ = script.perform { $0.cancel(more[0], at: $1) }
        try script.crash()
        #expect(script.runtime.inboxes().map(\.id) == [more[1]])
        #expect(script.status(more[0]) == nil)
    }

    @Test(arguments: [false, true])
    func `who waits for a promise of a forgotten run is told by the next one`(crashes: Bool) throws
    {
        var script = try Script()
        let run = try script.send("W/k/run")
        let (waiting, _) = try script.call("W/k/s")
        var get = GetPromiseCommand()
        get.key = "go"
        get.completionID = 1
        script.say(1, get, suspension(1))
        script.finish(0, "over")
        _ = script.perform { $0.purge(run, at: $1) }
        if crashes { try script.crash() }
        #expect(script.status(waiting) == "suspended")
        _ = try script.send("W/k/run")
        var complete = CompletePromiseCommand()
        complete.key = "go"
        complete.completionID = 1
        complete.completion = .value([1])
        script.say(script.last, complete)
        #expect(script.status(waiting) == "running")
        #expect(script.attempts[script.last].types.contains(.getPromiseCompletion))
    }

    @Test func `what is backing off keeps its time, and its count`() throws {
        var script = try Script { $0.retryPolicy.maxAttempts = 2 }
        let (id, _) = try script.call("S/h")
        script.say(0, trouble(500, "first"))
        #expect(script.runtime.nextDeadline == 1_000_500)
        try script.crash()
        #expect(script.attempts.isEmpty)
        #expect(script.status(id) == "backing-off")
        #expect(script.runtime.snapshot(id)?.attempts.lastFailure?.message == "first")
        #expect(script.runtime.snapshot(id)?.attempts.lastFailure?.restateCode == "RT0007")
        script.pass(500)
        #expect(try script.attempts[0].start.retryCount == 1)
        script.say(0, trouble(500, "second"))
        #expect(script.status(id) == "paused")
        try script.crash()
        #expect(script.status(id) == "paused")
        #expect(script.perform { $0.resume(id, at: $1) } == .resumed)
        #expect(script.status(id) == "running")
    }

    @Test func `timers, results, promises and signals find who waits for them`() throws {
        var script = try Script()
        let sleeper = try script.call("S/h")
        script.say(script.last, sleep(1, until: script.now + 1000), suspension(1))
        let caller = try script.call("S/h")
        script.say(script.last, invoke("S/child", (1, 2)), suspension(2))
        let child = script.attempts[script.last].request.invocation
        let attached = try script.call("S/h")
        var attach = AttachInvocationCommand()
        attach.target = .id(child.text)
        attach.completionID = 1
        script.say(script.last, attach, suspension(1))
        let flow = try script.call("W/f/run")
        var get = GetPromiseCommand()
        get.key = "p"
        get.completionID = 1
        script.say(script.last, get, suspension(1))
        let awakened = try script.call("S/h")
        script.say(script.last, sleep(1, until: script.now + 90_000), suspension(signals: [17]))
        let waiting = [sleeper.id, caller.id, attached.id, flow.id, awakened.id]
        for id in waiting { #expect(script.status(id) == "suspended") }

        try script.crash()
        for id in waiting { #expect(script.status(id) == "suspended") }
        #expect(script.attempts.map(\.request.invocation) == [child])
        script.finish(0, "of the child")
        #expect(script.status(caller.id) == "running")
        #expect(script.status(attached.id) == "running")
        script.pass(1000)
        #expect(script.status(sleeper.id) == "running")
        _ = try script.call("W/f/s")
        var complete = CompletePromiseCommand()
        complete.key = "p"
        complete.completionID = 1
        complete.completion = .value(Array("v".utf8)[...])
        script.say(script.last, complete)
        #expect(script.status(flow.id) == "running")
        #expect(
            script.perform {
                $0.completeAwakeable(awakeable(awakened.id, 17), .value([]), at: $1)
            })
        #expect(script.status(awakened.id) == "running")
        try script.crash()
        #expect(script.runtime.promiseRows().map(\.result) == [.value(Array("v".utf8)[...])])
    }

    @Test func `results are kept until they expire, journals as long as they are wanted`() throws {
        var script = try Script()
        let first = try script.call("S/h") { $0.idempotencyKey = "k" }
        script.say(0, sleep(1, until: script.now))
        script.finish(0, "x")
        let flow = try script.call("W/f/run")
        var complete = CompletePromiseCommand()
        complete.key = "p"
        complete.completionID = 1
        complete.completion = .value([])
        script.say(1, set("a", "1"), complete)
        script.finish(1, "y")
        let dropped = try script.send("S/h")
        script.finish(2)
        #expect(script.perform { $0.purgeJournal(dropped, at: $1) } == .purged)
        let purged = try script.send("S/h")
        script.finish(3)
        #expect(script.perform { $0.purge(purged, at: $1) } == .purged)

        try script.crash()
        #expect(script.attempts.isEmpty)
        let again = try script.call("S/h") { $0.idempotencyKey = "k" }
        #expect(again.id == first.id)
        #expect(script.answer(again.waiter) == "x")
        let expires = try #require(script.answers[again.waiter]?.expires)
        #expect(expires == 1_000_000 + 86_400_000)
        #expect(
            script.runtime.journal(of: first.id)?.map(\.type) == [
                .inputCommand, .sleepCommand, .sleepCompletion, .outputCommand,
            ])
        #expect(script.runtime.journal(of: dropped)?.isEmpty == true)
        #expect(script.status(purged) == nil)
        #expect(script.runtime.stateRows().count == 1)
        #expect(script.runtime.promiseRows().count == 1)

        script.now += 86_400_000
        try script.crash()
        #expect(script.runtime.finishedCount == 0)
        #expect(script.runtime.stateRows().isEmpty)
        #expect(script.runtime.promiseRows().isEmpty)
        #expect(script.status(flow.id) == nil)
        try script.crash()
        #expect(script.runtime.nextDeadline == nil)
        #expect(script.runtime.results.archivedBytes == 0)
    }

    @Test func `a pause that was asked for comes, and a kill reaches the children`() throws {
        var script = try Script()
        let (paused, _) = try script.call("S/h")
        #expect(script.perform { $0.pause(paused, at: $1) } == .requested)
        let (parent, _) = try script.call("S/h")
        script.say(script.last, invoke("S/child", (1, 2)), oneWay("S/child", 3))
        let children = script.attempts.suffix(2).map(\.request.invocation)
        try script.crash()
        #expect(script.status(paused) == "paused")
        #expect(script.attempts.map(\.request.invocation) == [parent] + children)
        #expect(script.perform { $0.kill(parent, at: $1) } == .killed)
        for id in children { #expect(script.runtime.snapshot(id)?.result == .failure(.killed)) }
    }

    @Test func `deployments come back as they were patched`() throws {
        let services = """
            {"name":"P","ty":"WORKFLOW","documentation":"é","metadata":{"a":"b"},
             "retryPolicyMaxAttempts":3,"retryPolicyExponentiationFactor":1.5,
             "retryPolicyOnMaxAttempts":"KILL","enableLazyState":true,"abortTimeout":7,
             "handlers":[{"name":"run","ty":"WORKFLOW","workflowCompletionRetention":5000,
               "ingressPrivate":false,"input":{"required":true,"contentType":"application/json",
               "jsonSchema":{"type":"object"}}},{"name":"s","output":{"contentType":"text/plain",
               "setContentTypeIfEmpty":true}}]}
            """
        var script = try Script()
        try script.register(services, at: "two", mode: "REQUEST_RESPONSE") {
            $0.additionalHeaders = [Header(key: "x", value: "y")]
            $0.metadata = ["m": "n"]
        }
        var patch = ServicePatch()
        patch.isPublic = false
        patch.workflowCompletionRetention = 99
        patch.journalRetention = 0
        let patched = try #require(script.perform { r, _ in r.patchService("P", patch) })
        #expect(script.perform { r, _ in r.removeDeployment("nothing") } == false)
        try script.crash()
        let registry = script.runtime.registry
        let service = try #require(registry.services["P"])
        #expect("\(service)" == "\(patched)")
        #expect(!service.isPublic)
        let deployment = try #require(registry.deployments[service.deploymentID])
        #expect(deployment.endpoint.uri == "in-process://two/")
        #expect(deployment.additionalHeaders == [Header(key: "x", value: "y")])
        #expect(deployment.metadata == ["m": "n"])
        #expect(!deployment.isBidirectional)
        #expect(deployment.manifest.services[0].handlers[0].options.ingressPrivate == false)
    }

    @Test func `a manifest is stored as its endpoint sent it, with what is not known here`() throws
    {
        let sent = """
            {"protocolMode" : "BIDI_STREAM", "minProtocolVersion":5,"maxProtocolVersion":6,
             "ofTomorrow":{"a":[1.50]},
             "services":[{"name":"P","ty":"SERVICE","handlers":[{"name":"h","more":true}]}]}
            """
        let record = """
            {"deployments":[{"id":"dp_1","uri":"http://a/","usesHTTP11":false,"headers":[],"metadata":{},
            "createdAt":1,"manifest":\(JSONLine.quoted(sent)),"protocolMode":"REQUEST_RESPONSE",
            "services":[{"name":"P","revision":3,"patch":{"isPublic":false}}]}]}
            """
        let registry = try Registry(
            JSON.decode(RegistryRecord.self, from: Array(record.utf8)))
        let service = try #require(registry.services["P"])
        #expect(service.revision == 3)
        #expect(!service.isPublic)
        #expect(service.handler("h") != nil)
        let deployment = try #require(registry.deployments["dp_1"])
        #expect(!deployment.isBidirectional)
        let again = try JSON.encode(RegistryRecord(registry))
        let stored = try JSON.decode(RegistryRecord.self, from: again)
        #expect(stored.deployments[0].manifest == sent)
        // From an endpoint it is refused: what it asks for would not be done.
        #expect(throws: ManifestError.self) { try Manifest(parsing: Array(sent.utf8)) }
    }

    @Test func `a registry that an older build stored is read`() throws {
        let service = #"{"name":"P","ty":"SERVICE","handlers":[{"name":"h"}]"#
        let record = """
            {"deployments":[{"id":"dp_1","uri":"http://a/","usesHTTP11":true,"headers":[["x","y"]],
            "metadata":{},"createdAt":1,"manifest":{"protocolMode":"BIDI_STREAM","minProtocolVersion":5,
            "maxProtocolVersion":6,"services":[\(service)}]},"services":[{"deployment":"dp_1","revision":2,
            "manifest":\(service),"ingressPrivate":true,"journalRetention":7}}]}],"services":[]}
            """
        let registry = try Registry(
            JSON.decode(RegistryRecord.self, from: Array(record.utf8)))
        let known = try #require(registry.services["P"])
        #expect(known.revision == 2)
        #expect(!known.isPublic)
        #expect(known.options.journalRetention == 7)
        #expect(registry.deployments["dp_1"]?.isBidirectional == true)
    }

    @Test func `what is called before the runtime is awake has one attempt`() throws {
        var script = try Script()
        let (waiting, _) = try script.call("S/h")
        script.say(0, sleep(1, until: .max), suspension(1, signals: [17]))
        var called: InvocationIdentity?
        try script.crash { runtime, now in
            // Ports are open before.
            _ = runtime.completeAwakeable(awakeable(waiting, 17), .value([]), at: now)
            called = try? runtime.submit(InvocationRequest("S/h"), at: now).id
        }
        #expect(script.attempts.map(\.request.invocation) == [waiting, try #require(called)])
        script.finish(1)
        script.finish(0)
        #expect(script.runtime.finishedCount == 2)
    }

    @Test func `whoever is let on by another one that ends at the start has one attempt`() throws {
        var script = try Script {
            $0.retryPolicy.maxAttempts = 1
            $0.retryPolicy.onMaxAttempts = .kill
        }
        let deployment = try #require(script.runtime.registry.services["O"]).deploymentID
        let first = try script.send("O/k/h")
        script.say(0, set("a", "1"))
        // The next one is not settled on the deployment that is taken away.
        let next = try script.send("O/k/h")
        let again = try script.register(at: "two")
        #expect(again.deployment.id != deployment)
        #expect(script.perform { r, _ in r.removeDeployment(deployment) })
        try script.crash()
        #expect(script.status(first) == "completed")
        #expect(script.attempts.map(\.request.invocation) == [next])
    }

    @Test func `two spellings of a letter are two keys`() throws {
        var script = try Script()
        let keys = ["\u{E9}", "e\u{301}"]
        for key in keys {
            _ = try script.call("O/\(key)/h")
            script.say(script.last, set("a", key))
        }
        #expect(script.attempts.count == 2)
        try script.crash()
        for key in keys {
            let state = script.runtime.state(of: StateOwner(service: "O", key: key))
            #expect(state.map(\.value) == [Array(key.utf8)[...]])
        }
    }

    @Test func `two spellings of a letter are two promises`() throws {
        var script = try Script()
        _ = try script.call("W/f/run")
        for (id, name) in [(UInt32(1), "\u{E9}"), (2, "e\u{301}")] {
            var complete = CompletePromiseCommand()
            complete.key = name
            complete.completionID = id
            complete.completion = .value(Array(name.utf8)[...])
            script.say(0, complete)
        }
        func values() -> [ValueOrFailure?] {
            script.runtime.promiseRows().sorted { $0.name.utf8.count < $1.name.utf8.count }
                .map(\.result)
        }
        let both: [ValueOrFailure?] = [.value([0xC3, 0xA9]), .value([0x65, 0xCC, 0x81])]
        #expect(values() == both)
        try script.crash()
        #expect(values() == both)
    }

    private func awakeable(_ id: InvocationIdentity, _ signal: UInt32) -> String {
        let bytes = id.bytes + withUnsafeBytes(of: signal.bigEndian) { Array($0) }
        return "sign_1" + String(decoding: Base64URL.encode(bytes), as: UTF8.self)
    }
}
