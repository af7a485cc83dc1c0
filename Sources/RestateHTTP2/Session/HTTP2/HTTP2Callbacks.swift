internal import CNghttp2

// The user data of a session is this object, that of a stream its `HTTPStream`: no table is searched
// for a frame. Both outlive every call: the connection owns one, the session's list the other.

@inline(__always)
private func withSession(
    _ pointer: UnsafeMutableRawPointer?, _ body: (HTTP2Session) -> Void
) {
    guard let pointer else { return }
    Unmanaged<HTTP2Session>.fromOpaque(pointer)._withUnsafeGuaranteedRef(body)
}

@inline(__always)
private func withStream(
    _ session: OpaquePointer?, _ id: Int32, _ body: (HTTPStream) -> Void
) {
    guard let pointer = nghttp2_session_get_stream_user_data(session, id) else { return }
    Unmanaged<HTTPStream>.fromOpaque(pointer)._withUnsafeGuaranteedRef(body)
}

/// What nghttp2 asks when it could send a body.
let readOutput: nghttp2_data_source_read_callback = {
    session, id, _, room, flags, _, user in
    var count = Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
    guard let flags else { return count }
    withStream(session, id) { stream in
        withSession(user) { count = $0.produce(stream, room, flags) }
    }
    return count
}

/// Immutable once filled in, so all sessions of all loops share it.
nonisolated(unsafe) let sessionCallbacks: OpaquePointer? = {
    var made: OpaquePointer?
    nghttp2_session_callbacks_new(&made)
    nghttp2_session_callbacks_set_on_begin_headers_callback(made) { _, frame, user in
        guard let id = frame?.pointee.hd.stream_id else { return 0 }
        withSession(user) { session in
            session.headBegan = session.rates.now
            session.headerBegan(id)
            // Found once for all the fields.
            session.openHead = nghttp2_session_get_stream_user_data(session.handle, id)
        }
        return 0
    }
    nghttp2_session_callbacks_set_on_header_callback(made) {
        _, _, name, nameCount, value, valueCount, _, user in
        withSession(user) { session in
            guard let head = session.openHead else { return }
            Unmanaged<HTTPStream>.fromOpaque(head)._withUnsafeGuaranteedRef { stream in
                session.field(
                    stream, UnsafeRawBufferPointer(start: name, count: nameCount),
                    UnsafeRawBufferPointer(start: value, count: valueCount))
            }
        }
        return 0
    }
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made) {
        handle, _, id, bytes, count, user in
        withStream(handle, id) { stream in
            withSession(user) {
                $0.dataArrived(stream, UnsafeRawBufferPointer(start: bytes, count: count))
            }
        }
        return 0
    }
    nghttp2_session_callbacks_set_send_data_callback(made) {
        handle, frame, head, count, _, user in
        guard let frame, let head else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
        withStream(handle, frame.pointee.hd.stream_id) { stream in
            withSession(user) { $0.send(stream, frameHead: head, count) }
        }
        return 0
    }
    nghttp2_session_callbacks_set_on_frame_recv_callback(made) { handle, frame, user in
        guard let frame else { return 0 }
        withSession(user) { $0.frameArrived(frame) }
        return 0
    }
    nghttp2_session_callbacks_set_on_stream_close_callback(made) { handle, id, code, user in
        withStream(handle, id) { stream in
            withSession(user) { $0.closed(stream, code: code) }
        }
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
            openHead = nil
            withStream(handle, header.stream_id) { stream in
                headEnded(stream)
                if ends { inputEnded(stream) }
            }
        case NGHTTP2_DATA.rawValue:
            if ends {
                withStream(handle, header.stream_id) { inputEnded($0) }
            } else if header.length == 0 {
                countControlFrame()
            }
        case NGHTTP2_RST_STREAM.rawValue:
            let code = frame.pointee.rst_stream.error_code
            withStream(handle, header.stream_id) { $0.resetCode = code }
            countReset()
        case NGHTTP2_GOAWAY.rawValue:
            isDraining = true
        case NGHTTP2_SETTINGS.rawValue:
            // The first one completes the peer's greeting.
            headBegan = nil
            countControlFrame()
        case NGHTTP2_PING.rawValue:
            countControlFrame()
        default:
            break  // WINDOW_UPDATE comes in numbers with every large body.
        }
    }

    final func countReset() {
        rates.resets += 1
        if rates.resets > limits.resetsPerSecond { tooMuch = true }
    }

    private func countControlFrame() {
        rates.controlFrames += 1
        if rates.controlFrames > limits.controlFramesPerSecond { tooMuch = true }
    }
}
