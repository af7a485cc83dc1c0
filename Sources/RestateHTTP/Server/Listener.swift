import Primitives
internal import CLinux
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Accepts connections and hands each to the loop that has the fewest.
final class Listener: EventSource {
    private let loop: EventLoop
    private let servers: [ServerLoop]
    private let capacity: Int
    private var isOpen = true
    private var next = 0
    /// A spare descriptor. When the process has no more descriptors, it is closed for a moment so
    /// that a connection can be accepted and closed. Left in the kernel's queue, the connection
    /// would wake the loop again and again.
    private var reserve: Int32

    init(descriptor: Int32, loop: EventLoop, servers: [ServerLoop], limits: HTTPLimits) {
        self.loop = loop
        self.servers = servers
        capacity = min(limits.connections, Self.descriptorsForConnections())
        reserve = Self.openReserve()
        super.init(descriptor: descriptor)
        loop.add(self)
    }

    deinit { if reserve >= 0 { systemClose(reserve) } }

    override func readable(failed: Bool) {
        // The number is bounded, because other connections of the loop wait meanwhile.
        for number in 0..<64 {
            if isFull {
                // Only for the first one is it certain that a peer waits.
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

    /// Has another connection closed. Until then peers wait in the kernel's queue.
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
        // Among the loops with the fewest connections, they take turns.
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

    /// Accepts and closes one connection. Returns false if even that is impossible.
    private func refuseOne() -> Bool {
        if reserve < 0 { return false }
        systemClose(reserve)
        let accepted = accept()
        if accepted >= 0 { systemClose(accepted) }
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

    /// Returns how many descriptors connections may use. The process needs the others to do what is
    /// asked of it.
    private static func descriptorsForConnections() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return .max
        }
        let all = Int(clamping: limit.rlim_cur)
        return max(1, all - max(32, all / 8))
    }

    private static func openReserve() -> Int32 { open("/dev/null", O_RDONLY | O_CLOEXEC) }

    /// Closes the port. Connections that the kernel has already accepted are taken over first,
    /// because closing would reset them.
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

// The system's own functions, whose names the type above gives to its methods.

private func systemClose(_ file: Int32) { _ = close(file) }
