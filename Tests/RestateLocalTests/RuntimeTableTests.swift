import RestateProtocol
import Testing

@testable import RestateLocal
@testable import RestateRuntime
@testable import SQLEngine

/// What the tables tell of a runtime, in the words and at the times of a server.
@Suite struct RuntimeTableTests {
    /// A runtime that stands still.
    private struct StandingStill: RuntimeAccess {
        let runtime: LocalRuntime

        func look<Answer: Sendable>(
            _ body: @escaping @Sendable (LocalRuntime) -> Answer
        ) throws -> Answer {
            body(runtime)
        }
    }

    private func rows(_ query: String, _ script: Script) throws -> String {
        let tables = RuntimeTables(
            access: StandingStill(runtime: script.runtime), version: "1.7.12")
        let bytes = try Query.answer(query, on: tables, as: .json, now: 0)
        return String(String(decoding: bytes, as: UTF8.self).dropFirst(9).dropLast(2))
    }

    private func failing() throws -> (Script, InvocationIdentity) {
        var script = try Script {
            $0.retryJitter = 0
            $0.retryPolicy.maxAttempts = 3
        }
        let (id, _) = try script.call("S/h")
        return (script, id)
    }

    private func failure(_ message: String) -> ErrorMessage {
        var error = trouble(500, message)
        error.stacktrace = "Error: \(message)\n    at main"
        error.relatedCommandIndex = 2
        error.relatedCommandName = "broken step"
        error.relatedCommandType = UInt32(MessageType.runCommand.rawValue)
        return error
    }

    @Test func `a failure that is repeated is one event, and a pause another one`() throws {
        var (script, id) = try failing()
        for _ in 0..<3 {
            script.say(script.last, failure("never"))
            script.pass(5000)
        }
        #expect(script.status(id) == "paused")
        let events =
            "select event_type, after_journal_entry_index as after, event_json "
            + "from sys_journal_events where id = '\(id)'"
        let inner =
            #"\"error_code\":500,\"error_message\":\"never\",\"error_stacktrace\":"#
            + #"\"Error: never\\n    at main\",\"restate_doc_error_code\":\"RT0007\","#
            + #"\"related_command_index\":2,\"related_command_name\":\"broken step\","#
            + #"\"related_command_type\":\"Run\"}"#
        let expected =
            #"{"event_type":"TransientError","after":0,"event_json":"{\"ty\":\"TransientError\","#
            + inner + #""},{"event_type":"Paused","after":0,"event_json":"{\"ty\":\"Paused\","#
            + #"\"last_failure\":{"# + inner + #"}"}"#
        #expect(try rows(events, script) == expected)
        try script.crash()
        #expect(try rows(events, script) == expected)
    }

    @Test func `the last failure has its code's name and its stack trace`() throws {
        var (script, _) = try failing()
        script.say(0, failure("never"))
        #expect(
            try rows(
                "select status, last_failure, last_failure_related_command_type as type, "
                    + "last_failure_related_entry_type as entry from sys_invocation", script)
                == #"{"status":"backing-off","last_failure":"[500 Internal] never\n"#
                + #"Error: never\n    at main","type":"Run"}"#)
    }

    @Test(arguments: [
        (400 as UInt32, "[400 Bad request] m"), (404, "[404 Not found] m"),
        (409, "[409 Aborted] m"),
        (418, "[418] m"), (500, "[500 Internal] m"), (570, "[570 Journal mismatch] m"),
        (573, "[573 Unsupported feature] m"), (65_536, "[500 Internal] m"),
    ])
    func `a code has the server's name`(code: UInt32, text: String) throws {
        #expect(EndpointFailure("RT0007", "m", code: code).text == text)
    }

    @Test func `who is suspended tells what it waits for, and nothing of attempts`() throws {
        var script = try Script()
        _ = try script.call("S/h")
        script.say(0, sleep(1, until: 9_000_000), suspension(1))
        #expect(
            try rows(
                "select status, suspended_waiting_for_completions as c, "
                    + "suspended_waiting_for_signals as s, suspended_waiting_future_json as f, "
                    + "retry_count, last_start_at, last_attempt_deployment_id from sys_invocation",
                script)
                == #"{"status":"suspended","c":[1],"s":[1],"f":"{\"Unknown\":[{\"Single\":"#
                + #"{\"CompletionId\":1}},{\"Single\":{\"SignalIndex\":1}}]}"}"#)
        #expect(try rows("select id from sys_invocation_state", script) == "")
    }

    @Test func `the state of attempts has rows for what the invoker holds`() throws {
        var script = try Script()
        let (running, _) = try script.call("O/k/h")
        _ = try script.call("O/k/h")
        _ = try script.send("S/h") { $0.startAt = 9_000_000 }
        #expect(
            try rows("select id, in_flight from sys_invocation_state", script)
                == #"{"id":"\#(running)","in_flight":true}"#)
    }

    @Test func `who waits in an inbox has a number from 0 and no time, as at a server`() throws {
        var script = try Script()
        _ = try script.call("O/k/h")
        _ = try script.call("O/k/h")
        _ = try script.call("O/k/h")
        #expect(
            try rows("select sequence_number as n, created_at as t from sys_inbox", script)
                == #"{"n":0},{"n":1}"#)
        #expect(
            try rows("select count(created_at) as n from sys_inbox", script) == #"{"n":0}"#)
    }

    @Test func `the brief form of an entry has neither values nor empty names`() throws {
        var script = try Script()
        let (id, _) = try script.call("O/k/h")
        script.say(0, set("phase", "a long value"), RunCommand(completionID: 2, name: ""))
        #expect(
            try rows(
                "select entry_lite_json as e from sys_journal where id = '\(id)' and index > 0",
                script)
                == #"{"e":"{\"Command\":{\"SetState\":{\"key\":\"phase\"}}}"},"#
                + #"{"e":"{\"Command\":{\"Run\":{\"completion_id\":2}}}"}"#)
    }

    @Test func `thousands of invocations are read in slices, each of them once`() throws {
        var script = try Script()
        script.checksEachTurn = false
        for _ in 0..<3000 { _ = try script.send("S/h") { $0.startAt = 9_000_000 } }
        let (first, next) = script.runtime.openSnapshots(from: 0)
        #expect(first.count <= 3000)
        #expect(next.map { $0 >= first.count } ?? true)
        #expect(
            try rows("select count(*) as n, count(distinct id) as m from sys_invocation", script)
                == #"{"n":3000,"m":3000}"#)
    }

    @Test func `an id finds its row, and one that is none is an error`() throws {
        var script = try Script()
        let (id, _) = try script.call("S/h")
        _ = try script.call("S/h")
        #expect(
            try rows("select status from sys_invocation where id in ('\(id)')", script)
                == #"{"status":"running"}"#)
        for table in ["sys_invocation", "sys_journal", "sys_journal_events"] {
            #expect {
                try rows("select * from \(table) where id = 'nonsense'", script)
            } throws: { "\($0)" == "Datafusion error: External error: non valid invocation id" }
        }
    }
}
