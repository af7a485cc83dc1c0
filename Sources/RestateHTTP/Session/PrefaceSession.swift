/// The first bytes of a connection: do they begin HTTP/2, or a request of HTTP/1.1?
final class PrefaceSession: Session {
    private let server: ServerLoop
    private var seen = ByteBuffer()
    private var hasExpired = false
    /// No method of HTTP/1.1 begins so.
    private static let magic: StaticString = "PRI "

    init(server: ServerLoop, now: UInt64) {
        self.server = server
        super.init(limits: server.limits)
        headBegan = now
    }

    override func receive(_ bytes: UnsafeRawBufferPointer) {
        seen.append(bytes)
        let magic = Self.magic.bytes
        let count = min(seen.count, magic.count)
        let isSame = seen.readable[..<count].elementsEqual(magic[..<count])
        if isSame, count < magic.count { return }
        guard let connection else { return }
        // `replaceSession` releases this object.
        withExtendedLifetime(self) {
            let session: Session =
                isSame ? HTTP2ServerSession(server: server) : HTTP1ServerSession(server: server)
            connection.replaceSession(by: session, with: seen.readable)
            if server.isDraining { session.drain() }
        }
    }

    /// The first request may be on its way.
    override func drain() { expireAfterRoundTrip() }

    override func expire() {
        hasExpired = true
        touch()
    }

    override var isDone: Bool { hasExpired }
}
