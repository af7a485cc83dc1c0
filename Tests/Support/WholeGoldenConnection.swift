/// Connects the golden player to a function that takes a whole request and gives a whole response. So
/// the player reads nothing before it has ended its request.
package final class WholeGoldenConnection: GoldenConnection {
    package typealias Function =
        @Sendable (
            _ path: String, _ headers: [(name: String, value: String)], _ body: [UInt8]
        ) async throws -> (status: Int, contentType: String?, body: [UInt8])

    private let function: Function
    private var request: (path: String, headers: [(name: String, value: String)])?
    private var body: [UInt8] = []
    private var events: [GoldenEvent] = []

    package init(_ function: @escaping Function) { self.function = function }

    package func open(path: String, headers: [(name: String, value: String)]) {
        request = (path, headers)
    }

    package func send(_ bytes: [UInt8]) { body += bytes }

    package func end() async throws {
        guard let request else { throw FixtureError("no request was opened") }
        let answer = try await function(request.path, request.headers, body)
        events = [
            .head(status: answer.status, contentType: answer.contentType), .bytes(answer.body),
            .ended,
        ]
    }

    package func next() throws -> GoldenEvent {
        guard !events.isEmpty else { throw FixtureError("the request has not ended") }
        return events.removeFirst()
    }

    package func close() {}
}
