import Primitives
import RestateHTTP
import Support

/// An input of these: a byte for the pieces in which it arrives, then what arrives.
enum Pieces {
    /// Sizes that are asked for by the first byte: all at once, byte by byte, and between.
    static func cut(_ input: [UInt8]) -> (size: Int, bytes: ArraySlice<UInt8>) {
        guard let first = input.first else { return (1, []) }
        return (first < 64 ? Int.max : first < 96 ? 1 : Int(first), input.dropFirst())
    }

    /// Feeds a session, with a turn after each piece.
    static func feed(_ session: LoneSession, _ bytes: ArraySlice<UInt8>, size: Int) -> [UInt8] {
        var rest = bytes
        var out = session.produce()
        while !rest.isEmpty {
            let piece = rest.prefix(size)
            rest = rest.dropFirst(piece.count)
            session.receive(piece)
            out += session.produce()
        }
        // The end of one exchange lets the next be read, in a turn that says nothing.
        var quiet = 0
        while quiet < 3 {
            let more = session.produce()
            out += more
            quiet = more.isEmpty ? quiet + 1 : 0
        }
        return out
    }
}

/// Answers each request when all of it is there, and keeps what it was.
final class RecordingReceiver: RequestReceiver {
    private(set) var requests: [String] = []

    func received(_ stream: RequestStream) {
        stream.observer = Reader(stream) { [unowned self] in requests.append($0) }
    }

    private final class Reader: StreamObserver {
        private let stream: RequestStream
        private let done: (String) -> Void
        private var body: [UInt8] = []
        private var isOver = false

        init(_ stream: RequestStream, _ done: @escaping (String) -> Void) {
            self.stream = stream
            self.done = done
        }

        func streamChanged() {
            if isOver { return }
            if stream.hasInput { body += stream.takeInput() }
            if stream.isClosed {
                isOver = true
                return
            }
            if !stream.inputEnded { return }
            isOver = true
            let head = stream.head
            let fields = head.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
            done(
                "\(head.method) \(head.path) \(head.authority ?? "")\n\(fields)\n\n\(hex(body))"
            )
            stream.respond(status: 200, headers: ["content-type": "text/plain"])
            stream.write(body)
            stream.finish()
        }
    }
}

/// What is the same of all four.
class SessionFuzzer {
    let loop = EventLoop()
    let mutation: Mutation

    init(_ mutation: Mutation) { self.mutation = mutation }

    final func input(_ random: inout Randomness, _ original: [UInt8]) -> [UInt8] {
        [random.byte()] + (random.oneIn(12) ? original : mutation.damaged(original, &random))
    }
}

/// Requests over HTTP/1.1, as a server reads them.
final class HTTP1Requests: SessionFuzzer, Fuzzer {
    static let name = "http1-requests"
    static let subject = "HTTP/1.1, the server's side: heads, bodies, trailers, pipelines"

    init() throws {
        super.init(Mutation(words: HTTP1Grammar.words, corpus: HTTP1Grammar.requests))
    }

    func make(_ random: inout Randomness) -> [UInt8] {
        let requests = (0...random.size(3)).flatMap { _ in HTTP1Grammar.request(&random) }
        return input(&random, random.oneIn(4) ? random.pick(mutation.corpus) : requests)
    }

    func check(_ input: [UInt8]) throws {
        let (size, bytes) = Pieces.cut(input)
        let whole = seen(bytes, size: .max)
        let inPieces = seen(bytes, size: size)
        try require(
            whole == inPieces,
            "at once these requests: \(whole), in pieces of \(size) these: \(inPieces)")
    }

    private func seen(_ bytes: ArraySlice<UInt8>, size: Int) -> [String] {
        let receiver = RecordingReceiver()
        let session = LoneSession(server: .http1_1, receiver, on: loop)
        _ = Pieces.feed(session, bytes, size: size)
        session.end()
        return receiver.requests
    }
}

/// Requests over HTTP/2, as a server reads them.
final class HTTP2Requests: SessionFuzzer, Fuzzer {
    static let name = "http2-requests"
    static let subject = "HTTP/2, the server's side: frames, header blocks, windows"

    init() throws { super.init(Mutation(words: HTTP2Grammar.words, corpus: [])) }

    func make(_ random: inout Randomness) -> [UInt8] {
        input(&random, HTTP2Grammar.client(&random))
    }

    func check(_ input: [UInt8]) throws {
        let (size, bytes) = Pieces.cut(input)
        let receiver = RecordingReceiver()
        let session = LoneSession(server: .http2, receiver, on: loop)
        let out = Pieces.feed(session, bytes, size: size)
        try require(out.count <= 1 << 20, "\(bytes.count) bytes make the server say \(out.count)")
        session.end()
        try require(session.openStreams == 0, "streams are open after the end")
    }
}

/// Answers, as a client reads them.
class ResponseFuzzer: SessionFuzzer {
    /// What one exchange came to.
    struct Seen: Equatable {
        var status: Int?
        var headers: [String] = []
        var body: [UInt8] = []
        var isWhole = false
    }

    final func seen(_ version: HTTPVersion, _ bytes: ArraySlice<UInt8>, size: Int) throws -> Seen {
        let session = LoneSession(client: version, on: loop)
        let head = RequestHead(method: "POST", path: "/", authority: "a", headers: [:])
        guard let stream = session.open(head, endStream: false) else {
            throw Finding("no exchange can begin")
        }
        stream.write([1, 2, 3])
        stream.finish()
        _ = Pieces.feed(session, bytes, size: size)
        session.end()
        try require(stream.isClosed, "the stream is open after the end")
        var seen = Seen(status: stream.responseStatus)
        seen.headers = stream.responseHeaders.map { "\($0.name): \($0.value)" }
        if stream.hasInput { seen.body = stream.takeInput() }
        seen.isWhole = stream.inputEnded
        if let status = seen.status {
            try require(
                status >= 200 && status <= 999 || status == 101,
                "status \(status) is taken for an answer")
        }
        return seen
    }
}

final class HTTP1Responses: ResponseFuzzer, Fuzzer {
    static let name = "http1-responses"
    static let subject = "HTTP/1.1, the client's side: answers, chunks, interim heads"

    init() throws {
        super.init(Mutation(words: HTTP1Grammar.words, corpus: HTTP1Grammar.responses))
    }

    func make(_ random: inout Randomness) -> [UInt8] {
        input(&random, random.pick(mutation.corpus))
    }

    func check(_ input: [UInt8]) throws {
        let (size, bytes) = Pieces.cut(input)
        let whole = try seen(.http1_1, bytes, size: .max)
        let inPieces = try seen(.http1_1, bytes, size: size)
        try require(
            whole == inPieces,
            "at once this answer: \(whole), in pieces of \(size) this: \(inPieces)")
    }
}

final class HTTP2Responses: ResponseFuzzer, Fuzzer {
    static let name = "http2-responses"
    static let subject = "HTTP/2, the client's side: frames, header blocks, windows"

    init() throws { super.init(Mutation(words: HTTP2Grammar.words, corpus: [])) }

    func make(_ random: inout Randomness) -> [UInt8] {
        input(&random, HTTP2Grammar.server(&random))
    }

    func check(_ input: [UInt8]) throws {
        let (size, bytes) = Pieces.cut(input)
        _ = try seen(.http2, bytes, size: size)
    }
}
