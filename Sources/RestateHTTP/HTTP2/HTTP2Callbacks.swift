internal import CNghttp2

// The user data of a session is this object, that of a stream its `HTTPStream`. Both outlive every
// call: the connection owns one, the session's list the other.

// The user data of an nghttp2 session is its `HTTP2Session`, and that of a stream its `HTTPStream`,
// both unretained. Both outlive every callback: the connection owns the session, and the session's
// list owns the stream.
@inline(__always)
private func withSession(
    _ pointer: UnsafeMutableRawPointer?, _ body: (HTTP2Session) -> Void
) {
    guard let pointer else { return }
    Borrowed<HTTP2Session>(pointer).use(body)
}

@inline(__always)
private func withStream(
    _ pointer: UnsafeMutableRawPointer?, _ id: Int32, _ body: (HTTP2Session, HTTPStream) -> Void
) {
    withSession(pointer) { session in
        session.find(id)?.use { body(session, $0) }
    }
}

/// Called by nghttp2 when it can send a part of a body.
let readOutput: nghttp2_data_source_read_callback = {
    _, id, _, room, flags, _, user in
    var count = Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
    guard let flags else { return count }
    withStream(user, id) { session, stream in count = session.produce(stream, room, flags) }
    return count
}

/// The table of callbacks, which all sessions share.
///
/// `nonisolated(unsafe)`: the pointer is no `Sendable` type, and what it points to is filled here, before anybody can
/// have it, and only read by nghttp2 afterwards.
nonisolated(unsafe) let sessionCallbacks: OpaquePointer? = {
    var made: OpaquePointer?
    nghttp2_session_callbacks_new(&made)
    nghttp2_session_callbacks_set_on_begin_headers_callback(made) { _, frame, user in
        guard let frame else { return 0 }
        withSession(user) { session in
            session.headBegan = session.rates.now
            session.headID = frame.pointee.hd.stream_id
            // Trailers cause this callback, too.
            if frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST {
                session.requestBegan(session.headID)
            }
        }
        return 0
    }
    nghttp2_session_callbacks_set_on_header_callback(made) {
        _, frame, name, nameCount, value, valueCount, _, user in
        guard let frame else { return 0 }
        withStream(user, frame.pointee.hd.stream_id) { session, stream in
            session.field(
                stream, UnsafeRawBufferPointer(start: name, count: nameCount),
                UnsafeRawBufferPointer(start: value, count: valueCount))
        }
        return 0
    }
    // By default nghttp2 leaves an invalid field out, and a request with, say, a malformed
    // idempotency key would be executed without one. So the stream is reset.
    nghttp2_session_callbacks_set_on_invalid_header_callback(made) { _, _, _, _, _, _, _, _ in
        NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
    }
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made) {
        _, _, id, bytes, count, user in
        withStream(user, id) { session, stream in
            session.dataArrived(stream, UnsafeRawBufferPointer(start: bytes, count: count))
        }
        return 0
    }
    nghttp2_session_callbacks_set_send_data_callback(made) {
        _, frame, head, count, _, user in
        guard let frame, let head else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
        withStream(user, frame.pointee.hd.stream_id) { session, stream in
            session.send(stream, frameHead: head, count)
        }
        return 0
    }
    nghttp2_session_callbacks_set_on_frame_recv_callback(made) { _, frame, user in
        guard let frame else { return 0 }
        withSession(user) { $0.frameArrived(frame) }
        return 0
    }
    nghttp2_session_callbacks_set_on_stream_close_callback(made) { _, id, code, user in
        withStream(user, id) { session, stream in session.closed(stream, code: code) }
        return 0
    }
    return made
}()

extension HTTP2Session {
    final func frameArrived(_ frame: UnsafePointer<nghttp2_frame>) {
        let header = frame.pointee.hd
        let ends = header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
        switch UInt32(header.type) {
        case NGHTTP2_HEADERS.rawValue:
            headBegan = nil
            headID = 0
            find(header.stream_id)?.use { stream in
                headEnded(stream)
                if ends { inputEnded(stream) }
            }
        case NGHTTP2_DATA.rawValue:
            if ends {
                find(header.stream_id)?.use { inputEnded($0) }
            } else if header.length == 0 {
                countControlFrame()
            }
        case NGHTTP2_RST_STREAM.rawValue:
            let code = frame.pointee.rst_stream.error_code
            find(header.stream_id)?.use { stream in
                stream.exchange.noteReset(code: code)
                countReset(of: stream)
            }
        case NGHTTP2_GOAWAY.rawValue:
            saidGoodbye = true
        case NGHTTP2_SETTINGS.rawValue:
            // The first SETTINGS frame completes the connection preface.
            headBegan = nil
            countControlFrame()
        case NGHTTP2_PING.rawValue:
            if header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0 { pingAnswered() }
            countControlFrame()
        default:
            break  // WINDOW_UPDATE is not counted: large bodies cause many.
        }
    }

    /// Counts a reset of a stream that is young and not answered, which is how a rapid-reset attack
    /// makes us work without using up streams. Ordinary servers reset many streams, but old or
    /// answered ones.
    final func countReset(of stream: HTTPStream) {
        if stream.exchange.endSent || rates.now &- stream.exchange.began > resetAge { return }
        rates.resets += 1
        if rates.resets > limits.resetsPerSecond { tooMuch = true }
    }

    private func countControlFrame() {
        rates.controlFrames += 1
        if rates.controlFrames > limits.controlFramesPerSecond { tooMuch = true }
    }
}
