internal import CLinux

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Wraps each system call on sockets once.
enum Socket {
    private static let flags =
        Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        | Int32(SOCK_CLOEXEC.rawValue)

    /// A socket address in the kernel's form.
    struct Address: Sendable {
        var family: Int32
        var bytes: [UInt8]

        func withPointer<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
            bytes.withUnsafeBytes { raw in
                // A sockaddr_storage's worth of bytes, so binding the memory is sound.
                body(raw.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
            }
        }
    }

    /// Returns the addresses of a host in the resolver's order. It blocks if the host is a name.
    static func resolve(
        _ host: String, port: Int, flags: Int32
    ) throws(SystemError) -> [Address] {
        guard (0...65535).contains(port) else {
            // The resolver would take such a number modulo 65536.
            throw SystemError(
                "use \(host):\(port)", errno: EINVAL, reason: "a port is a number from 0 to 65535")
        }
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV | flags
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host.isEmpty ? nil : host, String(port), &hints, &list)
        if code != 0 {
            let error = code == EAI_SYSTEM ? errno : 0
            throw SystemError(
                "resolve \(host)", errno: error, reason: String(cString: gai_strerror(code)))
        }
        defer { freeaddrinfo(list) }
        var found: [Address] = []
        var next = list
        while let entry = next?.pointee {
            let raw = UnsafeRawBufferPointer(start: entry.ai_addr, count: Int(entry.ai_addrlen))
            found.append(Address(family: entry.ai_family, bytes: Array(raw)))
            next = entry.ai_next
        }
        return found
    }

    /// Returns a socket that listens on the first address of the host that is available. An empty
    /// host or `::` means all interfaces, of both families where the machine has IPv6.
    static func listen(host: String, port: Int) throws(SystemError) -> Int32 {
        let isAny = host.isEmpty || host == "::" || host == "*"
        let candidates =
            isAny
            ? try anyAddresses(port)
            : try resolve(host, port: port, flags: AI_PASSIVE)
        var failure = SystemError("bind \(host):\(port)", errno: EADDRNOTAVAIL)
        for address in candidates {
            switch bound(address, name: "\(host.isEmpty ? "*" : host):\(port)", dualStack: isAny) {
            case .success(let descriptor): return descriptor
            case .failure(let error):
                failure = error
                // Only a missing address family is a reason to try the next address.
                if error.errno != EAFNOSUPPORT && error.errno != EADDRNOTAVAIL { throw error }
            }
        }
        throw failure
    }

    private static func anyAddresses(_ port: Int) throws(SystemError) -> [Address] {
        // IPv6 may be disabled; IPv4 is always there.
        let first = try? resolve("::", port: port, flags: AI_PASSIVE).first
        return try [first, resolve("0.0.0.0", port: port, flags: AI_PASSIVE).first].compactMap(
            \.self)
    }

    private static func bound(
        _ address: Address, name: String, dualStack: Bool
    ) -> Result<Int32, SystemError> {
        let descriptor = socket(address.family, flags, 0)
        if descriptor < 0 { return .failure(SystemError("socket for \(name)")) }
        set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        if address.family == AF_INET6 {
            set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, dualStack ? 0 : 1)
        }
        var failed: SystemError?
        if address.withPointer({ systemBind(descriptor, $0, $1) }) != 0 {
            failed = SystemError("bind \(name)")
        } else if systemListen(descriptor, 1024) != 0 {
            failed = SystemError("listen \(name)")
        }
        guard let failed else { return .success(descriptor) }
        close(descriptor)
        return .failure(failed)
    }

    /// Returns the port of a listening socket, which the system has chosen if 0 was asked for.
    static func port(of descriptor: Int32) -> Int {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let code = withUnsafeMutableBytes(of: &storage) { raw in
            getsockname(
                descriptor, raw.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
        }
        if code != 0 { return 0 }
        // Both address families have the port in the two bytes after the family.
        return withUnsafeBytes(of: &storage) { Int($0[2]) << 8 | Int($0[3]) }
    }

    /// Begins to connect. The socket becomes writable when it is connected or has failed.
    static func connecting(to address: Address, name: String) throws(SystemError) -> Int32 {
        let descriptor = socket(address.family, flags, 0)
        if descriptor < 0 { throw SystemError("socket for \(name)") }
        tune(descriptor)
        if address.withPointer({ systemConnect(descriptor, $0, $1) }) != 0, errno != EINPROGRESS {
            let error = SystemError("connect \(name)")
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// Returns the error with which a connect in the background ended, or 0.
    static func pendingError(_ descriptor: Int32) -> Int32 {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
        return code
    }

    /// Sends small writes without delay, and detects a vanished peer even while nothing is sent.
    static func tune(_ descriptor: Int32) {
        set(descriptor, Int32(IPPROTO_TCP), Int32(CLinux.TCP_NODELAY), 1)
        set(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
        set(descriptor, Int32(IPPROTO_TCP), Int32(CLinux.TCP_KEEPIDLE), 60)
        set(descriptor, Int32(IPPROTO_TCP), Int32(CLinux.TCP_KEEPINTVL), 15)
        set(descriptor, Int32(IPPROTO_TCP), Int32(CLinux.TCP_KEEPCNT), 4)
        // Without this limit the kernel retransmits unacknowledged data for about 15 minutes.
        set(descriptor, Int32(IPPROTO_TCP), Int32(CLinux.TCP_USER_TIMEOUT), 120_000)
    }

    /// Makes `close` send a reset instead of an orderly end.
    static func abortOnClose(_ descriptor: Int32) {
        var value = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}

// The system's own functions, whose names the type above gives to its methods.

private func systemBind(_ file: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t)
    -> Int32
{
    bind(file, address, size)
}

private func systemListen(_ file: Int32, _ backlog: Int32) -> Int32 { listen(file, backlog) }

private func systemConnect(
    _ file: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t
) -> Int32 {
    connect(file, address, size)
}
