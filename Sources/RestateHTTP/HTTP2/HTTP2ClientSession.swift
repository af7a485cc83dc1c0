internal import CNghttp2

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// What a client's connection needs from its session, in either version of HTTP.
protocol ClientSession: Session {
    /// Whether a new exchange can begin.
    var isUsable: Bool { get }
    /// Whether the server takes no new exchanges.
    var saidGoodbye: Bool { get }
    func begin(_ stream: ClientStream, _ head: RequestHead, endStream: Bool)
}

/// The client's side of HTTP/2. Requests become streams, as many at once as the server allows;
/// nghttp2 queues the others.
final class HTTP2ClientSession: HTTP2Session, ClientSession {
    init(limits: HTTPLimits) {
        super.init(limits: limits) { nghttp2_session_client_new2($0, $1, $2, $3) }
    }

    override func ownSettings() -> [nghttp2_settings_entry] {
        [setting(NGHTTP2_SETTINGS_ENABLE_PUSH, 0)]
    }

    override var lingers: Bool { false }

    var isUsable: Bool { !saidGoodbye && nghttp2_session_check_request_allowed(handle) != 0 }

    func begin(_ stream: ClientStream, _ head: RequestHead, endStream: Bool) {
        open(stream)
        stream.exchange.giveHead(status: nil)
        stream.exchange.writeHead()
        if endStream {
            stream.exchange.finish()
            stream.exchange.writeEnd(isEarly: false)
        }
        var block = ByteBuffer()
        block.appendField(":method", head.method)
        block.appendField(":scheme", "http")
        block.appendField(":path", head.path)
        if let authority = head.authority { block.appendField(":authority", authority) }
        head.headers.storage.withUnsafeBytes { block.append($0) }
        let fields = HeaderBlockReader(block.readable)
        withUnsafeTemporaryAllocation(of: nghttp2_nv.self, capacity: fields.count) { list in
            var count = 0
            for field in fields where !HTTP2Field.isOfConnection(field.name) {
                list.initializeElement(at: count, to: HTTP2Field.makeCopied(field))
                count += 1
            }
            submit(stream, list.baseAddress, count, withBody: !endStream)
        }
        touch()
    }

    private func submit(
        _ stream: ClientStream, _ list: UnsafePointer<nghttp2_nv>?, _ count: Int, withBody: Bool
    ) {
        let user = Borrowed(stream as HTTPStream).pointer
        var provider = dataProvider()
        let id = withUnsafePointer(to: &provider) {
            nghttp2_submit_request(handle, nil, list, count, withBody ? $0 : nil, user)
        }
        // No stream identifier is left, or no memory.
        if id < 0 { return close(stream, abnormal: true) }
        stream.exchange.id = id
    }

    override func field(
        _ stream: HTTPStream, _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) {
        let stream = unsafeDowncast(stream, to: ClientStream.self)
        // Trailers are ignored.
        if stream.response.status != nil { return }
        stream.response.blockCost += name.count + value.count + 32
        if stream.response.blockCost > limits.headerListBytes {
            reset(stream, code: NGHTTP2_ENHANCE_YOUR_CALM.rawValue)
        } else if name.equals(":status") {
            stream.response.openStatus = value.reduce(0) { $0 * 10 + Int($1 & 0xf) }
        } else {
            stream.response.headers.append(name: name, value: value)
        }
    }

    override func headEnded(_ stream: HTTPStream) {
        let stream = unsafeDowncast(stream, to: ClientStream.self)
        if stream.response.status != nil { return }
        if (100..<200).contains(stream.response.openStatus) {
            // An interim response is skipped.
            stream.response.headers = HeaderFields()
            stream.response.interimHeads += 1
            if stream.response.interimHeads > limits.interimHeads {
                reset(stream, code: NGHTTP2_ENHANCE_YOUR_CALM.rawValue)
            }
            return
        }
        if stream.response.openStatus < 100 {
            return reset(stream, code: NGHTTP2_PROTOCOL_ERROR.rawValue)
        }
        stream.response.status = stream.response.openStatus
        noteChange(stream)
    }
}

extension ByteBuffer {
    mutating func appendField(_ name: StaticString, _ value: String) {
        var value = value
        value.withUTF8 { appendField(name.bytes, UnsafeRawBufferPointer($0)) }
    }
}
