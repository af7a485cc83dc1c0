internal import CNghttp2

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The server's side of HTTP/2. Requests become `RequestStream`s.
final class HTTP2ServerSession: HTTP2Session {
    private let server: ServerLoop
    private var isWarned = false

    init(server: ServerLoop) {
        self.server = server
        super.init(limits: server.limits) { nghttp2_session_server_new2($0, $1, $2, $3) }
        headBegan = server.loop.now
    }

    override var serverIsDraining: Bool { server.isDraining }

    override func ownSettings() -> [nghttp2_settings_entry] {
        [
            setting(
                NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS,
                UInt32(clamping: limits.concurrentStreams))
        ]
    }

    override var endsExchange: Bool { true }

    override func requestBegan(_ id: Int32) {
        let stream = server.makeStream()
        stream.request.version = .http2
        stream.exchange.id = id
        stream.exchange.began = rates.now
        open(stream)
        let pointer = Borrowed(stream as HTTPStream).pointer
        nghttp2_session_set_stream_user_data(handle, id, pointer)
        remember(id, pointer)
    }

    override func field(
        _ stream: HTTPStream, _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) {
        let stream = unsafeDowncast(stream, to: RequestStream.self)
        // Trailers are ignored.
        if stream.request.isNew && !stream.exchange.wire.contains(.isQueued) {
            stream.appendField(name, value, limit: limits.headerListBytes)
            // The request will be answered with 431. A peer that goes on sending fields loses the
            // connection.
            if stream.request.blockCost > 4 * limits.headerListBytes { tooMuch = true }
        }
    }

    override func headEnded(_ stream: HTTPStream) { noteChange(stream) }

    override func notifyObservers(of stream: HTTPStream) {
        let stream = unsafeDowncast(stream, to: RequestStream.self)
        server.notifyObservers(of: stream)
    }

    override func reuse(_ stream: inout HTTPStream) { server.reuse(&stream) }

    // MARK: The end

    override func drain() {
        if !streams.isEmpty || isWarned { return }
        isWarned = true
        // The first GOAWAY is a warning: requests that are on their way are still answered before
        // the second one.
        nghttp2_submit_shutdown_notice(handle)
        touch()
        expireAfterRoundTrip()
    }

    override func giveUpBody(of stream: RequestStream) {
        stream.task?.cancel()
        if !stream.exchange.lacksHead { return reset(stream, code: NGHTTP2_CANCEL.rawValue) }
        stream.respond(status: 408)
        stream.finish()
    }

    override func willClose(_ stream: HTTPStream) {
        super.willClose(stream)
        if server.isDraining { drain() }
    }

    // MARK: Response heads

    override func submitHeads() {
        for stream in heads where !stream.isClosed && stream.exchange.headWaits {
            submitHead(unsafeDowncast(stream, to: RequestStream.self))
        }
        heads.removeAll(keepingCapacity: true)
    }

    private func submitHead(_ stream: RequestStream) {
        guard let status = stream.exchange.status, let id = stream.exchange.id else { return }
        var digits = HTTP2Field.digits(of: Int(status))
        let fields = HeaderBlockReader(stream.responseBlock.readable)
        let capacity = 1 + fields.count
        withUnsafeBytes(of: &digits) { digits in
            withUnsafeTemporaryAllocation(of: nghttp2_nv.self, capacity: capacity) { list in
                let first = HeaderBlockReader.Field(
                    name: HTTP2Field.status.bytes, value: digits, isUnique: false)
                list.initializeElement(at: 0, to: HTTP2Field.makeCopied(first))
                var count = 1
                for field in fields where !HTTP2Field.isOfConnection(field.name) {
                    list.initializeElement(at: count, to: HTTP2Field.make(field))
                    count += 1
                }
                submit(stream, id, status, UnsafeMutableBufferPointer(rebasing: list[..<count]))
            }
        }
    }

    private func submit(
        _ stream: RequestStream, _ id: Int32, _ status: UInt16,
        _ list: UnsafeMutableBufferPointer<nghttp2_nv>
    ) {
        stream.exchange.writeHead()
        let isBare =
            stream.hasNoBody(status) || stream.exchange.outputEnded && stream.output.isEmpty
        if isBare {
            if !stream.exchange.outputEnded { stream.exchange.finish() }
            stream.output.clear()
        }
        // If the request goes on, ending our side also resets it (`endSubmitted`), and nghttp2
        // would then drop a head that is not sent yet. In that case the end follows the head as an
        // empty body.
        if isBare, stream.exchange.inputEnded {
            nghttp2_submit_response(handle, id, list.baseAddress, list.count, nil)
            endSubmitted(stream)
        } else {
            var provider = dataProvider()
            nghttp2_submit_response(handle, id, list.baseAddress, list.count, &provider)
        }
    }
}

/// Conversions of fields into nghttp2's form.
enum HTTP2Field {
    static let status: StaticString = ":status"
    private static let noCopy = UInt8(
        NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue)
    private static let noIndex = UInt8(NGHTTP2_NV_FLAG_NO_INDEX.rawValue)

    /// Makes a field whose texts nghttp2 does not copy. They must live until the head is sent or
    /// the stream is gone.
    static func make(_ field: HeaderBlockReader.Field) -> nghttp2_nv { make(field, noCopy) }

    /// Makes a field whose texts nghttp2 copies at once.
    static func makeCopied(_ field: HeaderBlockReader.Field) -> nghttp2_nv {
        make(field, UInt8(NGHTTP2_NV_FLAG_NONE.rawValue))
    }

    private static func make(_ field: HeaderBlockReader.Field, _ flags: UInt8) -> nghttp2_nv {
        nghttp2_nv(
            name: pointer(field.name), value: pointer(field.value), namelen: field.name.count,
            valuelen: field.value.count, flags: field.isUnique ? flags | noIndex : flags)
    }

    /// nghttp2 only reads these bytes, but declares the pointer as mutable.
    private static func pointer(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutablePointer<UInt8>? {
        bytes.baseAddress.map {
            UnsafeMutablePointer(mutating: $0.assumingMemoryBound(to: UInt8.self))
        }
    }

    static func digits(of status: Int) -> (UInt8, UInt8, UInt8) {
        (UInt8(48 + status / 100), UInt8(48 + status / 10 % 10), UInt8(48 + status % 10))
    }

    /// Whether a field belongs to an HTTP/1.1 connection, which HTTP/2 forbids.
    static func isOfConnection(_ name: UnsafeRawBufferPointer) -> Bool {
        switch name.count {
        // `:authority` replaces the host.
        case 4: name.equals("host")
        case 7: name.equals("upgrade")
        case 10: name.equals("connection") || name.equals("keep-alive")
        case 16: name.equals("proxy-connection")
        case 17: name.equals("transfer-encoding")
        default: false
        }
    }
}
