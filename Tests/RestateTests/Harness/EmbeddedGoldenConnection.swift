import Restate
import Support

/// Connects the golden player to an embedded endpoint, with both directions open at once.
final class EmbeddedGoldenConnection: GoldenConnection {
    private let endpoint: EmbeddedEndpoint
    private let (request, body) = AsyncStream.makeStream(of: [UInt8].self)
    private var opening: Task<StreamedResponse, any Error>?
    private var pieces: StreamedResponse.Body.AsyncIterator?

    init(_ endpoint: EmbeddedEndpoint) { self.endpoint = endpoint }

    func open(path: String, headers: [(name: String, value: String)]) {
        let (endpoint, request) = (endpoint, request)
        opening = Task {
            try await endpoint.respond(
                to: EmbeddedRequest(method: "POST", path: path, headers: headers),
                streaming: request)
        }
    }

    func send(_ bytes: [UInt8]) { body.yield(bytes) }
    func end() { body.finish() }

    func next() async throws -> GoldenEvent {
        if pieces == nil, let response = try await opening?.value {
            pieces = response.body.makeAsyncIterator()
            return .head(status: response.status, contentType: response.header("content-type"))
        }
        guard let bytes = try await pieces?.next() else { return .ended }
        return .bytes(bytes)
    }

    func close() {
        opening?.cancel()
        body.finish()
    }
}
