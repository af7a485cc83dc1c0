import RestateHTTP
import RestateProtocol
import Support
import Testing

/// The golden player over real sockets, against a server that answers as a recording says.
@Suite(.timeLimit(.minutes(10))) struct GoldenConnectionTests {
    @Test(arguments: Fixtures.stories)
    func `a recording is the same over HTTP`(story: String) async throws {
        let goldens = try Fixtures.journals(in: story).filter { $0.path.hasSuffix("-01.json") }
        #expect(goldens.count > 10)
        for golden in goldens {
            let why = try await played(golden) { $0 }
            #expect(why == nil, "\(golden)")
        }
    }

    @Test func `an answer of many windows arrives whole`() async throws {
        let big = [UInt8](repeating: 0x78, count: 5 << 20)
        let why = try await played(try someGolden()) { steps in
            let output = OutputCommand(result: .value(big[...])).frameBytes()
            return steps.map { if case .request = $0 { $0 } else { .answer(output) } }
        }
        #expect(try #require(why).hasPrefix("expected "))
    }

    @Test func `silence over HTTP is a difference`() async throws {
        let why = try await played(try someGolden(), limit: .milliseconds(300)) { steps in
            steps.filter { if case .request = $0 { true } else { false } } + [.silence]
        }
        #expect(try #require(why).hasPrefix("not done after 0.3 seconds, still waiting for "))
    }

    @Test func `a reset over HTTP is a difference`() async throws {
        let why = try await played(try someGolden()) { $0.dropLast() + [.reset] }
        #expect(try #require(why).hasPrefix("the stream was reset (code 2), expected"))
    }

    @Test func `nobody listening is a difference`() async throws {
        let port = try SilentPort()
        let why = await play(try someGolden(), port: port.number)
        #expect(try #require(why).hasPrefix("no connection: connect 127.0.0.1:\(port.number)"))
    }

    private func someGolden() throws -> Golden {
        try #require(
            try Fixtures.journals(in: "nexus").first { $0.path.contains("Ticket-get") })
    }

    private func played(
        _ golden: Golden, limit: Duration = .seconds(300),
        _ change: ([RecordedEndpoint.Step]) -> [RecordedEndpoint.Step]
    ) async throws -> String? {
        let steps = change(RecordedEndpoint.steps(of: golden))
        let status = golden.status ?? 200
        let contentType = golden.responseHeaders["content-type"]
        let server = try HTTPServer.start(host: "127.0.0.1", port: 0, loops: 1) { _ in
            RecordedEndpoint(status: status, contentType: contentType, steps: steps)
        }
        let why = await play(golden, port: server.port, limit: limit)
        await server.shutdown(deadline: .zero)
        return why
    }
}

/// Takes each part of a request and gives each part of an answer in the recorded order.
private final class RecordedEndpoint: RequestReceiver {
    enum Step: Sendable {
        case request(Int)
        case requestEnd
        case answer([UInt8])
        case end
        case reset
        case silence
    }

    let status: Int
    let contentType: String?
    let steps: [Step]

    init(status: Int, contentType: String?, steps: [Step]) {
        self.status = status
        self.contentType = contentType
        self.steps = steps
    }

    static func steps(of golden: Golden) -> [Step] {
        golden.steps.compactMap { step in
            switch step {
            case .frame(let frame) where frame.direction == .toEndpoint:
                .request(frame.bytes.count)
            case .frame(let frame): .answer(frame.bytes)
            case .inputEnd: .requestEnd
            case .outputEnd: .end
            case .broken: nil
            }
        }
    }

    func received(_ stream: RequestStream) {
        let (status, contentType, steps) = (self.status, self.contentType, self.steps)
        stream.start { stream in
            var headers = HeaderFields()
            if let contentType { headers.append(name: "content-type", value: contentType) }
            stream.respond(status: status, headers: headers)
            var unread = 0
            for step in steps {
                switch step {
                case .request(let count):
                    unread += count
                    while unread > 0, !stream.isClosed {
                        if stream.hasInput { unread -= stream.takeInput().count }
                        if unread > 0 { await stream.changed() }
                    }
                case .requestEnd:
                    while !stream.inputEnded, !stream.isClosed { await stream.changed() }
                case .answer(let bytes): stream.write(bytes)
                case .end: stream.finish()
                case .reset: stream.reset(code: 2)
                case .silence: while !stream.isClosed { await stream.changed() }
                }
            }
        }
    }
}
