import Primitives

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Handles a server's requests. It is called on the loop when a request's head is complete.
package protocol RequestReceiver: AnyObject {
    func received(_ stream: RequestStream)
    /// Called instead of `received` for requests that come while the server drains
    /// (`HTTPServer.drain`).
    func receivedWhileDraining(_ stream: RequestStream)
}

extension RequestReceiver {
    /// Answers 503 with a `retry-after`, so that the client tries another server, or this one again
    /// later.
    package func receivedWhileDraining(_ stream: RequestStream) {
        stream.respond(status: 503, headers: ["retry-after": "1"])
        stream.finish()
    }
}

/// An exchange on the server's side: the request comes in, the response goes out.
package final class RequestStream: HTTPStream {
    /// The task of the exchange. It is cancelled if the stream is reset or its connection lost, and
    /// not if the stream ends normally.
    package var task: Task<Void, Never>? {
        get { currentTask }
        set { currentTask = newValue }
    }
    // The stored property is not `package`: other modules would check exclusive access to it even
    // in release builds.
    private var currentTask: Task<Void, Never>?

    /// The request's fields as a header block, pseudo-fields first. Strings are made only on
    /// demand.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var block = ByteBuffer()
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var responseBlock = ByteBuffer()
    /// Everything else that belongs to one request only.
    var request = Request()

    struct Request {
        var version = HTTPVersion.http2
        /// The size of the fields, as HTTP/2 counts it.
        var blockCost = 0
        /// Whether the head exceeded the limit, so that it is answered with 431.
        var isTooLarge = false
        /// Whether the receiver has not been given the request yet.
        var isNew = true
        var awaitsBody = false
        var answersBrokenBody = false
        var progress = Progress()
        fileprivate var methodRange = TextRange()
        fileprivate var pathRange = TextRange()
    }

    /// What the last sweep saw of this stream. It tells slow peers from stalled ones.
    struct Progress {
        var bodyBegan: UInt64 = 0
        var received = 0
        var stalledSince: UInt64 = 0
    }

    fileprivate struct TextRange {
        var offset: Int32 = 0
        var count: Int32 = 0
    }

    package enum InputFailure: Sendable {
        case malformed, cutShort
    }

    package var version: HTTPVersion { request.version }

    /// Whether the application needs the rest of the body to go on, so that the time limit for
    /// bodies applies.
    ///
    /// It is false at first, because a body can also be a conversation that is silent for hours,
    /// such as an attempt's.
    package var awaitsBody: Bool {
        get { request.awaitsBody }
        set { request.awaitsBody = newValue }
    }

    /// Whether the application will answer a body that ends too early; see `inputFailure`.
    /// Otherwise the transport does.
    package var answersBrokenBody: Bool {
        get { request.answersBrokenBody }
        set { request.answersBrokenBody = newValue }
    }

    /// Why the body ended too early. Observers are called for it, and `inputEnded` stays false.
    package var inputFailure: InputFailure? { exchange.inputFailure }

    // MARK: The request's head

    package var method: String { String(decoding: text(request.methodRange), as: UTF8.self) }

    /// The target with its query, not decoded.
    package var path: String { String(decoding: text(request.pathRange), as: UTF8.self) }

    /// Compares without making a string.
    package func isMethod(_ name: StaticString) -> Bool { text(request.methodRange).equals(name) }

    /// Gives access to the path without making a string. Not generic, because other modules would
    /// call it through tables of their result's type.
    package func withPath(_ body: (UnsafeRawBufferPointer) -> Void) {
        body(text(request.pathRange))
    }

    package var head: RequestHead {
        let fields = HeaderBlockReader(block.readable)
        return RequestHead(
            method: method, path: path,
            authority: fields.value(of: ":authority").map { String(decoding: $0, as: UTF8.self) },
            headers: HeaderFields(fields), version: version)
    }

    /// The request's fields without its pseudo-fields.
    package var headers: HeaderFields { HeaderFields(HeaderBlockReader(block.readable)) }

    /// Returns the first value of a name, whatever its case. No other string is made.
    package func header(_ name: String) -> String? {
        HeaderBlockReader(block.readable).value(of: name).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// Gives access to a value's bytes without making a string.
    package func withHeader<R>(_ name: StaticString, _ body: (UnsafeRawBufferPointer?) -> R) -> R {
        body(HeaderBlockReader(block.readable).value(of: name.bytes))
    }

    package func headerEquals(_ name: StaticString, _ value: StaticString) -> Bool {
        HeaderBlockReader(block.readable).value(of: name.bytes)?.equals(value) ?? false
    }

    package func headerEquals(_ name: StaticString, _ value: UnsafeRawBufferPointer) -> Bool {
        HeaderBlockReader(block.readable).value(of: name.bytes)?.equals(value) ?? false
    }

    // MARK: The response

    /// Gives the response's head, which goes out at the end of the loop's turn. A second call, or
    /// one after the stream has closed, does nothing.
    ///
    /// A status that is not final (below 200, or above 999) would leave the peer waiting, so it
    /// becomes 500.
    package func respond(status: Int, headers: HeaderFields = [:]) {
        loop.assertAccess()
        guard let carrier, exchange.lacksHead else { return }
        exchange.giveHead(status: (200...999).contains(status) ? UInt16(status) : 500)
        headers.storage.withUnsafeBytes { responseBlock.append($0) }
        carrier.use { $0.headReady(self) }
    }

    override func willFinish() {
        if exchange.lacksHead { respond(status: 200) }
        // Nothing is left to cancel. Releasing the task here makes its memory available to the next
        // request.
        task = nil
    }

    /// Whether a response has no body by the rules of HTTP, whatever is written.
    func hasNoBody(_ status: UInt16) -> Bool {
        status == 204 || status == 304 || isMethod("HEAD")
    }

    /// Runs `body` as this exchange's task, on its loop.
    package func start(_ body: @escaping @Sendable (RequestStream) async -> Void) {
        let confined = LoopBound(self, on: loop)
        task = Task(executorPreference: loop) { await body(confined.value) }
    }

    override func inviteBody() {
        exchange.wire.remove(.expectsContinue)
        if exchange.lacksHead { carrier?.use { $0.inviteBody() } }
    }

    override func willNotifyClosed() {
        // The task is cancelled if it may still be running; otherwise this only releases it.
        if exchange.isAbnormal { task?.cancel() }
        task = nil
    }

    // MARK: Filled in by the session

    /// Adds a field of the head.
    ///
    /// - Parameter name: in any case; HTTP/2 sends lower case only.
    func appendField(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, limit: Int) {
        request.blockCost += name.count + value.count + 32
        if request.blockCost > limit {
            request.isTooLarge = true
            return
        }
        let start = block.count + HeaderBlockReader.overhead + name.count
        block.appendField(name, value)
        guard let first = name.first else { return }
        if first != UInt8(ascii: ":") {
            if request.version == .http1_1 { block.lowercase(at: start - name.count, name.count) }
            return
        }
        let range = TextRange(offset: Int32(start), count: Int32(value.count))
        // Only `:path` has five characters, and `:method` is told from `:scheme` by its second one.
        if name.count == 5 { request.pathRange = range }
        if name.count == 7, name[1] == UInt8(ascii: "m") { request.methodRange = range }
    }

    private func text(_ range: TextRange) -> UnsafeRawBufferPointer {
        let start = Int(range.offset)
        return UnsafeRawBufferPointer(rebasing: block.readable[start..<start + Int(range.count)])
    }

    override func recycle() {
        super.recycle()
        task = nil
        request = Request()
        block.clear()
        responseBlock.clear()
    }
}

extension ByteBuffer {
    /// Appends a field in the form that `HeaderBlockReader` reads.
    mutating func appendField(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        let size = HeaderBlockReader.overhead + name.count + value.count
        let place = reserve(size)
        place.storeBytes(of: UInt32(name.count), as: UInt32.self)
        place.storeBytes(of: UInt32(value.count), toByteOffset: 4, as: UInt32.self)
        if let start = name.baseAddress {
            memcpy(place + HeaderBlockReader.overhead, start, name.count)
        }
        if let start = value.baseAddress {
            memcpy(place + HeaderBlockReader.overhead + name.count, start, value.count)
        }
        commit(size)
    }

    mutating func lowercase(at offset: Int, _ count: Int) {
        let bytes = readableMutable
        for index in offset..<offset + count { bytes[index] = Token.lowercased[Int(bytes[index])] }
    }
}
