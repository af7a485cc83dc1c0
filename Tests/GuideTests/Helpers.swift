import Foundation
import Restate

// What the examples of several pages stand on.

/// Keeps what was sent.
final class SentMail: Mailer, @unchecked Sendable {
    private let lock = NSLock()
    private var sent: [String] = []

    var texts: [String] { lock.withLock { sent } }

    func send(_ text: String, to address: String) async throws {
        lock.withLock { sent.append("\(address): \(text)") }
    }
}

struct Order: Codable, Sendable {
    var id: String
    var user = "ada"
    var seats: [String] = []
    var amount = 100
}

/// A payment provider that knows each key once.
final class Gateway: @unchecked Sendable {
    struct Busy: Error {
        var seconds: Int
    }

    private let lock = NSLock()
    private var charged: [String: Int] = [:]
    private var refunded: Set<String> = []
    private var busy: Int

    init(busyTimes: Int = 0) { busy = busyTimes }

    /// What was charged and not paid back.
    var balance: [String: Int] {
        lock.withLock { charged.filter { !refunded.contains($0.key) } }
    }

    func charge(_ order: Order) async throws -> String {
        try lock.withLock {
            if busy > 0 {
                busy -= 1
                throw Busy(seconds: 30)
            }
            charged[order.id] = order.amount
        }
        return "receipt \(order.id)"
    }

    func refund(_ order: Order) async throws {
        lock.withLock { _ = refunded.insert(order.id) }
    }
}
