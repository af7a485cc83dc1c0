import Primitives
import RestateHTTP

/// Records the places that a handler or a closure has reached, from any thread.
final class Reached: Sendable {
    private struct Waiter {
        var place: String
        var continuation: CheckedContinuation<Void, Never>
    }

    private let noted = Locked<[String]>([])
    private let waiters = Locked<[Waiter]>([])

    var places: [String] { noted.withLock { $0 } }

    func note(_ place: String) {
        noted.withLock { $0.append(place) }
        let found = waiters.withLock { waiters in
            let found = waiters.filter { $0.place == place }
            waiters.removeAll { $0.place == place }
            return found.map(\.continuation)
        }
        for continuation in found { continuation.resume() }
    }

    /// Waits until the place is reached.
    func wait(for place: String) async {
        await withCheckedContinuation { continuation in
            // Both locks are held, so that no note is missed between the check and the wait.
            let isThere = waiters.withLock { waiters in
                if noted.withLock({ $0.contains(place) }) { return true }
                waiters.append(Waiter(place: place, continuation: continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }
}
