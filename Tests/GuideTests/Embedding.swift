import Foundation
import FoundationNetworking
import Restate
import RestateClient
import RestateLambda
import RestateLocal
import Support
import Testing

// docs/guide/embedding.md, with Examples/embedding; docs/deploy/lambda.md

func passOn(
    _ request: EmbeddedRequest, _ body: AsyncThrowingStream<[UInt8], any Error>,
    _ restate: EmbeddedEndpoint,
    writeHead: (Int, [(name: String, value: String)]) async throws -> Void,
    write: ([UInt8]) async throws -> Void
) async throws {
    let response = try await restate.respond(to: request, streaming: body)
    try await writeHead(response.status, response.headers)  // before the body has come
    for try await piece in response.body { try await write(piece) }
}

func serveFunction() async {
    await Endpoint(Counter()).serveLambda()
}

func answerEvent(_ event: [UInt8]) async throws -> [UInt8] {
    let function = try LambdaFunction(Endpoint(Counter()))
    let answer = try await function.answer(to: event)  // both are JSON
    return answer
}

struct EmbeddingPage {
    @Test func `the example serves pages and handlers on one port`() async throws {
        try await withProduct("EmbeddingExample", ["0"]) { port in
            let page = try #require(URL(string: "http://127.0.0.1:\(port)/hello"))
            #expect(
                String(decoding: try await URLSession.shared.data(from: page).0, as: UTF8.self)
                    == "Hello\n")
            var settings = LocalServerSettings()
            settings.ingressPort = 0
            settings.adminPort = 0
            settings.delivery.alwaysHTTP11 = true
            let server = try await LocalServer(settings).start()
            try await server.register("http://127.0.0.1:\(port)/restate")
            var request = URLRequest(
                url: try #require(URL(string: server.ingressURL + "/Greeter/greet")))
            request.httpMethod = "POST"
            request.httpBody = Data(#""Ada""#.utf8)
            request.setValue("application/json", forHTTPHeaderField: "content-type")
            let (data, _) = try await URLSession.shared.data(for: request)
            #expect(String(decoding: data, as: UTF8.self) == #""Hello, Ada!""#)
            await server.shutdown()
        }
    }
}
