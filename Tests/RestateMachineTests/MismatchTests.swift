import RestateMachine
import RestateProtocol
import Testing

/// A command as it was recorded, what the code does now, and the lines that say so.
struct Difference: CustomTestStringConvertible, Sendable {
    var name: String
    var recorded: [any Message]
    var lines: [String]
    var operation: @Sendable (inout InvocationMachine) throws -> Void

    var testDescription: String { name }

    init(
        _ name: String, _ recorded: any Message, _ lines: String...,
        operation: @escaping @Sendable (inout InvocationMachine) throws -> Void
    ) {
        self.name = name
        self.recorded = [recorded]
        self.lines = lines
        self.operation = operation
    }
}

private func changed<M: Message>(_ message: M, _ change: (inout M) -> Void) -> M {
    var message = message
    change(&message)
    return message
}

@Suite struct MismatchTests {
    private func message(_ difference: Difference) throws -> ErrorMessage {
        var attempt = Attempt(
            start: start(partial: true), known: [input()] + difference.recorded, closed: true)
        try attempt.begin()
        #expect(failure { try difference.operation(&attempt.machine) }?.code == 570)
        return try attempt.expectError(570)
    }

    @Test(arguments: state + calls + others)
    func `every field that differs has its line`(_ difference: Difference) throws {
        let error = try message(difference)
        let lines = error.message.split(separator: "\n").filter { $0.hasPrefix("  ") }
        #expect(lines.map(String.init) == difference.lines.map { "  " + $0 })
        #expect(error.message.contains("command 1 at Tests/Handler.swift:42"))
        #expect(error.relatedCommandIndex == 1)
        #expect(error.relatedCommandType == difference.recorded.first.map { UInt32($0.code) })
        #expect(error.stacktrace.isEmpty)
    }

    static let state = [
        Difference("lazy get, key", lazyGet("my-key", 1), "key: 'my-key' != 'another-key'") {
            _ = try $0.getState("another-key".bytes, at: here)
        },
        Difference("lazy get, id", lazyGet("k", 7), "result_completion_id: 7 != 1") {
            _ = try $0.getState("k".bytes, at: here)
        },
        Difference(
            "lazy get, name", changed(lazyGet("k", 1)) { $0.name = "n" }, "name: n != ''"
        ) {
            _ = try $0.getState("k".bytes, at: here)
        },
        Difference("eager get, key", eagerGet("a", nil), "key: 'a' != 'b'") {
            _ = try $0.getState("b".bytes, at: here)
        },
        Difference(
            "eager get, name", changed(eagerGet("a", nil)) { $0.name = "n" }, "name: n != ''"
        ) {
            _ = try $0.getState("a".bytes, at: here)
        },
        Difference("lazy keys, id", lazyKeys(9), "result_completion_id: 9 != 1") {
            _ = try $0.stateKeys(at: here)
        },
        Difference("eager keys, name", changed(eagerKeys()) { $0.name = "n" }, "name: n != ''") {
            _ = try $0.stateKeys(at: here)
        },
        Difference(
            "set", set("a", "1"), "key: 'a' != 'b'", "value: '1' != '2'",
            operation: { try $0.setState("b".bytes, "2".bytes, at: here) }),
        Difference(
            "set, no value", changed(set("a", "")) { $0.value = nil }, "value: <empty> != ''",
            operation: { try $0.setState("a".bytes, [], at: here) }),
        Difference("set, no text", set("a", "1"), "value: '1' != [255, 0]") {
            try $0.setState("a".bytes, [255, 0], at: here)
        },
        Difference("clear", clear("a"), "key: 'a' != 'b'") {
            try $0.clearState("b".bytes, at: here)
        },
        Difference(
            "clear all", changed(ClearAllStateCommand()) { $0.name = "n" }, "name: n != ''"
        ) {
            try $0.clearAllState(at: here)
        },
    ]

    static let calls = [
        Difference(
            "call",
            changed(call((3, 4), "1", handler: "get")) {
                $0.request.service = "Other"
                $0.request.key = "a"
                $0.request.headers = [Header(key: "h", value: "v"), Header(key: "i", value: "w")]
                $0.request.idempotencyKey = "i"
                $0.request.scope = "s"
                $0.request.limitKey = "l"
                $0.request.name = "n"
            },
            "service_name: Other != Greeter", "handler_name: get != reset", "key: a != b",
            "parameter: '1' != '2'", "headers: h: v, i: w != <empty>",
            "idempotency_key: i != <empty>", "scope: s != <empty>", "limit_key: l != k",
            "invocation_id_notification_idx: 3 != 1", "result_completion_id: 4 != 2",
            "name: n != m"
        ) {
            var request = request("2")
            (request.handler, request.key, request.name) = ("reset", "b", "m")
            request.limitKey = "k"
            _ = try $0.call(request, at: here)
        },
        Difference(
            "send",
            changed(send(3, "123")) {
                $0.request.service = "Other"
                $0.request.handler = "get"
                $0.request.key = "a"
                $0.request.headers = [Header(key: "h", value: "v")]
                $0.request.idempotencyKey = "i"
                $0.request.name = "n"
                $0.invokeTime = 7
            },
            "service_name: Other != Greeter", "handler_name: get != greeter", "key: a != ''",
            "parameter: '123' != '456'", "headers: h: v != h: w",
            "idempotency_key: i != j", "scope: <empty> != s", "limit_key: <empty> != l",
            "invocation_id_notification_idx: 3 != 1", "name: n != ''"
        ) {
            var request = request("456")
            request.headers = [Header(key: "h", value: "w")]
            (request.idempotencyKey, request.scope, request.limitKey) = ("j", "s", "l")
            _ = try $0.send(request, at: here)
        },
        Difference(
            "send signal", changed(cancelSignal(to: "a")) { $0.name = "n" },
            "target_invocation_id: a != b", "signal: index 1 != name go",
            "result: void != 'x'", "entry_name: n != ''"
        ) {
            try $0.sendSignal(to: "b", name: "go", result: .value("x".bytes), at: here)
        },
        Difference(
            "attach",
            changed(AttachInvocationCommand()) {
                $0.target = .id("a")
                $0.completionID = 1
            }, "target: invocation a != workflow W/k"
        ) {
            var workflow = WorkflowTarget()
            (workflow.workflow, workflow.key) = ("W", "k")
            _ = try $0.attach(.workflow(workflow), at: here)
        },
        Difference(
            "get output",
            changed(GetInvocationOutputCommand()) {
                var target = IdempotentRequestTarget()
                (target.service, target.key, target.handler) = ("S", "k", "h")
                (target.idempotencyKey, target.scope) = ("i", "s")
                $0.target = .idempotent(target)
                $0.completionID = 5
                $0.name = "n"
            },
            "target: request S/k/h with idempotency key i in scope s != invocation a",
            "result_completion_id: 5 != 1", "name: n != ''"
        ) {
            _ = try $0.invocationOutput(.id("a"), at: here)
        },
    ]

    static let others = [
        Difference("sleep", sleep(9, name: "nap"), "name: nap != ''") {
            _ = try $0.sleep(until: 1, at: here)
        },
        Difference("run", run(2, "a"), "result_completion_id: 2 != 1", "name: a != b") {
            _ = try $0.run(name: "b", at: here)
        },
        Difference("output, value", output("a"), "result: 'a' != 'b'") {
            try $0.writeOutput(.value("b".bytes), at: here)
        },
        Difference(
            "output, failure", output("a"), "result: 'a' != [409] sold (why: x)"
        ) {
            let metadata = [Header(key: "why", value: "x")]
            let failure = Failure(code: 409, message: "sold", metadata: metadata)
            try $0.writeOutput(.failure(failure), at: here)
        },
        Difference(
            "get promise",
            changed(GetPromiseCommand()) {
                $0.key = "a"
                $0.completionID = 2
                $0.name = "n"
            }, "key: a != b", "result_completion_id: 2 != 1", "name: n != ''"
        ) {
            _ = try $0.getPromise("b", at: here)
        },
        Difference(
            "peek promise",
            changed(PeekPromiseCommand()) {
                $0.key = "a"
                $0.completionID = 2
                $0.name = "n"
            }, "key: a != b", "result_completion_id: 2 != 1", "name: n != ''"
        ) {
            _ = try $0.peekPromise("b", at: here)
        },
        Difference(
            "complete promise",
            changed(CompletePromiseCommand()) {
                $0.key = "a"
                $0.completionID = 2
                $0.completion = .failure(Failure(code: 1, message: "x"))
                $0.name = "n"
            }, "key: a != b", "completion: [1] x != [2] x", "result_completion_id: 2 != 1",
            "name: n != ''"
        ) {
            _ = try $0.completePromise(
                "b", .failure(Failure(code: 2, message: "x")), at: here)
        },
        Difference(
            "complete awakeable",
            changed(CompleteAwakeableCommand()) {
                $0.awakeableID = "a"
                $0.result = .value("1".bytes)
                $0.name = "n"
            }, "awakeable_id: a != b", "result: '1' != '2'", "name: n != ''"
        ) {
            try $0.completeAwakeable("b", .value("2".bytes), at: here)
        },
        Difference(
            "spelling of a failure", output(Failure(code: 1, message: "\u{E9}")),
            "result: [1] \u{E9} != [1] e\u{301}"
        ) {
            try $0.writeOutput(.failure(Failure(code: 1, message: "e\u{301}")), at: here)
        },
        Difference("spelling", run(1, "\u{E9}"), "name: \u{E9} != e\u{301}") {
            _ = try $0.run(name: "e\u{301}", at: here)
        },
    ]

    @Test func `another command is shown with both names`() throws {
        let difference = Difference("", sleep(1, name: "nap")) {
            _ = try $0.run(name: "charge", at: here)
        }
        let error = try message(difference)
        #expect(error.message.contains("recorded as command 1"))
        #expect(error.message.contains("\n  recorded:  sleep 'nap'\n"))
        #expect(
            error.message.contains("\n  attempted: run 'charge' at Tests/Handler.swift:42\n"))
        #expect(error.message.contains("not deterministic"))
        #expect(error.relatedCommandType == 0x0411 && error.relatedCommandName == "charge")
    }

    @Test func `a command of a newer protocol is another command`() throws {
        struct Newer: Message {
            var code: UInt16 { 0x04FF }
            init() {}
            mutating func decode(
                _ field: Field, from fields: inout FieldReader
            ) throws(WireError) {
                try fields.skip(field)
            }
            func encode(into fields: inout FieldWriter) {}
        }
        let difference = Difference("", Newer()) { _ = try $0.run(name: "", at: here) }
        #expect(try message(difference).message.contains("recorded:  command 0x04FF\n"))
    }

    @Test func `long values are cut, at whole characters`() throws {
        let long = String(repeating: "ä", count: 100_000)
        let set = Difference("", set("a", long)) {
            try $0.setState("a".bytes, ("b" + long).bytes, at: here)
        }
        let text = try message(set).message
        #expect(text.utf8.count < 2000)
        #expect(text.contains("value: '\(String(repeating: "ä", count: 100))'… (200000 bytes)"))
        #expect(text.contains("!= 'b\(String(repeating: "ä", count: 99))'… (200001 bytes)"))

        let name = Difference("", sleep(1, name: long)) {
            _ = try $0.sleep(until: 0, name: "a" + long, at: here)
        }
        #expect(try message(name).message.utf8.count < 2000)
        let bytes = Difference("", set2(Bytes(repeating: 0xFF, count: 100_000))) {
            try $0.setState("a".bytes, [1], at: here)
        }
        #expect(try message(bytes).message.utf8.count < 2000)
        let other = Difference("", sleep(1, name: long)) { _ = try $0.run(name: "", at: here) }
        #expect(try message(other).message.utf8.count < 2000)
    }

    func set2(_ value: Bytes) -> SetStateCommand {
        var command = SetStateCommand()
        (command.key, command.value) = ("a".bytes, value)
        return command
    }

    @Test(arguments: ErrorBehavior.allCases, ProtocolVersion.allCases)
    func `what the server shall do is an option, since version 7`(
        behavior: ErrorBehavior, version: ProtocolVersion
    ) throws {
        var options = MachineOptions()
        options.mismatchBehavior = behavior
        var attempt = Attempt(version, options: options, known: [input(), set("a", "1")])
        try attempt.begin()
        #expect(throws: AttemptEndCause.self) { try attempt.set("a", "2") }
        #expect(
            try attempt.expectError(570).behavior == (version == .v7 ? behavior : .retry))
    }

    @Test func `only mismatches found here follow the option`() throws {
        var options = MachineOptions()
        options.mismatchBehavior = .pause
        var attempt = Attempt(options: options, known: [input()])
        attempt.machine.fail(AttemptFailure(code: 570, message: "x"))
        #expect(try attempt.expectError(570).behavior == .retry)
    }

    @Test func `payloads need not be compared`() throws {
        var options = MachineOptions()
        options.checksPayloads = false
        var promise = CompletePromiseCommand()
        (promise.key, promise.completionID, promise.completion) = ("p", 5, .value("1".bytes))
        var awakeable = CompleteAwakeableCommand()
        (awakeable.awakeableID, awakeable.result) = ("a", .value("1".bytes))
        var signal = SendSignalCommand()
        (signal.target, signal.signal, signal.result) = ("inv", .name("go"), .value("1".bytes))
        var attempt = Attempt(
            options: options, start: start(("k", "2")),
            known: [
                input(), send(1, "1"), call((2, 3), "1"), set("k", "1"), eagerGet("k", "1"),
                promise, awakeable, signal, output("1"),
            ], closed: true)
        try attempt.begin()
        _ = try attempt.machine.send(request("2"), at: here)
        _ = try attempt.call("2")
        try attempt.set("k", "2")
        #expect(try attempt.text(try attempt.get("k")) == "1")
        _ = try attempt.machine.completePromise("p", .value("2".bytes), at: here)
        try attempt.machine.completeAwakeable("a", .value("2".bytes), at: here)
        try attempt.machine.sendSignal(
            to: "inv", name: "go", result: .value("2".bytes), at: here)
        try attempt.finish("2")
        try attempt.expect(EndMessage())
    }

    @Test func `failures and the names of signals are compared all the same`() throws {
        var options = MachineOptions()
        options.checksPayloads = false
        var failing = Attempt(options: options, known: [input(), output("1")])
        try failing.begin()
        #expect(
            failure { try failing.finish(Failure(code: 1, message: "")) }?.code == 570)
        var signal = SendSignalCommand()
        (signal.target, signal.signal) = ("inv", .name("go"))
        signal.result = .value("1".bytes)
        var attempt = Attempt(options: options, known: [input(), signal])
        try attempt.begin()
        let failed = failure {
            try attempt.machine.sendSignal(
                to: "inv", name: "on", result: .value("2".bytes), at: here)
        }
        #expect(failed?.message.contains("signal: ") == true)
    }
}
