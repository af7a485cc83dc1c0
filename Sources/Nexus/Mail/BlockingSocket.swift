internal import Foundation

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A connection that is read line by line. Whoever uses it waits, but not for ever.
final class BlockingSocket {
    /// For the connection, and for each read and write.
    private static let limit = 30
    private static let lineLimit = 4096

    private let descriptor: Int32
    private let place: String
    private var input: [UInt8] = []

    init(host: String, port: Int) throws {
        place = "\(host):\(port)"
        var hints = addrinfo()
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, "\(port)", &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        guard code == 0 else {
            throw SMTPError("\(host) is not found: \(String(cString: gai_strerror(code)))")
        }
        var reason = "no address"
        var found: Int32 = -1
        var next = list
        while let address = next?.pointee, found < 0 {
            next = address.ai_next
            (found, reason) = Self.open(address)
        }
        guard found >= 0 else { throw SMTPError("\(place) cannot be reached: \(reason)") }
        descriptor = found
    }

    deinit {
        close(descriptor)
    }

    private static func open(_ address: addrinfo) -> (Int32, String) {
        let descriptor = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
        guard descriptor >= 0 else { return (-1, String(cString: strerror(errno))) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        // The limit of writes is the connection's, too.
        var time = timeval(tv_sec: limit, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
        while connect(descriptor, address.ai_addr, address.ai_addrlen) != 0 {
            if errno == EINTR { continue }
            let reason = errno == EINPROGRESS ? "no answer" : String(cString: strerror(errno))
            close(descriptor)
            return (-1, reason)
        }
        return (descriptor, "")
    }

    func write(_ text: String) throws {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw lost() }
            sent += count
        }
    }

    /// The next line, without its end.
    func readLine() throws -> String {
        while true {
            if let end = input.firstIndex(of: 0x0a) {
                let line = input[..<end]
                input.removeSubrange(...end)
                return String(decoding: line.last == 0x0d ? line.dropLast() : line, as: UTF8.self)
            }
            guard input.count <= Self.lineLimit else {
                throw SMTPError("\(place) sends a line over \(Self.lineLimit) bytes")
            }
            var chunk = [UInt8](repeating: 0, count: 1024)
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw lost(count == 0) }
            input += chunk[..<count]
        }
    }

    private func lost(_ isClosed: Bool = false) -> SMTPError {
        if isClosed { return SMTPError("\(place) closed the connection") }
        let isLate = errno == EAGAIN || errno == EWOULDBLOCK
        return SMTPError(
            isLate
                ? "\(place) does not answer in \(Self.limit) s"
                : "the connection to \(place) was lost: \(String(cString: strerror(errno)))")
    }
}
