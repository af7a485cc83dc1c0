import Primitives
import RestateHTTP
import Support

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// An endpoint by hand, over HTTP/2: it tells what it serves, takes every attempt without a word, and
/// says goodbye (GOAWAY) on the connection of the first one. One thread, one connection after another.
final class GoodbyeEndpoint: Sendable {
    private let listener: Int32
    let port: Int
    /// Attempts and connections so far.
    let seen = Locked((attempts: 0, connections: 0))

    private static let manifest = #"""
        {"protocolMode":"BIDI_STREAM","minProtocolVersion":5,"maxProtocolVersion":6,"services":
        [{"name":"S","ty":"SERVICE","handlers":[{"name":"h"}]}]}
        """#

    init() throws {
        let listener = Glibc.socket(
            AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        guard isBound, listen(listener, 8) == 0 else { throw FixtureError("no port") }
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    func start() {
        let thread = Locked<pthread_t>(0)
        let box = Unmanaged.passRetained(self).toOpaque()
        thread.withLock { thread in
            _ = pthread_create(
                &thread, nil,
                { box in
                    guard let box else { return nil }
                    Unmanaged<GoodbyeEndpoint>.fromOpaque(box).takeRetainedValue().serve()
                    return nil
                }, box)
            pthread_detach(thread)
        }
    }

    /// The thread ends with it.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func serve() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { return }
            seen.withLock { $0.connections += 1 }
            serve(connection)
            close(connection)
        }
    }

    private func serve(_ connection: Int32) {
        send(connection, frame(4, 0, 0, []))
        var bytes: [UInt8] = []
        var isGreeted = false
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(connection, &chunk, chunk.count)
            guard count > 0 else { return }
            bytes += chunk.prefix(count)
            if !isGreeted, bytes.count >= 24 {
                bytes.removeFirst(24)
                isGreeted = true
            }
            while isGreeted, bytes.count >= 9 {
                let length = Int(bytes[0]) << 16 | Int(bytes[1]) << 8 | Int(bytes[2])
                guard bytes.count >= 9 + length else { break }
                answer(Array(bytes.prefix(9)), connection)
                bytes.removeFirst(9 + length)
            }
        }
    }

    private func answer(_ head: [UInt8], _ connection: Int32) {
        let stream = head[5...8].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let endsStream = head[4] & 1 != 0
        switch head[3] {
        case 4 where head[4] & 1 == 0: send(connection, frame(4, 1, 0, []))
        case 1 where endsStream:
            // Only a question without a body ends with its head: that is discovery.
            let type = Array("application/vnd.restate.endpointmanifest.v4+json".utf8)
            send(
                connection,
                frame(1, 4, stream, [0x88, 0x0F, 0x10, UInt8(type.count)] + type)
                    + frame(0, 1, stream, Array(Self.manifest.utf8)))
        case 1:
            let number = seen.withLock { seen in
                seen.attempts += 1
                return seen.attempts
            }
            guard number == 1 else { break }
            let last = [24, 16, 8, 0].map { UInt8(stream >> UInt32($0) & 255) }
            send(connection, frame(7, 0, 0, last + [0, 0, 0, 0]))
        default: break
        }
    }

    private func frame(_ type: UInt8, _ flags: UInt8, _ stream: UInt32, _ payload: [UInt8])
        -> [UInt8]
    {
        let count = payload.count
        return [UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255), type, flags]
            + [24, 16, 8, 0].map { UInt8(stream >> UInt32($0) & 255) } + payload
    }

    private func send(_ connection: Int32, _ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes {
            Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
    }
}
