import Primitives

/// The stored invocations that are still in memory: the last ones, up to a size. Who asks for a result
/// does so soon after the end, as a rule.
struct StoredResultCache: Sendable {
    private struct Item: Sendable {
        var place: JournalQueue.Place
        var size: Int
    }

    private let limit: Int
    private var items = FIFOQueue<Item>()
    private var size = 0

    init(limit: Int) { self.limit = limit }

    mutating func add(_ place: JournalQueue.Place, size: Int) {
        items.append(Item(place: place, size: size))
        self.size += size
    }

    /// Removes and returns the oldest one, if all together are too large.
    mutating func popOverflow() -> JournalQueue.Place? {
        guard size > limit, let first = items.popFirst() else { return nil }
        size -= first.size
        return first.place
    }
}

/// How far the ends of retentions have been handled. The archive has them in their order, so nothing
/// is in memory for each of them.
struct StoredExpiry: Sendable {
    /// Up to this place, all that were stored have been handled.
    private(set) var place = ExpiryPlace(expires: 0, serial: 0)
    /// When the next one is due, or the archive is to be asked again; nil if there is none.
    private(set) var next: Timestamp?

    /// Notes that an invocation is in the archive.
    mutating func add(_ new: ExpiryPlace) {
        next = min(next ?? .max, new.expires)
        guard new <= place else { return }
        // Its retention was over before it was stored.
        place = ExpiryPlace(
            expires: new.expires == 0 ? 0 : new.expires - 1, serial: StoredData.numberLimit)
    }

    mutating func passed(_ place: ExpiryPlace) { self.place = place }

    mutating func wait(until time: Timestamp?) { next = time }
}
