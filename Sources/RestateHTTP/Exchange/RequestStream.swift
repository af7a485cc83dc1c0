internal import Glibc

/// What a server does with its requests. Called on the loop, once a request's head is there.
package protocol RequestReceiver: AnyObject {
    func received(_ stream: RequestStream)
    /// The server begins to end (`HTTPServer.drain`). Told once, before any request that comes then.
    func draining()
    /// A request that comes while the server drains.
    func receivedWhileDraining(_ stream: RequestStream)
}

extension RequestReceiver {
    package func draining() {}

    /// Sends the peer elsewhere, or here again a moment later.
    package func receivedWhileDraining(_ stream: RequestStream) {
        stream.respond(status: 503, headers: ["retry-after": "1"])
        stream.finish()
    }
}

/// One exchange seen from the server: the request's head and body come in, ours go out.
package final class RequestStream: HTTPStream {
    /// Cancelled when the stream is reset or its connection is lost, not when it ends as it should.
    package var task: Task<Void, Never>? {
        get { currentTask }
        set { currentTask = newValue }
    }
    // Other modules would check their accesses to a stored property all the same.
    private var currentTask: Task<Void, Never>?

    /// The request's fields as they came, pseudo-fields first. Strings are made on demand only.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var block = ByteBuffer()
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var responseBlock = ByteBuffer()
    /// What belongs to this request and not to the next one, but for the buffers.
    var request = Request()

    struct Request {
        var version = HTTPVersion.http2
        /// The size of the fields, as HTTP/2 counts it.
        var blockCost = 0
        var isTooLarge = false
        /// The receiver has not seen the request yet.
        var isNew = true
        var awaitsBody = false
        var answersBrokenBody = false
        var progress = Progress()
        fileprivate var methodRange = TextRange()
        fileprivate var pathRange = TextRange()
    }

    /// What the last look at this stream saw, to tell slow peers from those that stand still.
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

    /// The application cannot go on without the rest of the body: it is to come now, in time.
    ///
    /// Not so from the start, because a body may also be a conversation that is silent for hours.
    package var awaitsBody: Bool {
        get { request.awaitsBody }
        set { request.awaitsBody = newValue }
    }

    /// The application has an answer to a body that breaks off; see `inputFailure`.
    package var answersBrokenBody: Bool {
        get { request.answersBrokenBody }
        set { request.answersBrokenBody = newValue }
    }

    /// Why the body ends in the middle. Observers are called for it; `inputEnded` stays false.
    package var inputFailure: InputFailure? { exchange.inputFailure }

    // MARK: The request's head

    package var method: String { withMethod { String(decoding: $0, as: UTF8.self) } }

    /// With the query, as it stands in the request.
    package var path: String { withPath { String(decoding: $0, as: UTF8.self) } }

    package func withMethod<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        body(text(request.methodRange))
    }

    package func withPath<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        body(text(request.pathRange))
    }

    package var head: RequestHead {
        let fields = HeaderBlockReader(block.readable)
        return RequestHead(
            method: method, path: path,
            authority: fields.value(of: ":authority").map { String(decoding: $0, as: UTF8.self) },
            headers: HeaderFields(fields), version: version)
    }

    /// The first value of that name, whatever the case, without making the other strings.
    package func header(_ name: String) -> String? {
        HeaderBlockReader(block.readable).value(of: name).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// The value's bytes, without making any string.
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

    /// The head goes out at the end of the loop's turn, before any body. The second call and any
    /// after the close do nothing.
    ///
    /// What is no final status (below 200, above 999) would leave the peer waiting: it becomes 500.
    package func respond(status: Int, headers: HeaderFields = [:]) {
        loop.assertAccess()
        guard let carrier, exchange.lacksHead else { return }
        exchange.giveHead(status: (200...999).contains(status) ? UInt16(status) : 500)
        headers.storage.withUnsafeBytes { responseBlock.append($0) }
        carrier._withUnsafeGuaranteedRef { $0.headReady(self) }
    }

    override func willFinish() {
        if exchange.lacksHead { respond(status: 200) }
        // Nothing is left to cancel: the task's memory is for the next one, before this end is sent.
        task = nil
    }

    /// Answers with such a status have no body, whatever is written.
    func hasNoBody(_ status: UInt16) -> Bool {
        status == 204 || status == 304 || withMethod { $0.equals("HEAD") }
    }

    /// Runs `body` as this exchange's task, on its loop.
    package func start(_ body: @escaping @Sendable (RequestStream) async -> Void) {
        let confined = LoopBound(self, on: loop)
        task = Task(executorPreference: loop) { await body(confined.value) }
    }

    override func inviteBody() {
        exchange.wire.remove(.expectsContinue)
        if exchange.lacksHead { carrier?._withUnsafeGuaranteedRef { $0.inviteBody() } }
    }

    override func willNotifyClosed() {
        // The last reference to a task that has ended, or the news for one that has not.
        if exchange.isAbnormal { task?.cancel() }
        task = nil
    }

    // MARK: Filled in by the session

    /// - Parameter name: in any case; HTTP/2 has them in lower case already.
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
        // `:path` and `:method`, told apart by as little as the known pseudo-fields need.
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
    /// The form that `HeaderBlockReader` reads.
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
