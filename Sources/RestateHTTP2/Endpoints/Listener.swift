internal import CLinux
internal import Glibc
internal import Synchronization

/// The socket that accepts connections and hands each to the loop that has the fewest.
final class Listener: EventSource {
    private let loop: EventLoop
    private let servers: [ServerLoop]
    private let limits: HTTPLimits
    private var isOpen = true
    private var next = 0
    /// Given up for a moment when descriptors run out, so that the peer can be told by a close
    /// instead of waiting in the queue, where it would wake us for ever.
    private var reserve: Int32

    init(descriptor: Int32, loop: EventLoop, servers: [ServerLoop], limits: HTTPLimits) {
        self.loop = loop
        self.servers = servers
        self.limits = limits
        reserve = Self.openReserve()
        super.init(descriptor: descriptor)
        loop.add(self)
    }

    deinit { if reserve >= 0 { Glibc.close(reserve) } }

    override func readable(failed: Bool) {
        // Bounded, as one turn should be.
        for _ in 0..<64 {
            let accepted = accept()
            if accepted >= 0 {
                hand(accepted)
                continue
            }
            switch errno {
            case EINTR, ECONNABORTED: continue
            case EMFILE, ENFILE: refuseOne()
            case ENOBUFS, ENOMEM: return pause()
            default: return
            }
        }
    }

    private func accept() -> Int32 {
        accept4(
            descriptor, nil, nil,
            Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue))
    }

    private func hand(_ accepted: Int32) {
        let counts = servers.map { $0.connectionCount.load(ordering: .relaxed) }
        if counts.reduce(0, +) >= limits.connections {
            Glibc.close(accepted)
            return
        }
        Socket.tune(accepted)
        // In turn among those with the fewest.
        var chosen = next % servers.count
        for offset in 0..<servers.count {
            let index = (next + offset) % servers.count
            if counts[index] < counts[chosen] { chosen = index }
        }
        next = chosen + 1
        let server = servers[chosen]
        server.connectionCount.add(1, ordering: .relaxed)
        if server.loop === loop {
            server.adopt(accepted)
        } else {
            server.loop.execute { server.adopt(accepted) }
        }
    }

    private func refuseOne() {
        if reserve < 0 { return pause() }
        Glibc.close(reserve)
        let accepted = accept()
        if accepted >= 0 { Glibc.close(accepted) }
        reserve = Self.openReserve()
    }

    private func pause() {
        loop.watch(self, reading: false, writing: false)
        _ = loop.schedule(after: .milliseconds(100)) { [self] in
            if !isOpen { return }
            if reserve < 0 { reserve = Self.openReserve() }
            loop.watch(self, reading: true, writing: false)
        }
    }

    private static func openReserve() -> Int32 { open("/dev/null", O_RDONLY | O_CLOEXEC) }

    /// Who has connected already is let in: the end of the port would cut them off.
    func close() {
        if !isOpen { return }
        isOpen = false
        while true {
            let accepted = accept()
            if accepted < 0, errno != EINTR, errno != ECONNABORTED { break }
            if accepted >= 0 { hand(accepted) }
        }
        loop.remove(self)
    }

    override func loopStopped() { loop.remove(self) }
}
