import Primitives

/// A session whose only exchange is carried by somebody else: another HTTP server of the process, or
/// a function that is called with a request and returns a response.
///
/// It has no connection. What it would send waits in the stream until its carrier takes it.
final class GuestSession: Session {
    private let host: GuestHost
    let stream: RequestStream
    private let receiver: any RequestReceiver
    private var head = Head.unknown
    private var isMarked = false
    /// The carrier waits for output, or for room for input.
    private var reader: ((GuestExchange.Output) -> Void)?
    private var writer: ((_ isWanted: Bool) -> Void)?

    /// The response's head is output like any other, and the first one.
    private enum Head {
        case unknown
        case known(status: UInt16, HeaderFields)
        case taken(status: UInt16)
    }

    init(_ request: RequestHead, _ receiver: any RequestReceiver, _ host: GuestHost) {
        self.host = host
        self.receiver = receiver
        stream = RequestStream(loop: host.loop)
        super.init(limits: host.limits)
        stream.request.version = request.version
        stream.exchange.began = host.loop.now
        append(":method", request.method)
        append(":path", request.path)
        if let authority = request.authority { append(":authority", authority) }
        for (name, value) in request.headers { append(name, value) }
        open(stream)
        noteChange(stream)
    }

    private func append(_ name: String, _ value: String) {
        var (name, value) = (name, value)
        name.withUTF8 { name in
            value.withUTF8 { value in
                stream.appendField(
                    UnsafeRawBufferPointer(name), UnsafeRawBufferPointer(value),
                    limit: limits.headerListBytes)
            }
        }
    }

    // MARK: For the stream

    override var serverIsDraining: Bool { host.isDraining }
    override func headReady(_ stream: RequestStream) { mark() }
    override func outputChanged(_ stream: HTTPStream) { mark() }
    override func inputTaken(_ stream: HTTPStream, _ count: Int) { mark() }

    override func reset(_ stream: HTTPStream, code: UInt32) {
        close(stream, abnormal: true)
        mark()
    }

    /// Gives a new request to the receiver; later changes go to its observer.
    override func notifyObservers(of _: HTTPStream) {
        if !stream.request.isNew { return stream.notifyObservers() }
        if stream.isClosed { return }
        stream.request.isNew = false
        if stream.request.isTooLarge {
            stream.respond(status: 431)
            return stream.finish()
        }
        if host.isDraining {
            receiver.receivedWhileDraining(stream)
        } else {
            receiver.received(stream)
        }
        if stream.hasInput || stream.inputEnded { stream.notifyObservers() }
    }

    // MARK: For the carrier

    func begin() { deliver() }

    func push(_ bytes: UnsafeRawBufferPointer) {
        guard !stream.isClosed, !stream.inputEnded, !bytes.isEmpty else { return }
        stream.input.append(bytes)
        stream.exchange.received &+= bytes.count
        noteChange(stream)
        mark()
    }

    func endInput() {
        guard !stream.isClosed, !stream.inputEnded else { return }
        stream.exchange.endInput()
        noteChange(stream)
        mark()
    }

    /// Ends the exchange in both directions, because nobody wants the response any more.
    func cancel() {
        guard !stream.isClosed else { return }
        close(stream, abnormal: true)
        mark()
    }

    func read(_ reader: @escaping (GuestExchange.Output) -> Void) {
        assert(self.reader == nil, "an exchange has one reader")
        self.reader = reader
        mark()
    }

    func whenRoom(_ writer: @escaping (_ isWanted: Bool) -> Void) {
        assert(self.writer == nil, "an exchange has one writer")
        self.writer = writer
        mark()
    }

    // MARK: Changes

    /// Settles after what runs now, so that what is written piece by piece leaves as one. Not at the end
    /// of the turn: observers who wait for that end themselves would miss it.
    private func mark() {
        if isMarked { return }
        isMarked = true
        let session = LoopBound(self, on: host.loop)
        host.loop.execute { session.value.settle() }
    }

    private func settle() {
        isMarked = false
        takeHead()
        giveOutput()
        if !stream.isClosed, stream.exchange.headSent, stream.exchange.outputEnded,
            stream.output.isEmpty
        {
            stream.exchange.writeEnd(isEarly: !stream.exchange.inputEnded)
            close(stream, abnormal: false)
            giveOutput()
        }
        let hasRoom = stream.input.count < limits.inputWindow
        if let writer, hasRoom || stream.isClosed {
            self.writer = nil
            writer(!stream.isClosed)
        }
        deliver()
        if stream.isClosed { host.forget(self) }
    }

    private func takeHead() {
        guard let status = stream.exchange.status else { return }
        head = .known(
            status: status, HeaderFields(HeaderBlockReader(stream.responseBlock.readable)))
        stream.exchange.writeHead()
        if stream.hasNoBody(status), !stream.exchange.outputEnded { stream.exchange.finish() }
    }

    private func giveOutput() {
        guard let reader, let output = nextOutput() else { return }
        self.reader = nil
        reader(output)
    }

    private func nextOutput() -> GuestExchange.Output? {
        switch head {
        case .unknown: return stream.isClosed ? .broken : nil
        case .known(let status, let fields):
            head = .taken(status: status)
            return .head(status: Int(status), fields)
        case .taken(let status):
            if stream.hasNoBody(status) { stream.output.clear() }
        }
        if !stream.output.isEmpty {
            let bytes = stream.output.takeAll()
            noteOutputTaken(stream)
            return .bytes(bytes)
        }
        guard stream.isClosed else { return nil }
        return stream.exchange.isAbnormal ? .broken : .ended
    }
}
