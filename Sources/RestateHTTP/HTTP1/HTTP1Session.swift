internal import Glibc

/// HTTP/1.1 on either side of a connection: one message after the other, each a head and a body.
/// What it may not read yet (a body that is not taken, the next request) waits in its buffer, and when
/// that is enough, in the socket.
class HTTP1Session: Session {
    /// What the next byte belongs to.
    enum Phase {
        case head
        case body
        /// A message that is not expected yet.
        case next
        /// Nothing that is of interest any more.
        case rest
    }

    final var phase = Phase.head
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    final var body = HTTP1BodyReader.nothing
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    final var writer = HTTP1Writer()
    /// The connection ends after the exchange at hand.
    final var isClosing = false
    /// The connection ends at once.
    final var isAborted = false
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private final var unread = ByteBuffer()
    private final var scanned = 0
    /// The unread bytes may be of use now.
    final var mayReadOn = false

    /// One at a time.
    final var current: HTTPStream? { streams.first }

    // MARK: Reading

    final override func receive(_ bytes: UnsafeRawBufferPointer) {
        if unread.isEmpty {
            // Without a copy when all of it can be used, as nearly always.
            let used = consume(bytes)
            unread.append(UnsafeRawBufferPointer(rebasing: bytes[used...]))
        } else {
            unread.append(bytes)
            unread.consume(consume(unread.readable))
        }
        adjustReading()
        deliver()
    }

    private func readOn() {
        mayReadOn = false
        unread.consume(consume(unread.readable))
        adjustReading()
    }

    /// Returns how many bytes need not be seen again.
    private func consume(_ bytes: UnsafeRawBufferPointer) -> Int {
        var used = 0
        do throws(HTTP1Error) {
            while used < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[used...])
                let count: Int
                switch phase {
                case .head: count = try readHead(rest)
                case .body: count = try readBody(rest)
                case .next: count = 0
                case .rest: return bytes.count
                }
                if count == 0 { return used }
                used += count
            }
            return used
        } catch {
            phase = .rest
            failed(error)
            return bytes.count
        }
    }

    private func readHead(_ bytes: UnsafeRawBufferPointer) throws(HTTP1Error) -> Int {
        if bytes[0] == 0x0d {
            // Some peers send an empty line after a body.
            if bytes.count == 1 { return 0 }
            if bytes[1] == 0x0a { return 2 }
        }
        if headBegan == nil { headBegan = connection?.loop.now }
        // Not even the beginning of a head: no need to wait for its end.
        if !Token.isToken(bytes[0]) { throw .malformed }
        let found = try HTTP1Head.size(in: bytes, scanned: &scanned)
        if found ?? bytes.count > limits.headBytes { throw .tooLarge }
        guard let size = found else { return 0 }
        scanned = 0
        headBegan = nil
        phase = .body
        try headArrived(UnsafeRawBufferPointer(rebasing: bytes[..<size]))
        if phase == .body, body.hasEnded { endInput() }
        return size
    }

    private func readBody(_ bytes: UnsafeRawBufferPointer) throws(HTTP1Error) -> Int {
        guard let stream = current else {
            // We gave up; the connection is about to end.
            phase = .rest
            return bytes.count
        }
        let before = stream.input.count
        let used = try body.read(
            bytes, room: limits.inputWindow - before, trailerLimit: limits.headBytes,
            into: &stream.input)
        if stream.input.count > before {
            stream.exchange.received &+= stream.input.count - before
            noteChange(stream)
        }
        if body.hasEnded { endInput() }
        return used
    }

    private func endInput() {
        phase = .next
        guard let stream = current else { return }
        stream.exchange.endInput()
        noteChange(stream)
        messageEnded(stream)
    }

    private func adjustReading() {
        let isFull =
            switch phase {
            case .body: (current?.input.count ?? 0) >= limits.inputWindow
            case .next: unread.count > limits.pipelinedBytes
            case .head, .rest: false
            }
        if isFull { connection?.pauseReading() } else { connection?.resumeReading() }
    }

    // MARK: Writing

    final override func produce(into out: inout ByteBuffer) {
        if mayReadOn { readOn() }
        if isAborted {
            connection?.abort()
            return
        }
        write(into: &out)
        // The end of one exchange may let the next be read.
        if mayReadOn { touch() }
    }

    final override func outputChanged(_ stream: HTTPStream) { touch() }

    final override func headReady(_ stream: RequestStream) { touch() }

    final override func inputTaken(_ stream: HTTPStream, _ count: Int) {
        if unread.isEmpty && stream.input.count + count < limits.inputWindow { return }
        mayReadOn = true
        touch()
    }

    final override func reset(_ stream: HTTPStream, code: UInt32) {
        isAborted = true
        touch()
    }

    // MARK: For the two sides

    /// Takes the head apart and sets `body`.
    func headArrived(_ head: UnsafeRawBufferPointer) throws(HTTP1Error) {}
    /// All of the current message was read.
    func messageEnded(_ stream: HTTPStream) {}
    /// The peer does not speak HTTP/1.1 as it should. Nothing more is read.
    func failed(_ error: HTTP1Error) {}
    func write(into out: inout ByteBuffer) {}

    /// The exchange is over, and what comes is a new message.
    final func beginNext() {
        phase = .head
        mayReadOn = true
        touch()
    }
}
