import Primitives
import RestateHTTP
package import RestateRuntime

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How an engine delivers. Several options are test modes that provoke rare conditions.
package struct EngineOptions {
    package var clock = EngineClock()
    package var seed = UInt64.random(in: .min ... .max)
    /// The most bytes of one delivery; nil for no limit. Small ones split frames at any byte.
    package var chunkSize: Int?
    /// The probability that a connection is lost, for each event on it.
    package var cutProbability = 0.0
    /// Whether endpoints are called over HTTP/1.1, whatever their registration says.
    package var alwaysHTTP11 = false
    /// Whether endpoints are treated as if they could not answer before the request has ended.
    package var alwaysRequestResponse = false
    /// The time limit of a discovery with all its attempts.
    package var discoveryTimeout = Duration.seconds(30)
    /// The largest manifest, in bytes.
    package var manifestLimit = 16 << 20
    /// Signs the requests that are sent over HTTP.
    package var signer: RequestSigner?

    package init() {}
}

/// The time of day, or a time that a test sets.
package final class EngineClock: Sendable {
    private let manual: Locked<Timestamp>?

    package init() {
        manual = nil
    }

    /// Makes a clock that stands still until it is moved.
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
