/// Reads the first bytes of a connection, which decide between HTTP/2 and HTTP/1.1, and then
/// replaces itself with a session for that version.
final class PrefaceSession: Session {
    private let server: ServerLoop
    private var seen = ByteBuffer()
    private var hasExpired = false
    /// The beginning of HTTP/2's connection preface. No HTTP/1.1 method begins like this.
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
        // `replaceSession` releases the last reference to this object.
        withExtendedLifetime(self) {
            let session: Session =
                isSame ? HTTP2ServerSession(server: server) : HTTP1ServerSession(server: server)
            connection.replaceSession(by: session, with: seen.readable)
            if server.isDraining { session.drain() }
        }
    }

    /// The first request may already be on its way.
    override func drain() { expireAfterRoundTrip() }

    override func expire() {
        hasExpired = true
        touch()
    }

    override var isDone: Bool { hasExpired }
}
