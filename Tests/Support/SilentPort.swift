#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A port of this machine on which nobody listens and nobody else can begin to listen, so that
/// connections are refused. A port that was merely free a moment ago might be another test's by
/// now.
package final class SilentPort: Sendable {
    private let socket: Int32
    package let number: Int

    /// - Parameter backlog: the number of connections that are accepted all the same, although
    ///   nobody reads from them.
    package init(backlog: Int32? = nil) throws {
        // Closed on exec, because children of this process would keep the port.
        let socket = Glibc.socket(
            AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        // Bound, and listening only if a backlog was given.
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0
            }
        }
        self.socket = socket
        number = Int(UInt16(bigEndian: address.sin_port))
        let listens = backlog.map { listen(socket, $0) == 0 } ?? true
        guard bound, listens else { throw FixtureError("no port could be had: errno \(errno)") }
    }

    deinit {
        close(socket)
    }
}
