import Primitives
import RestateHTTP
package import RestateRuntime

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How an engine delivers. The extras find what only bad luck finds otherwise.
package struct EngineOptions {
    package var clock = EngineClock()
    package var seed = UInt64.random(in: .min ... .max)
    /// Bytes of a delivery: small ones split frames anywhere.
    package var chunkSize: Int?
    /// How likely a connection is lost with each event on it.
    package var cutProbability = 0.0
    /// Speaks HTTP/1.1 to endpoints, whatever is asked for at registration.
    package var alwaysHTTP11 = false
    /// Takes endpoints as if they could not answer before a request has ended.
    package var alwaysRequestResponse = false
    /// How long a registration may take, with all its tries.
    package var discoveryTimeout = Duration.seconds(30)
    /// The largest manifest, in bytes.
    package var manifestLimit = 16 << 20
    /// Endpoints that are reached over HTTP get signed requests.
    package var signer: RequestSigner?

    package init() {}
}

/// The time of the day, or one that is set by hand.
package final class EngineClock: Sendable {
    private let manual: Locked<Timestamp>?

    package init() {
        manual = nil
    }

    /// Stands still until it is moved.
    package init(standingAt time: Timestamp) {
        manual = Locked(time)
    }

    var isManual: Bool { manual != nil }

    package var now: Timestamp {
        manual?.withLock { $0 } ?? Timestamp(Date().timeIntervalSince1970 * 1000)
    }

    package func move(to time: Timestamp) {
        manual?.withLock { $0 = max($0, time) }
    }
}
