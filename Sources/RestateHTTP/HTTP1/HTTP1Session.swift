#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// HTTP/1.1 on either side of a connection: one message after another, each with a head and a body.
///
/// Bytes that it cannot process yet (a body that nobody reads, the next request) stay in its
/// buffer, and when that is full, in the socket.
class HTTP1Session: Session {
    /// To what the next byte belongs.
    enum Phase {
        case head
        case body
        /// A message that must wait until the current exchange is over.
        case next
        /// Bytes that are discarded.
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
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private final var unread = ByteBuffer()
    private final var scanned = 0
    /// Whether buffered bytes may be processed now.
    final var mayReadOn = false

    /// The one exchange that can be open.
    final var current: HTTPStream? { streams.first }

    // MARK: Reading

    final override func receive(_ bytes: UnsafeRawBufferPointer) {
        if unread.isEmpty {
            // Usually all bytes are consumed at once, without a copy.
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

    /// Processes bytes, and returns how many of them are done with.
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
            // Some peers send an empty line after a body, which RFC 9112 allows to skip.
            if bytes.count == 1 { return 0 }
            if bytes[1] == 0x0a { return 2 }
        }
        if headBegan == nil { headBegan = connection?.loop.now }
        // These bytes cannot become a head, so its end need not be awaited.
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
            // The exchange was given up, and the connection is about to end.
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
        // The end of one exchange may allow the next request to be read.
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

    /// Parses the head and sets `body`.
    func headArrived(_ head: UnsafeRawBufferPointer) throws(HTTP1Error) {}
    /// Called when the current message was read to its end.
    func messageEnded(_ stream: HTTPStream) {}
    /// Called when the peer violates HTTP/1.1. Nothing more is read.
    func failed(_ error: HTTP1Error) {}
    func write(into out: inout ByteBuffer) {}

    /// Lets the next message be read, because the exchange is over.
    final func beginNext() {
        phase = .head
        mayReadOn = true
        touch()
    }
}
