import Primitives
import RestateHTTP

/// A stream whose attempt may run on another thread. Its input can be read before it is consumed:
/// flow control gives the peer new credit only for bytes that the handler has really taken.
package protocol RelayableStream: AttemptStream {
    /// Returns the buffered input without its first `count` bytes.
    func input(after count: Int) -> [UInt8]
    /// Consumes the first `count` bytes of the buffered input.
    func consumeInput(_ count: Int)
}

extension RequestStream: RelayableStream {
    package func input(after count: Int) -> [UInt8] {
        withInput { [UInt8]($0.dropFirst(count)) }
    }
}

/// What the connection's side sends to the handler's side, once a turn.
struct RelayedInput: Sendable {
    var bytes: [UInt8] = []
    var inputEnded = false
    var isClosed = false
    /// Whether the stream has more to send than it should.
    var outputIsFull = false
    /// The bytes of output that the stream has accepted.
    var credit = 0
}

/// What the handler's side sends to the connection's side, once a turn.
struct RelayedOutput: Sendable {
    var bytes: [UInt8] = []
    /// The bytes of input that the handler's side has taken.
    var taken = 0
    var isFinished = false
    var inputIsComplete = false

    var isEmpty: Bool { bytes.isEmpty && taken == 0 && !isFinished && !inputIsComplete }
}

/// The connection's end of a stream whose attempt runs on a strand. It is confined to the
/// connection's loop, the only place where the stream is used.
final class StreamRelay: StreamObserver, TurnObserver {
    private let stream: any RelayableStream
    private let loop: EventLoop
    private let strand: Strand
    private let handlerEnd: RelayedStream
    private var told = RelayedInput()
    /// The bytes that the handler's side has received but not taken. They stay in the stream, so
    /// that they count against the peer's credit.
    private var handed = 0
    private var owedCredit = 0
    private var isMarked = false
    private var hasBegun = false
    private var isOver = false

    /// - Returns: the other end. The strand starts at the end of this turn.
    static func begin(
        _ stream: any RelayableStream, on loop: EventLoop, to strand: Strand
    ) -> RelayedStream {
        let handlerEnd = RelayedStream(strand, requestHeaders: stream.requestHeaders)
        let relay = StreamRelay(stream, loop, strand, handlerEnd)
        handlerEnd.connectionEnd = LoopBound(relay, on: loop)
        stream.observer = relay
        relay.streamChanged()
        return handlerEnd
    }

    private init(
        _ stream: any RelayableStream, _ loop: EventLoop, _ strand: Strand,
        _ handlerEnd: RelayedStream
    ) {
        self.stream = stream
        self.loop = loop
        self.strand = strand
        self.handlerEnd = handlerEnd
    }

    func streamChanged() {
        assert(loop.isCurrent, "a stream belongs to its loop")
        if isMarked || isOver { return }
        isMarked = true
        loop.atTurnEnd(self)
    }

    func serverDrains() { tell { $0.serverDrains() } }

    func serverGivesUp(after grace: Duration) -> Bool {
        tell { _ = $0.serverGivesUp(after: grace) }
        return !isOver
    }

    /// Passes on to the attempt what its stream cannot show.
    private func tell(_ news: @escaping @Sendable (any StreamObserver) -> Void) {
        let end = LoopBound(handlerEnd, on: strand)
        strand.execute { if let observer = end.value.observer { news(observer) } }
    }

    func turnEnded() {
        assert(loop.isCurrent, "a stream belongs to its loop")
        isMarked = false
        if isOver { return }
        var news = RelayedInput()
        news.bytes = stream.input(after: handed)
        news.inputEnded = stream.inputEnded
        news.isClosed = stream.isClosed
        news.outputIsFull = stream.outputIsFull
        if !news.outputIsFull, owedCredit >= RelayedStream.outputLimit / 2 {
            swap(&news.credit, &owedCredit)
        }
        let isNews =
            !news.bytes.isEmpty || news.credit > 0 || news.inputEnded != told.inputEnded
            || news.isClosed != told.isClosed || news.outputIsFull != told.outputIsFull
        if isNews {
            handed += news.bytes.count
            (told.inputEnded, told.isClosed) = (news.inputEnded, news.isClosed)
            told.outputIsFull = news.outputIsFull
            let (end, sent) = (LoopBound(handlerEnd, on: strand), news)
            strand.execute { end.value.accept(sent) }
        }
        if !hasBegun {
            hasBegun = true
            strand.start()
        }
    }

    func accept(_ news: RelayedOutput) {
        assert(loop.isCurrent, "a stream belongs to its loop")
        if news.taken > 0 {
            handed -= news.taken
            stream.consumeInput(news.taken)
        }
        if news.inputIsComplete { stream.inputIsComplete() }
        if !news.bytes.isEmpty {
            stream.write(news.bytes)
            owedCredit += news.bytes.count
        }
        if news.isFinished {
            isOver = true
            stream.finish()
            // The stream would otherwise keep this relay alive until its output is sent.
            stream.observer = nil
        } else if stream.outputIsFull != told.outputIsFull
            || owedCredit >= RelayedStream.outputLimit / 2
        {
            streamChanged()
        }
    }
}

/// The handler's end of a relayed stream, which the attempt uses as its stream. It is confined to
/// the attempt's strand.
final class RelayedStream: AttemptStream, TurnObserver {
    /// The limit for bytes on their way to the stream; the same as a stream's own buffer.
    static let outputLimit = HTTPLimits().outputBuffer
    /// The bytes that are sent on at once, even if the handler continues, so that the connection
    /// can begin to send.
    private static let batchSize = 64 << 10

    let requestHeaders: [(name: String, value: String)]
    var observer: (any StreamObserver)?
    private(set) var inputEnded = false
    private(set) var isClosed = false
    /// Released with the last message, because the two ends hold each other.
    fileprivate var connectionEnd: LoopBound<StreamRelay>?

    private let strand: Strand
    private var input: ArraySlice<[UInt8]> = []
    private var output = RelayedOutput()
    private var streamIsFull = false
    private var onTheWay = 0
    private var isMarked = false

    fileprivate init(_ strand: Strand, requestHeaders: [(name: String, value: String)]) {
        self.strand = strand
        self.requestHeaders = requestHeaders
    }

    var hasInput: Bool { !input.isEmpty }
    var outputIsFull: Bool { streamIsFull || onTheWay >= Self.outputLimit }

    /// Takes one piece of input, as it arrived.
    func takeInput() -> [UInt8] {
        assert(strand.isCurrent, "a relayed stream belongs to its strand")
        guard let piece = input.popFirst() else { return [] }
        output.taken += piece.count
        mark()
        return piece
    }

    func write(_ bytes: [UInt8]) {
        assert(strand.isCurrent, "a relayed stream belongs to its strand")
        if isClosed || output.isFinished || bytes.isEmpty { return }
        if output.bytes.isEmpty { output.bytes = bytes } else { output.bytes += bytes }
        onTheWay += bytes.count
        if output.bytes.count < Self.batchSize { return mark() }
        // At once and not at the end of the turn, because the handler may compute for long.
        if let (end, sent) = takeOutput() { strand.home.execute { end.value.accept(sent) } }
    }

    func finish() {
        assert(strand.isCurrent, "a relayed stream belongs to its strand")
        output.isFinished = true
        mark()
    }

    func inputIsComplete() {
        assert(strand.isCurrent, "a relayed stream belongs to its strand")
        output.inputIsComplete = true
        mark()
    }

    fileprivate func accept(_ news: RelayedInput) {
        assert(strand.isCurrent, "a relayed stream belongs to its strand")
        if !news.bytes.isEmpty { input.append(news.bytes) }
        inputEnded = news.inputEnded
        isClosed = news.isClosed
        streamIsFull = news.outputIsFull
        onTheWay -= news.credit
        observer?.streamChanged()
    }

    private func mark() {
        if isMarked { return }
        isMarked = true
        strand.atTurnEnd(self)
    }

    func turnEnded() {
        isMarked = false
        if let (end, sent) = takeOutput() { strand.post { end.value.accept(sent) } }
    }

    private func takeOutput() -> (LoopBound<StreamRelay>, RelayedOutput)? {
        assert(strand.isCurrent, "a relayed stream belongs to its strand")
        guard !output.isEmpty, let end = connectionEnd else { return nil }
        defer { output = RelayedOutput() }
        if output.isFinished { connectionEnd = nil }
        return (end, output)
    }
}
