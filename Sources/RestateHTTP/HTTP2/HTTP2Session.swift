internal import CNghttp2

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// An HTTP/2 session on either side of a connection. It owns an nghttp2 session and its streams.
class HTTP2Session: Session {
    final private(set) var handle: OpaquePointer?
    /// Streams whose head is to be submitted with the next flush.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    /// The streams whose head is submitted with the next flush.
    final var heads: [HTTPStream] = []
    final var rates = RateLimits()
    final let resetAge: UInt64
    /// The bytes of bodies that wait to be read, and the connection credit that is held back
    /// because of them.
    private final var waitingInput = 0
    private final var heldCredit = 0
    /// The stream whose head is being read; 0 for none.
    final var headID: Int32 = 0
    /// The stream that was looked up last. Consecutive callbacks are mostly about the same one.
    private final var recentID: Int32 = 0
    private final var recent: Borrowed<HTTPStream>?
    /// The buffer of the current call of `produce`.
    private final var out: UnsafeMutablePointer<ByteBuffer>?
    /// Whether a GOAWAY was sent or received, so that no new streams can begin.
    final var saidGoodbye = false
    /// Whether the peer exceeded a rate limit, so that the connection ends with ENHANCE_YOUR_CALM.
    final var tooMuch = false
    private final var hasComplained = false
    private final var isPinging = false

    /// - Parameter make: `nghttp2_session_server_new2` or its counterpart for clients.
    init(
        limits: HTTPLimits,
        make: (
            UnsafeMutablePointer<OpaquePointer?>, OpaquePointer?, UnsafeMutableRawPointer?,
            OpaquePointer?
        ) -> Int32
    ) {
        resetAge = limits.resetAge.nanoseconds
        super.init(limits: limits)
        var options: OpaquePointer?
        nghttp2_option_new(&options)
        // Credit is returned when bytes are read by the application, not when they arrive. This is
        // the back-pressure.
        nghttp2_option_set_no_auto_window_update(options, 1)
        // nghttp2 would keep closed streams for a priority scheme that is not used here.
        nghttp2_option_set_no_closed_streams(options, 1)
        nghttp2_option_set_max_outbound_ack(options, limits.unsentAcknowledgements)
        // nghttp2's own limit also counts resets of answered streams, which are not an attack.
        // `countReset` replaces it.
        shim_set_stream_reset_rate_limit(options, .max, .max)
        var made: OpaquePointer?
        let code = make(
            &made, sessionCallbacks, Borrowed(self).pointer, options)
        nghttp2_option_del(options)
        precondition(code == 0, "no memory for an HTTP/2 session")
        handle = made
        submitSettings()
    }

    deinit { nghttp2_session_del(handle) }

    private func submitSettings() {
        let window = UInt32(clamping: min(limits.inputWindow, Int(Int32.max)))
        var entries =
            [
                setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, window),
                setting(
                    NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, UInt32(clamping: limits.headerListBytes)),
                setting(NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1),
            ] + ownSettings()
        nghttp2_submit_settings(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), &entries, entries.count)
        nghttp2_session_set_local_window_size(
            handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, Int32(clamping: limits.connectionWindow))
    }

    func ownSettings() -> [nghttp2_settings_entry] { [] }

    final func setting(
        _ id: nghttp2_settings_id, _ value: UInt32
    ) -> nghttp2_settings_entry {
        nghttp2_settings_entry(settings_id: Int32(id.rawValue), value: value)
    }

    // MARK: For the connection

    final override func receive(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        rates.beginTurn(at: connection?.loop.now ?? 0)
        let code = nghttp2_session_mem_recv(
            handle, start.assumingMemoryBound(to: UInt8.self), bytes.count)
        if code == Int(NGHTTP2_ERR_FLOODED.rawValue) {
            tooMuch = true
        } else if code < 0 {
            // The bytes are not HTTP/2, or there is no memory: no answer is possible.
            connection?.close()
            return
        }
        // The peer sends requests without reading the responses.
        if nghttp2_session_get_outbound_queue_size(handle) > limits.queuedFrames {
            connection?.close()
            return
        }
        endIfTooMuch()
        deliver()
    }

    private func endIfTooMuch() {
        if !tooMuch || hasComplained { return }
        hasComplained = true
        nghttp2_session_terminate_session(handle, NGHTTP2_ENHANCE_YOUR_CALM.rawValue)
        touch()
    }

    final override func produce(into out: inout ByteBuffer) {
        if !heads.isEmpty { submitHeads() }
        let isSound = withUnsafeMutablePointer(to: &out) { out in
            self.out = out
            defer { self.out = nil }
            while out.pointee.count < 65_536 {
                var pointer: UnsafePointer<UInt8>?
                // nghttp2 returns 0 when nothing is left, and also when it sent only bodies, which
                // bypass it.
                let before = out.pointee.count
                let count = nghttp2_session_mem_send(handle, &pointer)
                if count < 0 { return false }
                if let pointer, count > 0 { out.pointee.append(pointer, count) }
                if out.pointee.count == before { return true }
            }
            return true
        }
        if !isSound { connection?.close() }
        // Streams that we reset are closed, and counted, during `mem_send`.
        endIfTooMuch()
    }

    final override var isDone: Bool {
        nghttp2_session_want_read(handle) == 0 && nghttp2_session_want_write(handle) == 0
    }

    /// Sends the final GOAWAY: streams that have begun are served, later ones are not.
    final override func expire() {
        saidGoodbye = true
        nghttp2_submit_goaway(
            handle, UInt8(NGHTTP2_FLAG_NONE.rawValue),
            nghttp2_session_get_last_proc_stream_id(handle), NGHTTP2_NO_ERROR.rawValue, nil, 0)
        touch()
    }

    final override func connectionLost() {
        heads.removeAll()
        super.connectionLost()
    }

    final override func ping() {
        isPinging = true
        nghttp2_submit_ping(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), nil)
        touch()
    }

    final override var awaitsPing: Bool { isPinging }

    final func pingAnswered() { isPinging = false }

    // MARK: For streams

    final override func headReady(_ stream: RequestStream) {
        heads.append(stream)
        touch()
    }

    final override func outputChanged(_ stream: HTTPStream) {
        if stream.exchange.wire.remove(.isDeferred) != nil, let id = stream.exchange.id {
            nghttp2_session_resume_data(handle, id)
        }
        touch()
    }

    final override func inputTaken(_ stream: HTTPStream, _ count: Int) {
        // A peer that has ended its side needs no more credit for the stream.
        if !stream.exchange.inputEnded, let id = stream.exchange.id {
            nghttp2_session_consume_stream(handle, id, count)
        }
        forgetInput(count)
        touch()
    }

    final override func reset(_ stream: HTTPStream, code: UInt32) {
        if let id = stream.exchange.id {
            nghttp2_submit_rst_stream(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, code)
        }
        touch()
    }

    override func willClose(_ stream: HTTPStream) {
        if let id = stream.exchange.id {
            nghttp2_session_set_stream_user_data(handle, id, nil)
            recentID = 0
        }
        forgetInput(stream.input.count)
    }

    func submitHeads() {}

    /// Called on a server when the peer begins a request.
    func requestBegan(_ id: Int32) {}
    func field(
        _ stream: HTTPStream, _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) {}
    func headEnded(_ stream: HTTPStream) {}

    /// Returns the open stream with an identifier.
    @inline(__always)
    final func find(_ id: Int32) -> Borrowed<HTTPStream>? {
        if id != recentID { remember(id, nghttp2_session_get_stream_user_data(handle, id)) }
        assert(recent?.use(isOpen) != false, "nghttp2 knows a stream that is closed")
        return recent
    }

    final func remember(_ id: Int32, _ pointer: UnsafeMutableRawPointer?) {
        // A stream that does not exist yet is not remembered, because it may exist at the next
        // look-up.
        recentID = pointer == nil ? 0 : id
        recent = pointer.map { Borrowed($0) }
    }

    // MARK: From nghttp2, see HTTP2Callbacks.swift

    final func dataArrived(_ stream: HTTPStream, _ bytes: UnsafeRawBufferPointer) {
        stream.input.append(bytes)
        stream.exchange.received &+= bytes.count
        waitingInput += bytes.count
        // The connection's window is shared by all streams. A stream that nobody reads must not
        // exhaust it, as long as the sum of all unread bytes is within its limit.
        heldCredit += bytes.count
        // nghttp2 sends an update only for half a window, so returning credit in eighths costs no
        // frames.
        if heldCredit > limits.connectionWindow / 8 { returnCreditIfBounded() }
        noteChange(stream)
    }

    private func forgetInput(_ count: Int) {
        waitingInput -= count
        if heldCredit > limits.connectionWindow / 8 { returnCreditIfBounded() }
    }

    private func returnCreditIfBounded() {
        if waitingInput > limits.connectionInput { return }
        nghttp2_session_consume_connection(handle, heldCredit)
        heldCredit = 0
    }

    final func inputEnded(_ stream: HTTPStream) {
        stream.exchange.endInput()
        noteChange(stream)
    }

    final func closed(_ stream: HTTPStream, code: UInt32) {
        if headID != 0, headID == stream.exchange.id {
            headID = 0
            headBegan = nil
        }
        if code != 0, stream.exchange.resetCode == nil {
            // A stream that nghttp2 resets because of the peer's invalid frames counts like the
            // peer's own RST_STREAM: both are cheap ways to make us work (CVE-2023-44487).
            if !stream.exchange.outputEnded { countReset(of: stream) }
            if !stream.exchange.outputEnded || stream.exchange.endSent {
                stream.exchange.noteReset(code: code)
            }
        }
        // nghttp2 forgets the stream by itself.
        recentID = 0
        stream.exchange.id = nil
        close(stream, abnormal: !stream.exchange.isOver)
    }

    final func produce(
        _ stream: HTTPStream, _ room: Int, _ flags: UnsafeMutablePointer<UInt32>
    ) -> Int {
        let count = min(room, stream.output.count)
        if count == 0 && !stream.exchange.outputEnded {
            stream.exchange.wire.insert(.isDeferred)
            return Int(NGHTTP2_ERR_DEFERRED.rawValue)
        }
        if count > 0 { flags.pointee |= NGHTTP2_DATA_FLAG_NO_COPY.rawValue }
        if stream.exchange.outputEnded && stream.output.count == count {
            flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
            endSubmitted(stream)
        }
        return count
    }

    /// Writes a frame that `produce` announced. The body's bytes are copied once, from the stream
    /// to the output, and not through nghttp2.
    final func send(
        _ stream: HTTPStream, frameHead: UnsafePointer<UInt8>, _ count: Int
    ) {
        guard let out else { return }
        out.pointee.append(frameHead, 9)
        stream.output.move(min(count, stream.output.count), to: &out.pointee)
        stream.exchange.wire.insert(.hasMoved)
        noteOutputTaken(stream)
    }

    /// Notes that our end is on the wire. If the request has not ended, its stream is reset without
    /// an error, because the rest is not wanted.
    final func endSubmitted(_ stream: HTTPStream) {
        let isEarly = endsExchange && !stream.exchange.inputEnded
        stream.exchange.writeEnd(isEarly: isEarly)
        guard isEarly, let id = stream.exchange.id else { return }
        nghttp2_submit_rst_stream(
            handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, NGHTTP2_NO_ERROR.rawValue)
    }

    /// Whether the exchange is over when our side has ended. This holds for a server, and not for a
    /// client.
    var endsExchange: Bool { false }

    final func dataProvider() -> nghttp2_data_provider {
        nghttp2_data_provider(source: nghttp2_data_source(), read_callback: readOutput)
    }
}

/// Counts what a peer did in the current second.
struct RateLimits {
    var resets = 0
    var controlFrames = 0
    private(set) var now: UInt64 = 0
    private var began: UInt64 = 0

    mutating func beginTurn(at now: UInt64) {
        self.now = now
        if now &- began < 1_000_000_000 { return }
        began = now
        resets = 0
        controlFrames = 0
    }
}
