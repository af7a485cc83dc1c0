/// A session without a socket: its bytes go in and come out by hand, as fuzzers want them.
///
/// Everything happens on the caller's thread, and the loop needs none.
package final class LoneSession {
    private let session: Session
    private let loop: EventLoop
    private var out = ByteBuffer()

    /// The server's side, whose requests go to `receiver`.
    package init(
        server version: HTTPVersion, _ receiver: any RequestReceiver, on loop: EventLoop,
        limits: HTTPLimits = HTTPLimits()
    ) {
        let server = ServerLoop(loop: loop, limits: limits)
        server.begin(receiver)
        self.loop = loop
        session =
            switch version {
            case .http2: HTTP2ServerSession(server: server)
            case .http1_1: HTTP1ServerSession(server: server)
            }
    }

    /// The client's side.
    package init(
        client version: HTTPVersion, on loop: EventLoop, limits: HTTPLimits = HTTPLimits()
    ) {
        self.loop = loop
        session =
            switch version {
            case .http2: HTTP2ClientSession(limits: limits)
            case .http1_1: HTTP1ClientSession(limits: limits)
            }
    }

    /// The client's side only: begins an exchange; nil if none may begin.
    package func open(_ head: RequestHead, endStream: Bool) -> ClientStream? {
        guard let client = session as? any ClientSession, client.isUsable else { return nil }
        let stream = ClientStream(loop: loop)
        client.begin(stream, head, endStream: endStream)
        return stream
    }

    package func receive(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBytes { session.receive($0) }
    }

    /// What would be sent now.
    package func produce() -> [UInt8] {
        session.produce(into: &out)
        session.deliver()
        defer { out.clear() }
        return Array(out.readable)
    }

    package var openStreams: Int { session.streams.count }

    /// The peer has closed, and so the connection is gone.
    package func end() {
        _ = session.inputClosed()
        session.deliver()
        session.connectionLost()
    }
}
