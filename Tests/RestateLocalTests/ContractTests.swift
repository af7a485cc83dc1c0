import Restate
import RestateLocal
import Support
import Testing

@testable import TestServices

/// The conformance suite's interpreters and proxy, as far as no recording shows them.
@Suite(.timeLimit(.minutes(10))) struct ContractTests {
    @Test(arguments: [
        (
            #"{"type":"awaitAllCompleted","commands":[\#(returns),\#(fails),\#(sleep)]}"#,
            200, "\"ok:a|err:b|ok:sleep\""
        ),
        (
            #"{"type":"awaitAllSucceededOrFirstFailed","commands":[\#(sleep),\#(returns)]}"#,
            200, "\"sleep|a\""
        ),
        (
            #"{"type":"awaitAllSucceededOrFirstFailed","commands":[\#(never),\#(fails)]}"#,
            500, #""message":"b""#
        ),
        (#"{"type":"awaitAny","commands":[\#(never),\#(sleep)]}"#, 200, "\"sleep\""),
        (
            #"{"type":"awaitFirstCompleted","commands":[\#(never),\#(fails)]}"#,
            500, #""message":"b""#
        ),
        (
            #"{"type":"awaitAnySuccessful","commands":[\#(fails),\#(never),\#(sleep)]}"#,
            200, "\"sleep\""
        ),
        (
            #"{"type":"awaitFirstSucceededOrAllFailed","commands":[\#(fails)]}"#,
            500, #""message":"b""#
        ),
        (
            #"{"type":"awaitAwakeableOrTimeout","awakeableKey":"k","timeoutMillis":1}"#,
            500, #""message":"await-timeout""#
        ),
        (#"{"type":"getEnvVariable","envName":"NOT_THERE_AT_ALL"}"#, 200, "\"\""),
        (
            #"{"type":"resolveAwakeable","awakeableKey":"k","value":"v"}"#,
            500, "No awakeable is registered as 'k'"
        ),
        (#"{"type":"awaitAny","commands":[]}"#, 400, "The first of nothing never comes"),
        (#"{"type":"awaitAllCompleted","commands":[]}"#, 200, "\"\""),
        (#"{"type":"awaitOne"}"#, 400, "The command has no 'command'"),
        (#"{"type":"dance"}"#, 400, "Failed to deserialize input"),
    ])
    func `a script's command gives its result`(
        command: String, status: Int, text: String
    ) async throws {
        try await withLocalServer([VirtualObjectCommandInterpreter()]) { server, _ in
            let answer = try await server.call(
                "VirtualObjectCommandInterpreter/o/interpretCommands",
                #"{"commands":[\#(command)]}"#)
            #expect(answer.status == status)
            #expect(answer.text.contains(text), "\(answer.text)")
            let results = try await server.call("VirtualObjectCommandInterpreter/o/getResults")
            #expect(results.text == (status == 200 ? "[\(text)]" : "[]"))
        }
    }

    private static let returns = #"{"type":"runReturns","value":"a"}"#
    private static let fails = #"{"type":"runThrowTerminalException","reason":"b"}"#
    private static let sleep = #"{"type":"sleep","timeoutMillis":50}"#
    private static let never = #"{"type":"createSignal","signalName":"s"}"#

    /// All but the one that fails by chance.
    @Test func `a program of all commands counts what it should`() async throws {
        let program = #"""
            {"commands":[{"kind":1,"key":3},{"kind":2,"key":3},{"kind":3,"key":3},{"kind":4},
            {"kind":5},{"kind":6,"duration":1},{"kind":7},{"kind":8,"sleep":1},
            {"kind":9,"duration":1},{"kind":10},{"kind":12},{"kind":13},{"kind":14},{"kind":16},
            {"kind":17},{"kind":18},{"kind":19,"key":2000000000,
            "program":{"commands":[{"kind":4},{"kind":14},{"kind":4}]}},
            {"kind":15,"index":16},{"kind":15,"index":14},{"kind":15,"index":13},
            {"kind":15,"index":12},{"kind":15,"index":7},{"kind":15,"index":6},{"kind":14}]}
            """#
        try await withLocalServer(interpreters) { server, _ in
            let answer = try await server.call("ObjectInterpreterL0/o/interpret", program)
            #expect(answer.status == 200, "\(answer.text)")
            // One way, so that they come when they come.
            var counter = ""
            while counter != "4" {
                counter = try await server.call("ObjectInterpreterL0/o/counter").text
            }
            let next = try await server.call("ObjectInterpreterL1/2000000000/counter")
            #expect(next.text == "2")
        }
    }

    @Test(arguments: [
        (#"{"kind":15,"index":0}"#, 500, "Command 0 left nothing to wait for"),
        (#"{"kind":15}"#, 400, "The command has no 'index'"),
        (#"{"kind":20}"#, 400, "Failed to deserialize input"),
        (#"{"kind":19,"key":1,"program":{"commands":[]}}"#, 400, "There is no layer 3"),
    ])
    func `a wrong program ends with a sentence`(
        command: String, status: Int, text: String
    ) async throws {
        try await withLocalServer(interpreters) { server, _ in
            let answer = try await server.call(
                "ObjectInterpreterL2/o/interpret", #"{"commands":[\#(command)]}"#)
            #expect(answer.status == status)
            #expect(answer.text.contains(text), "\(answer.text)")
        }
    }

    @Test(arguments: [
        ("[34,-61,-68,34]", 200, "[34,195,156,34]"),
        ("[256]", 400, "256 is no byte"),
        ("[-129]", 400, "-129 is no byte"),
    ])
    func `the proxy's bytes have either sign`(
        message: String, status: Int, text: String
    ) async throws {
        try await withLocalServer([Proxy(), TestUtilsService()]) { server, _ in
            let request = #"""
                {"serviceName":"TestUtilsService","handlerName":"uppercaseEcho","message":\#(message),
                "virtualObjectKey":null}
                """#
            let answer = try await server.call("Proxy/call", request)
            #expect(answer.status == status)
            #expect(answer.text.contains(text), "\(answer.text)")
        }
    }

    private let interpreters: [any RestateService] = [
        ObjectInterpreterL0(), ObjectInterpreterL1(), ObjectInterpreterL2(),
        ServiceInterpreterHelper(),
    ]
}

extension RunningLocalServer {
    fileprivate func call(_ path: String, _ body: String? = nil) async throws -> Answer {
        try await ask(
            port: ingressPort, "POST", "/" + path,
            headers: body == nil ? [] : [("content-type", "application/json")],
            body: Array((body ?? "").utf8))
    }
}
