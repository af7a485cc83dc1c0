import Restate
import Synchronization

// What the examples of several pages stand on.

/// Keeps what was sent.
final class SentMail: Mailer {
    private let sent = Mutex<[String]>([])

    var texts: [String] { sent.withLock { $0 } }

    func send(_ text: String, to address: String) async throws {
        sent.withLock { $0.append("\(address): \(text)") }
    }
}

struct Order: Codable, Sendable {
    var id: String
    var user = "ada"
    var seats: [String] = []
    var amount = 100
}

/// A payment provider that knows each key once.
final class Gateway: Sendable {
    struct Busy: Error {
        var seconds: Int
    }

    private struct Books {
        var charged: [String: Int] = [:]
        var refunded: Set<String> = []
        var busy: Int
    }

    private let books: Mutex<Books>

    init(busyTimes: Int = 0) { books = Mutex(Books(busy: busyTimes)) }

    /// What was charged and not paid back.
    var balance: [String: Int] {
        books.withLock { books in books.charged.filter { !books.refunded.contains($0.key) } }
    }

    func charge(_ order: Order) async throws -> String {
        try books.withLock { books in
            if books.busy > 0 {
                books.busy -= 1
                throw Busy(seconds: 30)
            }
            books.charged[order.id] = order.amount
        }
        return "receipt \(order.id)"
    }

    func refund(_ order: Order) async throws {
        books.withLock { _ = $0.refunded.insert(order.id) }
    }
}
