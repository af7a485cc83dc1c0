internal import CLinux
internal import Glibc
internal import Synchronization

/// The socket that accepts connections and hands each to the loop that has the fewest.
final class Listener: EventSource {
    private let loop: EventLoop
    private let servers: [ServerLoop]
    private let capacity: Int
    private var isOpen = true
    private var next = 0
    /// Given up for a moment when descriptors run out, so that the peer sees a close
    /// instead of waiting in the queue, where it would wake us for ever.
    private var reserve: Int32

    init(descriptor: Int32, loop: EventLoop, servers: [ServerLoop], limits: HTTPLimits) {
        self.loop = loop
        self.servers = servers
        capacity = min(limits.connections, Self.descriptorsForConnections())
        reserve = Self.openReserve()
        super.init(descriptor: descriptor)
        loop.add(self)
    }

    deinit { if reserve >= 0 { Glibc.close(reserve) } }

    override func readable(failed: Bool) {
        // Bounded, as one turn should be.
        for number in 0..<64 {
            if isFull {
                // Only for the first one it is known that a peer waits.
                if number == 0 { makeRoom() }
                return
            }
            let accepted = accept()
            if accepted >= 0 {
                hand(accepted)
                continue
            }
            switch errno {
            case EINTR, ECONNABORTED: continue
            case EMFILE, ENFILE: return makeRoom()
            case ENOBUFS, ENOMEM: return pause()
            default: return
            }
        }
    }

    private var isFull: Bool {
        servers.reduce(0) { $0 + $1.connectionCount.load(ordering: .relaxed) } >= capacity
    }

    /// Has a connection closed; until then peers wait in the kernel.
    private func makeRoom() {
        loop.watch(self, reading: false, writing: false)
        let (loop, this) = (loop, LoopBound(self, on: loop))
        Shedding.closeOne(of: servers) { hasRoom in
            loop.execute {
                if !this.value.isOpen { return }
                if !hasRoom, !this.value.refuseOne() { return this.value.pause() }
                loop.watch(this.value, reading: true, writing: false)
            }
        }
    }

    private func accept() -> Int32 {
        accept4(
            descriptor, nil, nil,
            Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue))
    }

    private func hand(_ accepted: Int32) {
        Socket.tune(accepted)
        let counts = servers.map { $0.connectionCount.load(ordering: .relaxed) }
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

    /// False if even that is not possible.
    private func refuseOne() -> Bool {
        if reserve < 0 { return false }
        Glibc.close(reserve)
        let accepted = accept()
        if accepted >= 0 { Glibc.close(accepted) }
        reserve = Self.openReserve()
        return true
    }

    private func pause() {
        loop.watch(self, reading: false, writing: false)
        _ = loop.schedule(after: .milliseconds(100)) { [self] in
            if !isOpen { return }
            if reserve < 0 { reserve = Self.openReserve() }
            loop.watch(self, reading: true, writing: false)
        }
    }

    /// Some of what the process may open is for other uses: without it nothing that is asked for
    /// could be done.
    private static func descriptorsForConnections() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return .max
        }
        let all = Int(clamping: limit.rlim_cur)
        return max(1, all - max(32, all / 8))
    }

    private static func openReserve() -> Int32 { open("/dev/null", O_RDONLY | O_CLOEXEC) }

    /// Closes the port. Peers that have connected already are let in, because its end would cut them off.
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
