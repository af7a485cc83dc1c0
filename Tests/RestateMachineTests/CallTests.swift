import RestateMachine
import RestateProtocol
import Testing

@Suite struct CallTests {
    @Test func `a callee can be cancelled by its id`() throws {
        var attempt = Attempt(known: [input()], later: [callee(1, "my-id")], closed: true)
        try attempt.begin()
        let id = try attempt.call().invocationID
        let invocation = try #require(try attempt.text(id))
        try attempt.machine.cancelInvocation(invocation, at: here)
        try attempt.machine.end()
        try attempt.expect(call((1, 2)), cancelSignal(to: "my-id"), EndMessage())
    }

    @Test func `so can the target of a send`() throws {
        var attempt = Attempt(known: [input()], later: [callee(1, "my-id")], closed: true)
        try attempt.begin()
        let id = try attempt.machine.send(request(), at: here)
        let invocation = try #require(try attempt.text(id))
        try attempt.machine.cancelInvocation(invocation, at: here)
        try attempt.machine.end()
        try attempt.expect(send(1), cancelSignal(to: "my-id"), EndMessage())
    }

    @Test func `a call carries all it was given`() throws {
        var request = request()
        request.key = "k"
        request.headers = [Header(key: "a", value: "b")]
        request.idempotencyKey = "idem"
        request.scope = "tenant"
        request.limitKey = "user"
        request.name = "my call"
        var attempt = Attempt(known: [input()])
        try attempt.begin()
        _ = try attempt.machine.call(request, at: here)
        _ = try attempt.machine.send(request, invokeTime: 77, at: here)
        var call = call((1, 2))
        call.request = request
        var send = send(3)
        (send.request, send.invokeTime) = (request, 77)
        try attempt.expect(call, send)
    }

    @Test func `the time of a delayed send is not compared`() throws {
        var recorded = send(1)
        recorded.invokeTime = 5
        var attempt = Attempt(known: [input(), recorded], closed: true)
        try attempt.begin()
        #expect(try attempt.machine.send(request(), invokeTime: 99, at: here) == 1)
        #expect(!attempt.hasOutput && !attempt.hasEnded)
    }

    @Test(arguments: ["idempotency key", "scope", "limit key"])
    func `empty keys are refused`(what: String) throws {
        var request = request()
        switch what {
        case "scope": request.scope = ""
        case "limit key": request.limitKey = ""
        default: request.idempotencyKey = ""
        }
        for send in [true, false] {
            var attempt = Attempt(known: [input()])
            try attempt.begin()
            let failed = failure {
                _ =
                    send
                    ? try attempt.machine.send(request, at: here)
                    : try attempt.machine.call(request, at: here).result
            }
            #expect(failed?.code == 500)
            #expect(try attempt.expectError(500).message.contains(what))
        }
    }

    @Test(arguments: [ProtocolVersion.v5, .v6], ["scope", "limit key"])
    func `scopes and limit keys need version 7`(version: ProtocolVersion, what: String) throws {
        var request = request()
        if what == "scope" { request.scope = "s" } else { request.limitKey = "l" }
        var attempt = Attempt(version, known: [input()])
        try attempt.begin()
        #expect(failure { _ = try attempt.machine.call(request, at: here) }?.code == 573)
        let error = try attempt.expectError(573)
        #expect(error.message.contains(what) && error.relatedCommandIndex == nil)
        #expect(error.message.contains("application/vnd.restate.invocation.v7"))
        #expect(error.message.contains(version.contentType.description))
    }

    @Test func `invocations are looked at by three kinds of names`() throws {
        var workflow = WorkflowTarget()
        (workflow.workflow, workflow.key) = ("W", "k")
        var idempotent = IdempotentRequestTarget()
        (idempotent.service, idempotent.handler, idempotent.idempotencyKey) = ("S", "h", "i")
        var attempt = Attempt(known: [input()])
        try attempt.begin()
        let targets = [
            InvocationTarget.id("inv"), .workflow(workflow), .idempotent(idempotent),
        ]
        var written: [Written] = []
        for (index, target) in targets.enumerated() {
            let id = UInt32(index * 2 + 1)
            #expect(try attempt.machine.attach(target, at: here) == id)
            #expect(try attempt.machine.invocationOutput(target, at: here) == id + 1)
            var attach = AttachInvocationCommand()
            (attach.target, attach.completionID) = (target, id)
            var output = GetInvocationOutputCommand()
            (output.target, output.completionID) = (target, id + 1)
            written += [Written(attach), Written(output)]
        }
        #expect(try attempt.written() == written)

        workflow.scope = "s"
        var old = Attempt(.v6, known: [input()])
        try old.begin()
        #expect(failure { _ = try old.machine.attach(.workflow(workflow), at: here) }?.code == 573)
        idempotent.idempotencyKey = ""
        var empty = Attempt(known: [input()])
        try empty.begin()
        let failed = failure {
            _ = try empty.machine.invocationOutput(.idempotent(idempotent), at: here)
        }
        #expect(failed?.message.contains("idempotency key") == true)
    }

    @Test func `signals are sent by name`() throws {
        var attempt = Attempt(known: [input()])
        try attempt.begin()
        try attempt.machine.sendSignal(
            to: "inv", name: "go", result: .value("x".bytes), at: here)
        var command = SendSignalCommand()
        (command.target, command.signal, command.result) = ("inv", .name("go"), .value("x".bytes))
        try attempt.expect(command)
        #expect(
            try attempt.wait(.leaf(.namedSignal("go"))) == .wait(forInput: true, forRun: false))
        attempt.feed(
            NotificationMessage(.signalNotification, .namedSignal("go"), .value("y".bytes)))
        #expect(try attempt.wait(.leaf(.namedSignal("go"))) == .completed)
        #expect(attempt.machine.take(.namedSignal("go")) == .value("y".bytes))
        #expect(attempt.machine.take(.namedSignal("go")) == nil)
    }

    @Test func `a signal that comes again takes the place of the one before`() throws {
        func go(_ text: String) -> NotificationMessage {
            NotificationMessage(.signalNotification, .namedSignal("go"), .value(text.bytes))
        }
        var attempt = Attempt(
            known: [input()], later: [go("1"), slept(1), go("2"), slept(2)])
        try attempt.begin()
        #expect(try attempt.value(2) == .void)
        #expect(attempt.machine.take(.namedSignal("go")) == .value("2".bytes))
        #expect(attempt.machine.take(.namedSignal("go")) == nil)
        // One that has not been read is not lost.
        attempt.feed(go("3"))
        attempt.feed(go("4"))
        for text in ["3", "4"] {
            #expect(try attempt.wait(.leaf(.namedSignal("go"))) == .completed)
            #expect(attempt.machine.take(.namedSignal("go")) == .value(text.bytes))
        }
    }

    @Test func `awakeables of others are completed by their ids`() throws {
        var attempt = Attempt(known: [input()])
        try attempt.begin()
        try attempt.machine.completeAwakeable("sign_1x", .value("v".bytes), at: here)
        var command = CompleteAwakeableCommand()
        (command.awakeableID, command.result) = ("sign_1x", .value("v".bytes))
        try attempt.expect(command)
    }
}
