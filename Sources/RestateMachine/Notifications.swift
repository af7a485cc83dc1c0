import Primitives
import RestateProtocol

/// The results that have arrived, in order, and those that the program can already see.
///
/// The program must see results in the order of the journal, in every attempt. So an arriving
/// result is not visible yet: an await that is not decided reads one notification at a time, and
/// stops as soon as it is.
struct Notifications: Sendable {
    private struct Entry {
        var id: NotificationID
        var result: NotificationResult
    }

    /// The next one that the program can see. It is stored apart from `others`, because it is asked
    /// for its id, and most small attempts get no other one.
    private var upcoming: Entry?
    private var others = FIFOQueue<Entry>()
    /// The completions in `others`. It is built only when there are too many for a linear search.
    private var index: Set<UInt32>?

    /// The result that became visible last. It is usually the next one to be taken, which then
    /// needs no hashing. Both are nil, or neither.
    private var latest: NotificationID?
    private var latestResult: NotificationResult?
    private var ready: [NotificationID: NotificationResult] = [:]
    /// Whether the cancel signal is visible. It is kept apart, because every await asks for it.
    private(set) var isCancelReady = false

    // MARK: Arrived

    mutating func arrive(_ id: consuming NotificationID, _ result: consuming NotificationResult) {
        let entry = Entry(id: id, result: result)
        if upcoming == nil {
            upcoming = entry
        } else {
            if index != nil, let id = entry.id.completion { index?.insert(id) }
            others.append(entry)
        }
    }

    /// Whether a completion has arrived, visible or not. A run needs to know; nothing else looks
    /// ahead.
    mutating func holds(completion id: UInt32) -> Bool {
        isReady(.completion(id)) || hasArrived(id)
    }

    private mutating func hasArrived(_ id: UInt32) -> Bool {
        // In a replay it is usually the next one, which needs no search.
        if case .completion(id) = upcoming?.id { return true }
        if let index { return index.contains(id) }
        if others.isEmpty { return false }
        let ids = others.waiting.compactMap(\.id.completion)
        if ids.count <= 8 { return ids.contains(id) }
        let index = Set(ids)
        self.index = index
        return index.contains(id)
    }

    /// Makes the next notification visible.
    mutating func read() -> NotificationID? {
        var entry = others.popFirst()
        swap(&entry, &upcoming)
        if index != nil {
            if case .completion(let id) = upcoming?.id { index?.remove(id) }
            if others.isEmpty { index = nil }
        }
        guard let entry else { return nil }
        show(entry.id, entry.result)
        return entry.id
    }

    /// Makes notifications visible until `id`, or the cancel signal, is among them. Returns false
    /// if neither has arrived.
    mutating func read(until id: NotificationID, orCancel: Bool) -> Bool {
        if isReady(id) || (orCancel && isCancelReady) { return true }
        while let read = read() {
            if read == id || (orCancel && isCancelReady) { return true }
        }
        return false
    }

    // MARK: Visible

    /// Makes a result visible at once that was determined without the server, such as an eager
    /// read.
    mutating func put(_ id: NotificationID, _ result: NotificationResult) {
        show(id, result)
    }

    private mutating func show(_ id: NotificationID, _ result: consuming NotificationResult) {
        if let latest, latest != id { ready[latest] = latestResult.take() }
        latest = id
        latestResult = result
        if case .completion = id { return }
        // A signal that comes again before it was taken replaces the earlier one.
        ready[id] = nil
        if id == .cancel { isCancelReady = true }
    }

    var hasReady: Bool { latest != nil || !ready.isEmpty }

    func isReady(_ id: NotificationID) -> Bool {
        if let latest, latest == id { return true }
        return !ready.isEmpty && ready[id] != nil
    }

    func peek(_ id: NotificationID) -> NotificationResult? {
        if let latest, latest == id { return latestResult }
        return ready.isEmpty ? nil : ready[id]
    }

    mutating func take(_ id: NotificationID) -> NotificationResult? {
        if isCancelReady, id == .cancel { isCancelReady = false }
        if let latest, latest == id {
            self.latest = nil
            return latestResult.take()
        }
        return ready.isEmpty ? nil : ready.removeValue(forKey: id)
    }
}

extension NotificationID {
    /// The number of a completion; nil for a signal.
    fileprivate var completion: UInt32? {
        if case .completion(let id) = self { id } else { nil }
    }
}
