import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A plain blocking socket, for bytes that no proper client would send.
package final class RawSocket: Sendable {
    private let descriptor: Int32

    package init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if code != 0 { throw FixtureError("connect: errno \(errno)") }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        // A read that waits in vain fails, so that the test does not hang. Beside all other tests an answer may be
        // long in coming.
        var limit = timeval(tv_sec: 600, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { Glibc.close(descriptor) }

    package func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return }
            sent += count
        }
    }

    package func send(_ text: String) { send(Array(text.utf8)) }

    package func endInput() { Glibc.shutdown(descriptor, Int32(SHUT_WR)) }

    /// Reads until `isEnough` returns true, or until the server closes.
    ///
    /// It waits on a thread of its own. What answers may need Swift's pool of threads, and on two cores a read that
    /// blocks one of them takes half of it.
    @discardableResult
    package func read(
        until isEnough: @escaping @Sendable ([UInt8]) -> Bool = { _ in false }
    ) async -> [UInt8] {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(returning: self.readHere(until: isEnough))
            }
        }
    }

    private func readHere(until isEnough: ([UInt8]) -> Bool) -> [UInt8] {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while !isEnough(all) {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count <= 0 { break }
            all += chunk[..<count]
        }
        return all
    }

    package func readText(until end: String? = nil) async -> String {
        let end = end.map { Array($0.utf8) }
        let bytes = await read { all in
            guard let end, all.count >= end.count else { return false }
            return all.suffix(end.count) == end[...]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
