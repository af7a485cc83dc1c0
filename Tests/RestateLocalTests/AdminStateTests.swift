import Restate
import RestateLocal
import Support
import Testing

@testable import TestServices

/// State that is edited from outside.
@Suite(.timeLimit(.minutes(10))) struct AdminStateTests {
    private func edit(
        _ service: String, _ body: String, _ server: RunningLocalServer
    ) async throws -> Answer {
        try await ask(
            port: server.adminPort, "POST", "/services/\(service)/state",
            headers: [("content-type", "application/json")], body: Array(body.utf8))
    }

    @Test func `only what has a key has a state`() async throws {
        try await withLocalServer([Counter(), Greeter()]) { server, _ in
            let name = "Greeter"
            for state in ["{}", #"{"x":[1]}"#] {
                let body = #"{"object_key":"k","new_state":\#(state)}"#
                let plain = try await edit(name, body, server)
                #expect(plain.status == 400)
                #expect(plain.text.contains("Cannot modify state for service type Service"))
                #expect(try await edit("Counter", body, server).status == 202)
            }
            let unknown = try await edit(
                "Nowhere", #"{"object_key":"k","new_state":{"x":[1]}}"#, server)
            #expect(unknown.status == 404)
            #expect(unknown.text.contains("The requested service 'Nowhere' does not exist"))
        }
    }

    /// What is left of a service that is gone can be cleared that way.
    @Test func `an empty state for a service that nobody knows is taken, as a server does`()
        async throws
    {
        try await withLocalServer([], registered: false) { server, _ in
            let answer = try await edit(
                "Nowhere", #"{"object_key":"k","new_state":{}}"#, server)
            #expect(answer.status == 202)
            #expect(answer.text.isEmpty)
        }
    }

    @Test func `a text is its bytes, as the web UI writes it, and a list is bytes`() async throws {
        try await withLocalServer([Counter()]) { server, _ in
            let body = #"{"object_key":"one","new_state":{"a":"3","b":"aGk=","c":"","d":[49,50]}}"#
            #expect(try await edit("Counter", body, server).status == 202)
            let rows = try await server.query(
                "select key, value_utf8 from state where service_key = 'one' order by key")
            #expect(
                rows
                    == #"{"rows":[{"key":"a","value_utf8":"3"},{"key":"b","value_utf8":"aGk="},"#
                    + #"{"key":"c","value_utf8":""},{"key":"d","value_utf8":"12"}]}"#)
            for value in ["3", "null", "true", "{}", "[300]", "[-1]", #"["a"]"#] {
                let wrong = #"{"object_key":"one","new_state":{"a":\#(value)}}"#
                #expect(try await edit("Counter", wrong, server).status == 422, "\(value)")
            }
        }
    }

    @Test func `names are told apart by their bytes`() async throws {
        try await withLocalServer([Counter()]) { server, _ in
            let body = "{\"object_key\":\"nf\",\"new_state\":{\"e\u{301}\":\"1\",\"\u{e9}\":\"2\"}}"
            #expect(try await edit("Counter", body, server).status == 202)
            let rows = try await server.query(
                "select value_utf8 from state where service_key = 'nf' order by value_utf8")
            #expect(rows == #"{"rows":[{"value_utf8":"1"},{"value_utf8":"2"}]}"#)
        }
    }

    @Test func `of a name that is there twice the last value counts`() async throws {
        try await withLocalServer([Counter()]) { server, _ in
            let body = #"{ "object_key" : "tw" , "new_state" : { "a" : [49] , "\u0061" : "2" } }"#
            #expect(try await edit("Counter", body, server).status == 202)
            let rows = try await server.query("select value_utf8 from state")
            #expect(rows == #"{"rows":[{"value_utf8":"2"}]}"#)
        }
    }

    @Test func `nothing is kept under a scope`() async throws {
        try await withLocalServer([Counter()]) { server, _ in
            let empty = #"{"object_key":"k","scope":"s","new_state":{}}"#
            let status1 = try await edit("Counter", empty, server).status
            #expect(status1 == 202)
            let full = #"{"object_key":"k","scope":"s","new_state":{"a":"1"}}"#
            let status2 = try await edit("Counter", full, server).status
            #expect(status2 == 501)
        }
    }
}
