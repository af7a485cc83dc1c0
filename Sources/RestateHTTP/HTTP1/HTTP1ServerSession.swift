#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The server's side of HTTP/1.1.
final class HTTP1ServerSession: HTTP1Session {
    private let server: ServerLoop
    /// The version of the current request.
    private var isVersion1_1 = true
    /// The error that is to be answered to bytes that are not a valid request.
    private var refusal: HTTP1Error?
    /// Whether "100 Continue" is to be sent.
    private var continues = false

    init(server: ServerLoop) {
        self.server = server
        super.init(limits: server.limits)
        headBegan = server.loop.now
    }

    override var serverIsDraining: Bool { server.isDraining }

    // MARK: Requests

    override func headArrived(_ head: UnsafeRawBufferPointer) throws(HTTP1Error) {
        let stream = server.makeStream()
        stream.request.version = .http1_1
        stream.exchange.began = server.loop.now
        var fieldCount = 0
        var expects = false
        var framing = HTTP1Framing()
        var host: UnsafeRawBufferPointer?
        var authority: UnsafeRawBufferPointer?
        try HTTP1Head.read(head) { (line) throws(HTTP1Error) in
            authority = try readRequestLine(line, stream)
        } field: { (name, value) throws(HTTP1Error) in
            fieldCount += 1
            if fieldCount > limits.headFields { throw .tooLarge }
            try framing.note(name, value)
            if name.count == 4, HTTP1Framing.isSame("host", name) {
                if host != nil { throw .malformed }
                host = value
            } else if name.count == 6, HTTP1Framing.isSame("expect", name) {
                expects = HTTP1Framing.isSame("100-continue", value)
            }
        }
        if isVersion1_1, host == nil { throw .malformed }
        if !isVersion1_1, framing.isChunked { throw .malformed }
        if let authority = authority ?? host {
            stream.appendField(":authority", authority)
        }
        try HTTP1Head.read(head) { _ in
        } field: { (name, value) in
            // The limit for the whole head was checked before.
            if !Self.isOfConnection(name) { stream.appendField(name, value, limit: .max) }
        }
        body = framing.isChunked ? .chunked : .length(framing.length ?? 0)
        if framing.saysClose || !isVersion1_1 && !framing.saysKeepAlive || server.isDraining {
            isClosing = true
        }
        if expects, isVersion1_1, !body.hasEnded { stream.exchange.wire.insert(.expectsContinue) }
        open(stream)
        noteChange(stream)
    }

    /// Parses the request line. Returns the authority if the target contains one.
    private func readRequestLine(
        _ line: UnsafeRawBufferPointer, _ stream: RequestStream
    ) throws(HTTP1Error) -> UnsafeRawBufferPointer? {
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(Token.isToken),
            !parts[1].isEmpty
        else { throw .malformed }
        if parts[1].count > limits.targetBytes { throw .targetTooLong }
        isVersion1_1 = try HTTP1Head.isVersion1_1(UnsafeRawBufferPointer(rebasing: parts[2]))
        var path = parts[1]
        var authority: UnsafeRawBufferPointer?
        // This is the absolute form, which clients send to proxies.
        let scheme: StaticString = "http://"
        if path.starts(with: scheme.bytes) {
            let rest = path.dropFirst(scheme.utf8CodeUnitCount)
            let slash = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
            authority = UnsafeRawBufferPointer(rebasing: rest[..<slash])
            path = rest[slash...]
        }
        let whole = try Self.withoutFragment(UnsafeRawBufferPointer(rebasing: path))
        stream.appendField(":method", UnsafeRawBufferPointer(rebasing: parts[0]))
        stream.appendField(":path", whole.isEmpty ? ("/" as StaticString).bytes : whole)
        return authority
    }

    /// Returns the target without a fragment, which is not for the server. Refuses characters that
    /// no target may contain: control characters, spaces, some punctuation, and bytes beyond ASCII
    /// that are not UTF-8.
    private static func withoutFragment(
        _ target: UnsafeRawBufferPointer
    ) throws(HTTP1Error) -> UnsafeRawBufferPointer {
        var isASCII = true
        for (index, byte) in target.enumerated() {
            switch byte {
            case UInt8(ascii: "#"):
                return try withoutFragment(UnsafeRawBufferPointer(rebasing: target[..<index]))
            case ...0x20, 0x7f, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "`"):
                throw .malformed
            case 0x80...: isASCII = false
            default: break
            }
        }
        if !isASCII, String(validating: target, as: UTF8.self) == nil { throw .malformed }
        return target
    }

    /// Whether a field concerns only this connection, or is passed on as a pseudo-field.
    /// (`keep-alive` is kept: it has no effect here, and handlers may see it.)
    private static func isOfConnection(_ name: UnsafeRawBufferPointer) -> Bool {
        switch name.count {
        case 4: HTTP1Framing.isSame("host", name)
        case 7: HTTP1Framing.isSame("upgrade", name)
        case 10: HTTP1Framing.isSame("connection", name)
        case 14: HTTP1Framing.isSame("http2-settings", name)
        case 16: HTTP1Framing.isSame("proxy-connection", name)
        case 17: HTTP1Framing.isSame("transfer-encoding", name)
        default: false
        }
    }

    override func failed(_ error: HTTP1Error) {
        isClosing = true
        headBegan = nil
        if let stream = current {
            let request = unsafeDowncast(stream, to: RequestStream.self)
            // The receiver gets the request first, because it may want to answer itself.
            if request.request.isNew { deliver() }
            if request.answersBrokenBody, request.exchange.lacksHead, error == .malformed {
                return breakBody(of: request, .malformed)
            }
            // Once a part of a response is sent, no other response can follow.
            if stream.exchange.headSent { isAborted = true } else { refusal = error }
            close(stream, abnormal: true)
        } else {
            refusal = error
        }
        touch()
    }

    /// Reports the broken body to the application, which answers; then the connection ends.
    private func breakBody(of stream: RequestStream, _ failure: RequestStream.InputFailure) {
        stream.exchange.breakInput(failure)
        noteChange(stream)
        deliver()
    }

    override func inputClosed() -> Bool {
        guard phase == .body, let stream = current else { return false }
        let request = unsafeDowncast(stream, to: RequestStream.self)
        guard request.answersBrokenBody, request.exchange.lacksHead else { return false }
        phase = .rest
        isClosing = true
        breakBody(of: request, .cutShort)
        return true
    }

    override func giveUpBody(of stream: RequestStream) {
        phase = .rest
        stream.answersBrokenBody = false
        failed(.tooSlow)
        deliver()
    }

    override func notifyObservers(of stream: HTTPStream) {
        server.notifyObservers(of: unsafeDowncast(stream, to: RequestStream.self))
    }

    override func inviteBody() {
        continues = true
        touch()
    }

    override func reuse(_ stream: inout HTTPStream) { server.reuse(&stream) }

    // MARK: Responses

    override func write(into out: inout ByteBuffer) {
        if let refusal {
            writeRefusal(refusal, into: &out)
            self.refusal = nil
            return
        }
        guard let first = current else { return }
        let stream = unsafeDowncast(first, to: RequestStream.self)
        if continues {
            continues = false
            if !stream.exchange.headSent { out.append("HTTP/1.1 100 Continue\r\n\r\n") }
        }
        if let status = stream.exchange.status { writeHead(stream, status, into: &out) }
        if !stream.exchange.headSent { return }
        let ended = writer.writeBody(
            from: &stream.output, isComplete: stream.exchange.outputEnded, room: 65_536, into: &out)
        noteOutputTaken(stream)
        if ended { end(stream) }
    }

    private func writeHead(
        _ stream: RequestStream, _ status: UInt16, into out: inout ByteBuffer
    ) {
        stream.exchange.writeHead()
        let fields = HeaderBlockReader(stream.responseBlock.readable)
        let framing: HTTP1Writer.Framing
        if stream.hasNoBody(status) {
            if !stream.exchange.outputEnded { stream.exchange.finish() }
            framing = .noBody
        } else {
            framing = HTTP1Writer.framing(
                announced: HTTP1Writer.announcedLength(fields), output: stream.output.count,
                isComplete: stream.exchange.outputEnded, mayChunk: isVersion1_1)
        }
        if framing == .untilClose { isClosing = true }
        out.append("HTTP/1.1 ")
        out.append(decimal: Int(status))
        out.append(" ")
        out.append(HTTP1Reason.text(Int(status)))
        out.append("\r\n")
        // A response that ends before its request also ends the connection, and says so if that is
        // known in time.
        let closes = isClosing || stream.exchange.outputEnded && !stream.exchange.inputEnded
        let option: StaticString? = closes ? "close" : isVersion1_1 ? nil : "keep-alive"
        writer.writeFields(fields, framing: framing, connection: option, into: &out)
    }

    private func end(_ stream: RequestStream) {
        let isEarly = !stream.exchange.inputEnded
        stream.exchange.writeEnd(isEarly: isEarly)
        if writer.isBroken { isAborted = true }
        if isEarly { isClosing = true }
        close(stream, abnormal: writer.isBroken)
        if isClosing { phase = .rest } else { beginNext() }
    }

    private func writeRefusal(_ error: HTTP1Error, into out: inout ByteBuffer) {
        out.append("HTTP/1.1 ")
        out.append(decimal: error.rawValue)
        out.append(" ")
        out.append(HTTP1Reason.text(error.rawValue))
        out.append("\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
    }

    // MARK: The end

    /// A head that was begun is still answered before the connection closes.
    override var isDone: Bool {
        isClosing && current == nil && refusal == nil && headBegan == nil
    }

    /// A request that is on its way is still answered before the connection closes.
    override func drain() {
        if current != nil { isClosing = true } else { expireAfterRoundTrip() }
    }

    override func expire() {
        isClosing = true
        touch()
    }
}

extension RequestStream {
    fileprivate func appendField(_ name: StaticString, _ value: UnsafeRawBufferPointer) {
        appendField(name.bytes, value, limit: .max)
    }
}
