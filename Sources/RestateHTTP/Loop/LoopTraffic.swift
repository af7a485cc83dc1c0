internal import Synchronization

/// What the connections of a loop carry. The loop's thread counts; every thread may read.
final class LoopTraffic: Sendable {
    private let received = Atomic<UInt64>(0)
    private let sent = Atomic<UInt64>(0)
    private let streams = Atomic<Int>(0)

    // One thread writes, so a load and a store are enough: a locked instruction would cost more.

    func receive(_ bytes: Int) {
        received.store(received.load(ordering: .relaxed) &+ UInt64(bytes), ordering: .relaxed)
    }

    func send(_ bytes: Int) {
        sent.store(sent.load(ordering: .relaxed) &+ UInt64(bytes), ordering: .relaxed)
    }

    func changeStreams(by count: Int) {
        streams.store(streams.load(ordering: .relaxed) &+ count, ordering: .relaxed)
    }

    var bytesReceived: UInt64 { received.load(ordering: .relaxed) }
    var bytesSent: UInt64 { sent.load(ordering: .relaxed) }
    var openStreams: Int { streams.load(ordering: .relaxed) }
}

/// What a server's connections carry, and have carried since its start.
package struct ServerTraffic: Sendable {
    package var openConnections = 0
    package var openStreams = 0
    package var bytesReceived: UInt64 = 0
    package var bytesSent: UInt64 = 0

    package init() {}
}

extension HTTPServer {
    /// From any thread, and after the end too. The numbers are of about the same moment.
    package var traffic: ServerTraffic {
        var sum = ServerTraffic()
        sum.openConnections = openConnections
        for loop in loops {
            sum.openStreams += loop.traffic.openStreams
            sum.bytesReceived &+= loop.traffic.bytesReceived
            sum.bytesSent &+= loop.traffic.bytesSent
        }
        return sum
    }
}
