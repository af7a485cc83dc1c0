/// A session without a socket, for fuzzers, which feed it bytes and take its output directly.
///
/// Everything happens on the caller's thread, and the loop needs none.
package final class LoneSession {
    private let session: Session
    private let loop: EventLoop
    private var out = ByteBuffer()

    /// Makes a server's session, whose requests go to `receiver`.
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

    /// Makes a client's session.
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

    /// Begins an exchange on a client's session. Returns nil if none can begin.
    package func open(_ head: RequestHead, endStream: Bool) -> ClientStream? {
        guard let client = session as? any ClientSession, client.isUsable else { return nil }
        let stream = ClientStream(loop: loop)
        client.begin(stream, head, endStream: endStream)
        return stream
    }

    package func receive(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBytes { session.receive($0) }
    }

    /// Returns the output that would be sent now.
    package func produce() -> [UInt8] {
        session.produce(into: &out)
        session.deliver()
        defer { out.clear() }
        return Array(out.readable)
    }

    package var openStreams: Int { session.streams.count }

    /// Ends the session as if the peer had closed the connection.
    package func end() {
        _ = session.inputClosed()
        session.deliver()
        session.connectionLost()
    }
}
