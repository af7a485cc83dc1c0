import CanonicalJSON
import Foundation
import Restate
import Support
import Testing

@testable import RestateLambda
@testable import TestServices

/// The custom runtime, against a stand-in for AWS.
@Suite(.timeLimit(.minutes(10))) struct LambdaRuntimeTests {
    private let endpoint = Endpoint(Plain()).logger(SilentLogger())

    private func event(_ path: String, _ input: String) -> String {
        let body = Data(Ask.journal(input)).base64EncodedString()
        return """
            {"path":"\(path)","httpMethod":"POST","isBase64Encoded":true,"body":"\(body)",
             "headers":{"content-type":"application/vnd.restate.invocation.v6"}}
            """
    }

    @Test func `events are answered one after another until the task is cancelled`() async throws {
        let api = try FakeRuntimeAPI()
        let runtime = Task { try await endpoint.runLambda(runtimeAPI: api.address) }
        for id in ["first", "second", "third"] {
            api.give(id, event("/invoke/Plain/greet", "\"\(id)\""))
            let report = try #require(await api.report())
            #expect(report.kind == "response")
            #expect(report.id == id)
            let answer = try JSON.decode(Ask.Answer.self, from: report.body[...])
            #expect(answer.output == "\"hello \(id)\"")
        }
        runtime.cancel()
        try await runtime.value
        await api.stop()
    }

    @Test func `a handler sees the request id of its function`() async throws {
        let api = try FakeRuntimeAPI()
        let runtime = Task { try await endpoint.runLambda(runtimeAPI: api.address) }
        api.give("8476a536", event("/invoke/Plain/told", ""))
        let report = try #require(await api.report())
        let answer = try JSON.decode(Ask.Answer.self, from: report.body[...])
        #expect(answer.output == #""8476a536""#)
        runtime.cancel()
        try await runtime.value
        await api.stop()
    }

    @Test func `an event that is no request is reported as an error, and the next one is served`()
        async throws
    {
        let api = try FakeRuntimeAPI()
        let runtime = Task { try await endpoint.runLambda(runtimeAPI: api.address) }
        api.give("odd", #"{"source":"aws.events"}"#)
        let report = try #require(await api.report())
        #expect(report.kind == "error")
        #expect(report.id == "odd")
        #expect(report.text.contains(#""errorType":"Event.Invalid""#))
        #expect(
            report.headers.contains {
                $0 == ("lambda-runtime-function-error-type", "Event.Invalid")
            })
        api.give("good", event("/invoke/Plain/greet", #""eve""#))
        #expect(await api.report()?.kind == "response")
        runtime.cancel()
        try await runtime.value
        await api.stop()
    }

    @Test func `an endpoint that cannot serve is reported at its start`() async throws {
        let api = try FakeRuntimeAPI()
        await #expect(throws: EndpointError.self) {
            try await Endpoint(Plain(), Plain()).logger(SilentLogger())
                .runLambda(runtimeAPI: api.address)
        }
        let report = try #require(await api.report())
        #expect(report.kind == "init/error")
        #expect(report.text.contains("Two services are named 'Plain'."))
        await api.stop()
    }

    @Test func `a runtime API that cannot be reached ends the runtime`() async throws {
        let port = try SilentPort()
        await #expect(throws: (any Error).self) {
            try await endpoint.runLambda(runtimeAPI: "127.0.0.1:\(port.number)")
        }
        for address in ["", "nowhere", "host:", "host:0", "host:99999"] {
            await #expect(throws: LambdaFailure.self) {
                try await endpoint.runLambda(runtimeAPI: address)
            }
        }
    }

    /// The whole way: an event of the runtime API, base64 and back.
    @Test(arguments: ["tour", "contract"])
    func `recorded attempts are answered as recorded`(story: String) async throws {
        let goldens = try Fixtures.journals(in: story).filter(\.isWhole)
        #expect(goldens.count > 10)
        let services = contractServices + [Tour(), TourObject(), TourFlow()]
        let api = try FakeRuntimeAPI()
        let runtime = Task {
            try await Endpoint(services as [any RestateService]).logger(SilentLogger())
                .runLambda(runtimeAPI: api.address)
        }
        let differences = await play(goldens, atOnce: 1) { golden in
            await play(golden) {
                WholeGoldenConnection { path, headers, body in
                    let event = try JSON.encode(
                        Event(
                            path: path, headers: Dictionary(headers) { $1 },
                            body: Data(body).base64EncodedString()))
                    api.give("recorded", String(decoding: event, as: UTF8.self))
                    guard let report = await api.report(), report.kind == "response" else {
                        throw FixtureError("the runtime reported an error")
                    }
                    let answer = try JSON.decode(Ask.Answer.self, from: report.body[...])
                    return (answer.statusCode, answer.headers["content-type"], answer.bytes)
                }
            }
        }
        for difference in differences { Issue.record("\(difference)") }
        #expect(differences.isEmpty, "\(differences.count) of \(goldens.count) differ")
        runtime.cancel()
        try await runtime.value
        await api.stop()
    }

    private struct Event: Encodable {
        var path: String
        var httpMethod = "POST"
        var isBase64Encoded = true
        var headers: [String: String]
        var body: String
    }
}
