import Foundation
import Glibc

/// Stands before a server as one that speaks only HTTP/1.1: to the beginning of HTTP/2 it answers that it knows no
/// such version. Without a server it closes each connection and says nothing. It ends with the process.
final class OldGate: Sendable {
    let port: Int
    private let socket: Int32
    private let target: Int?

    init(to target: Int?) throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        var address = Self.address(0)
        let opened = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && listen(socket, 16) == 0
                    && getsockname(socket, $0, &size) == 0
            }
        }
        guard opened else { throw POSIXError(.EADDRNOTAVAIL) }
        (self.socket, self.target) = (socket, target)
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in
            while case let client = accept(self.socket, nil, nil), client >= 0 {
                Thread.detachNewThread { [self] in serve(client) }
            }
        }
    }

    private func serve(_ client: Int32) {
        guard let target else {
            close(client)
            return
        }
        var start = [UInt8](repeating: 0, count: 3)
        guard recv(client, &start, 3, Int32(MSG_PEEK | MSG_WAITALL)) == 3,
            start != Array("PRI".utf8)
        else {
            let refusal = Array(
                "HTTP/1.1 505 Unknown\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".utf8)
            send(client, refusal, refusal.count, Int32(MSG_NOSIGNAL))
            close(client)
            return
        }
        let server = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = Self.address(target)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        Thread.detachNewThread { Self.carry(from: client, to: server) }
        Self.carry(from: server, to: client)
    }

    private static func carry(from: Int32, to: Int32) {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = recv(from, &bytes, bytes.count, 0), count > 0 {
            send(to, bytes, count, Int32(MSG_NOSIGNAL))
        }
        shutdown(to, Int32(SHUT_WR))
    }

    private static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        return address
    }
}
