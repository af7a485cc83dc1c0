import CanonicalJSON
import Foundation
import Restate
import RestateProtocol
import Support
import Testing

@testable import RestateLambda

/// Events as AWS and Restate servers make them.
@Suite(.timeLimit(.minutes(10))) struct LambdaEventTests {
    /// As a server of 1.7.12 invoked a function, with another body.
    @Test func `the event of a Restate server is an invocation`() async throws {
        let body = Data(Ask.journal(#""alice""#)).base64EncodedString()
        let answer = try await Ask.function(
            """
            {"path":"/invoke/Plain/greet","httpMethod":"POST","isBase64Encoded":true,"body":"\(body)",
             "headers":{"content-type":"application/vnd.restate.invocation.v6","accept":"*/*",
              "x-restate-invocation-id":"inv_1","x-restate-cluster-name":"localcluster"}}
            """)
        #expect(answer.statusCode == 200)
        #expect(answer.isBase64Encoded)
        #expect(answer.headers["content-type"] == "application/vnd.restate.invocation.v6")
        #expect(answer.output == #""hello alice""#)
    }

    @Test func `the event of a function URL is an invocation`() async throws {
        let body = Data(Ask.journal(#""bob""#)).base64EncodedString()
        let answer = try await Ask.function(
            """
            {"version":"2.0","routeKey":"$default","rawPath":"/prod/invoke/Plain/greet",
             "rawQueryString":"","cookies":["a=b"],
             "headers":{"Content-Type":"application/vnd.restate.invocation.v6"},
             "requestContext":{"accountId":"1","http":{"method":"POST","path":"/prod/invoke/Plain/greet"}},
             "body":"\(body)","isBase64Encoded":true}
            """)
        #expect(answer.statusCode == 200)
        #expect(answer.output == #""hello bob""#)
    }

    @Test func `an event with lists of headers is one, too`() async throws {
        let body = Data(Ask.journal(#""eve""#)).base64EncodedString()
        let answer = try await Ask.function(
            """
            {"path":"/invoke/Plain/greet","httpMethod":"POST","isBase64Encoded":true,"body":"\(body)",
             "headers":null,
             "multiValueHeaders":{"content-type":["application/vnd.restate.invocation.v6"]}}
            """)
        #expect(answer.output == #""hello eve""#)
    }

    @Test func `discovery of a function says that it does not stream`() async throws {
        let answer = try await Ask.function(
            #"{"path":"/discover","httpMethod":"GET","body":"","headers":{"accept":"application/vnd.restate.endpointmanifest.v4+json"}}"#
        )
        #expect(answer.statusCode == 200)
        #expect(answer.text.contains(#""protocolMode":"REQUEST_RESPONSE""#))
    }

    @Test func `what is no HTTP request is refused`() async throws {
        let function = try LambdaFunction(Endpoint(Plain()).logger(SilentLogger()))
        for event in [
            "", "[]", #"{"source":"aws.events"}"#,
            #"{"path":"/","httpMethod":"GET","body":"?","isBase64Encoded":true}"#,
        ] {
            await #expect(throws: (any Error).self) {
                try await function.answer(to: Array(event.utf8))
            }
        }
    }

    @Test func `an answer that AWS would drop becomes an error that says so`() async throws {
        let body = Data(Ask.journal("5000000")).base64EncodedString()
        let answer = try await Ask.function(
            """
            {"path":"/invoke/Plain/much","httpMethod":"POST","isBase64Encoded":true,"body":"\(body)",
             "headers":{"content-type":"application/vnd.restate.invocation.v6"}}
            """)
        let error = try #require(answer.error)
        #expect(error.failureCode == 500)
        #expect(error.message.contains("AWS Lambda takes at most 6291456"))
    }
}

/// Asks a function, and reads its answers.
enum Ask {
    struct Answer: Decodable {
        var statusCode: Int
        var headers: [String: String]
        var isBase64Encoded: Bool
        var body: String

        var bytes: [UInt8] { Data(base64Encoded: body).map { Array($0) } ?? [] }
        var text: String { String(decoding: bytes, as: UTF8.self) }

        var frames: [Frame] {
            var decoder = FrameDecoder()
            decoder.push(bytes)
            var frames: [Frame] = []
            while let frame = try? decoder.next() { frames.append(frame) }
            return frames
        }

        /// The result of an invocation that ended.
        var output: String? {
            guard let frame = frames.first(where: { $0.type == .outputCommand }),
                case .value(let bytes) = try? OutputCommand(decoding: frame.payload).result
            else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        }

        var error: ErrorMessage? {
            frames.first { $0.type == .error }.flatMap { try? ErrorMessage(decoding: $0.payload) }
        }
    }

    static func function(_ event: String) async throws -> Answer {
        let function = try LambdaFunction(Endpoint(Plain()).logger(SilentLogger()))
        return try JSON.decode(
            Answer.self, from: try await function.answer(to: Array(event.utf8))[...])
    }

    /// The journal of an invocation that has not begun.
    static func journal(_ input: String) -> [UInt8] {
        var start = StartMessage()
        start.id = Bytes("an id".utf8)
        start.debugID = "inv_1"
        start.knownEntries = 1
        var command = InputCommand()
        command.value = Bytes(input.utf8)
        var writer = FieldWriter()
        writer.frame(start)
        writer.frame(command)
        return writer.bytes
    }
}

struct Plain: Service {
    func greet(_ ctx: Context, name: String) async throws -> String { "hello \(name)" }
    func much(_ ctx: Context, count: Int) async throws -> String {
        String(repeating: "x", count: count)
    }
    func told(_ ctx: Context) async throws -> String {
        ctx.request.attemptHeaders.first { $0.name == "lambda-runtime-aws-request-id" }?.value ?? ""
    }

    struct API: HandlerTable {
        let greet = handler(Plain.greet)
        let much = handler(Plain.much)
        let told = handler(Plain.told)
    }
}
