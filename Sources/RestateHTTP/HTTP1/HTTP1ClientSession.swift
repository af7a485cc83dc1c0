#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The client's side of HTTP/1.1. It has one exchange at a time: requests are not pipelined.
final class HTTP1ClientSession: HTTP1Session, ClientSession {
    private var request: RequestHead?

    override init(limits: HTTPLimits) {
        super.init(limits: limits)
        phase = .next
    }

    override var lingers: Bool { false }

    var isUsable: Bool { !isClosing && !isAborted && current == nil }
    /// HTTP/1.1 has no such message.
    var saidGoodbye: Bool { false }

    func begin(_ stream: ClientStream, _ head: RequestHead, endStream: Bool) {
        open(stream)
        request = head
        stream.response.isToHead = head.method == "HEAD"
        stream.exchange.giveHead(status: nil)
        if endStream { stream.exchange.finish() }
        beginNext()
    }

    // MARK: The response

    override func headArrived(_ head: UnsafeRawBufferPointer) throws(HTTP1Error) {
        guard let current else { throw .malformed }
        let stream = unsafeDowncast(current, to: ClientStream.self)
        var framing = HTTP1Framing()
        var isVersion1_1 = true
        var status = 0
        var count = 0
        var fields = HeaderFields()
        try HTTP1Head.read(head) { (line) throws(HTTP1Error) in
            guard line.count >= 12, line[8] == 0x20 else { throw .malformed }
            isVersion1_1 = try HTTP1Head.isVersion1_1(.init(rebasing: line[..<8]))
            for byte in line[9..<12] {
                guard byte >= 0x30, byte <= 0x39 else { throw .malformed }
                status = status * 10 + Int(byte & 0xf)
            }
            guard status >= 100 else { throw .malformed }
        } field: { (name, value) throws(HTTP1Error) in
            count += 1
            if count > limits.headFields { throw .tooLarge }
            try framing.note(name, value)
            fields.append(name: name, value: value)
        }
        if (100..<200).contains(status) {
            // An interim response is skipped.
            stream.response.interimHeads += 1
            if stream.response.interimHeads > limits.interimHeads { throw .tooLarge }
            phase = .head
            return
        }
        stream.response.status = status
        stream.response.headers = fields
        noteChange(stream)
        if framing.saysClose || !isVersion1_1 && !framing.saysKeepAlive { isClosing = true }
        if stream.response.isToHead || status == 204 || status == 304 {
            body = .nothing
        } else if framing.isChunked {
            body = .chunked
        } else if let length = framing.length {
            body = .length(length)
        } else {
            body = .untilClose
            isClosing = true
        }
    }

    override func messageEnded(_ stream: HTTPStream) { endIfOver(stream) }

    override func failed(_ error: HTTP1Error) {
        isAborted = true
        touch()
    }

    override func inputClosed() -> Bool {
        if let stream = current, phase == .body, body.endsWithConnection {
            phase = .rest
            stream.exchange.endInput()
            noteChange(stream)
            if stream.exchange.endSent { close(stream, abnormal: false) }
        }
        return false
    }

    // MARK: The request

    override func write(into out: inout ByteBuffer) {
        guard let stream = current, !stream.exchange.endSent else { return }
        if let request {
            self.request = nil
            writeHead(request, stream, into: &out)
        }
        let ended = writer.writeBody(
            from: &stream.output, isComplete: stream.exchange.outputEnded, room: 65_536, into: &out)
        noteOutputTaken(stream)
        if !ended { return }
        stream.exchange.writeEnd(isEarly: false)
        if writer.isBroken { isAborted = true }
        endIfOver(stream)
    }

    private func writeHead(
        _ head: RequestHead, _ stream: HTTPStream, into out: inout ByteBuffer
    ) {
        stream.exchange.writeHead()
        out.append(clean: head.method)
        out.append(" ")
        out.append(clean: head.path)
        out.append(" HTTP/1.1\r\nhost: ")
        out.append(clean: head.authority ?? "")
        out.append("\r\n")
        head.headers.storage.withUnsafeBytes { raw in
            let fields = HeaderBlockReader(raw)
            let announced = HTTP1Writer.announcedLength(fields)
            let hasBody = !stream.exchange.outputEnded || !stream.output.isEmpty || announced != nil
            // Requests with these methods need no `content-length: 0`; for the others its absence
            // could be misread.
            let isBare = !hasBody && ["GET", "HEAD", "DELETE", "OPTIONS"].contains(head.method)
            let framing = HTTP1Writer.framing(
                announced: announced, output: stream.output.count,
                isComplete: stream.exchange.outputEnded, mayChunk: true)
            writer.writeFields(
                fields, framing: isBare ? .noBody : framing, connection: nil, into: &out)
        }
    }

    private func endIfOver(_ stream: HTTPStream) {
        guard stream.exchange.endSent, stream.exchange.inputEnded else { return }
        close(stream, abnormal: false)
        if isClosing { touch() } else { phase = .next }
    }

    override var isDone: Bool { isClosing && current == nil }
}

extension ByteBuffer {
    /// Appends a text with spaces and control characters replaced, which would otherwise end the
    /// word or the line.
    fileprivate mutating func append(clean text: String) {
        for byte in text.utf8 { append(byte: byte <= 0x20 || byte == 0x7f ? 0x5f : byte) }
    }
}
