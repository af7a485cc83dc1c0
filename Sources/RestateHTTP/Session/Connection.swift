import Primitives

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Is called when a connection is gone.
protocol ConnectionOwner: AnyObject {
    func closed(_ connection: Connection)
}

/// A connection owns one socket. It reads into the loop's buffer, sends the output of its session
/// once in each turn, and keeps only the bytes that the kernel did not take.
final class Connection: EventSource {
    let loop: EventLoop
    private(set) var session: Session
    /// The owner, until the connection closes.
    var owner: (any ConnectionOwner)?
    var slot = 0
    /// When the connection last read or sent something.
    private(set) var lastActivity: UInt64
    private(set) var lastReceived: UInt64
    /// Since when the peer has read nothing of the output that waits; 0 if none waits.
    private(set) var blockedSince: UInt64 = 0
    var pinged: UInt64 = 0
    private(set) var lingerBegan: UInt64?

    private(set) var isClosed = false
    /// Bytes that `send` did not take.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    /// The bytes that `send` did not take.
    private var unsent = ByteBuffer()
    private var isReading = true
    private var waitsToWrite = false
    private var peerHasEnded = false

    private static let turnBytes = 65_536

    init(descriptor: Int32, loop: EventLoop, session: Session) {
        self.loop = loop
        self.session = session
        lastActivity = loop.now
        lastReceived = loop.now
        super.init(descriptor: descriptor)
        session.connection = self
        loop.add(self)
        markDirty()
    }

    /// Sends the session's output at the end of this turn.
    func markDirty() { if !isDirty { loop.markDirty(self) } }

    /// Continues with another session, when the first bytes have shown which version of HTTP the
    /// peer speaks.
    func replaceSession(by session: Session, with bytes: UnsafeRawBufferPointer) {
        self.session.connection = nil
        self.session = session
        session.connection = self
        session.receive(bytes)
        markDirty()
    }

    // MARK: Reading

    override func readable(failed: Bool) {
        loop.assertAccess()
        if !isReading {
            // epoll is level-triggered and would report the failure again and again.
            if failed { close() }
            return
        }
        // The number of reads is bounded, because other connections wait for theirs.
        for _ in 0..<4 {
            if isClosed || !isReading { return }
            let buffer = loop.readBuffer
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count < 0 {
                if errno == EAGAIN { return }
                if errno == EINTR { continue }
                return close()
            }
            if count == 0 { return ended() }
            lastActivity = loop.now
            lastReceived = loop.now
            loop.traffic.receive(count)
            if lingerBegan != nil { continue }
            session.receive(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            markDirty()
            if count < buffer.count { return }
        }
    }

    private func ended() {
        // A half-closed connection looks like a lost one from here, and is not served. Only a peer
        // that ended in the middle of a request gets an answer.
        if lingerBegan == nil, session.inputClosed() {
            peerHasEnded = true
            pauseReading()
            return markDirty()
        }
        close()
    }

    func pauseReading() {
        if !isReading { return }
        isReading = false
        watch()
    }

    func resumeReading() {
        // After the peer's end, reading again would only report that end while its answer is
        // awaited.
        if isReading || peerHasEnded && lingerBegan == nil { return }
        isReading = true
        watch()
    }

    // MARK: Writing

    override func writable() {
        markDirty()
    }

    override func flush() {
        loop.assertAccess()
        if isClosed { return }
        let isBlocked = !sendAll()
        session.deliver()
        if isClosed { return }
        if isBlocked != waitsToWrite {
            waitsToWrite = isBlocked
            blockedSince = isBlocked ? loop.now : 0
            watch()
        }
        if !isBlocked, session.isDone { linger() }
    }

    /// Sends all output. Returns false if the kernel takes no more until the peer has read.
    private func sendAll() -> Bool {
        if lingerBegan != nil { return true }
        while !isClosed {
            if !unsent.isEmpty {
                // A peer that does not read would put off the end for as long as it likes.
                if session.isAborted {
                    abort()
                    return true
                }
                let count = transmit(unsent.readable)
                unsent.consume(count, keeping: 0)
                if count > 0 {
                    lastActivity = loop.now
                    blockedSince = loop.now
                }
                if !unsent.isEmpty { return isClosed }
            }
            session.produce(into: &loop.sendBuffer)
            defer { loop.sendBuffer.clear(keeping: .max) }
            if isClosed || loop.sendBuffer.isEmpty { return true }
            let bytes = loop.sendBuffer.readable
            let count = transmit(bytes)
            lastActivity = loop.now
            if count < bytes.count, !isClosed {
                unsent.append(UnsafeRawBufferPointer(rebasing: bytes[count...]))
                return false
            }
        }
        return true
    }

    private func transmit(_ bytes: UnsafeRawBufferPointer) -> Int {
        while true {
            let count = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count >= 0 {
                loop.traffic.send(count)
                return count
            }
            if errno == EINTR { continue }
            if errno != EAGAIN { close() }
            return 0
        }
    }

    private func watch() {
        if !isClosed { loop.watch(self, reading: isReading, writing: waitsToWrite) }
    }

    // MARK: The end

    /// Closes our side, and reads until the peer closes its side. Closing at once with unread input
    /// would send a reset, which can destroy the response on its way.
    private func linger() {
        if lingerBegan != nil { return }
        if !session.lingers { return close() }
        lingerBegan = loop.now
        // After a connection error streams may still be open; close them before lingering.
        session.connectionLost()
        shutdown(descriptor, Int32(SHUT_WR))
        resumeReading()
    }

    func close() {
        loop.assertAccess()
        if isClosed { return }
        isClosed = true
        loop.remove(self)
        session.connectionLost()
        // The session may outlive the connection, and must not reach it.
        session.connection = nil
        unsent.clear(keeping: 0)
        let owner = owner
        self.owner = nil
        owner?.closed(self)
    }

    /// Closes with a reset, so that the peer does not take a partial response for a complete one.
    func abort() {
        if !isClosed { Socket.abortOnClose(descriptor) }
        close()
    }

    override func loopStopped() { close() }
}
