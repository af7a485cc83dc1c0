import RestateProtocol

/// Results in the order in which they came, and those that the program may already see.
///
/// The program must see results in the order of the journal, in every attempt. So arriving makes
/// nothing visible: an await that cannot be decided reads one notification at a time, and stops
/// as soon as anything is decided.
struct Notifications: Sendable {
    private struct Entry {
        var id: NotificationID
        var result: NotificationResult
    }

    private var arrived: [Entry] = []
    private var next = 0
    /// The completions in `arrived`, once there are too many to look at all of them.
    private var index: Set<UInt32>?

    /// What became visible last is mostly what is taken next: then nothing needs to be hashed.
    private var latest: Entry?
    private var ready: [NotificationID: NotificationResult] = [:]
    /// Every await asks for this one.
    private(set) var isCancelReady = false

    // MARK: arrived

    mutating func arrive(_ id: NotificationID, _ result: NotificationResult) {
        if index != nil, case .completion(let id) = id { index?.insert(id) }
        arrived.append(Entry(id: id, result: result))
    }

    /// Whether the journal has this completion, seen or not. The only look ahead there is.
    mutating func holds(completion id: UInt32) -> Bool {
        isReady(.completion(id)) || hasArrived(id)
    }

    private mutating func hasArrived(_ id: UInt32) -> Bool {
        guard next < arrived.count else { return false }
        if arrived[next].id == .completion(id) { return true }
        if let index { return index.contains(id) }
        if arrived.count - next <= 8 {
            return arrived[next...].contains { $0.id == .completion(id) }
        }
        var index: Set<UInt32> = []
        for entry in arrived[next...] {
            if case .completion(let id) = entry.id { index.insert(id) }
        }
        self.index = index
        return index.contains(id)
    }

    /// Makes the next notification visible.
    mutating func read() -> NotificationID? {
        guard next < arrived.count else { return nil }
        let entry = arrived[next]
        next += 1
        if index != nil, case .completion(let id) = entry.id { index?.remove(id) }
        forgetRead()
        show(entry)
        return entry.id
    }

    private mutating func forgetRead() {
        if next == arrived.count {
            arrived.removeAll(keepingCapacity: arrived.capacity <= 8)
            next = 0
            index = nil
        } else if next >= 64, next * 2 > arrived.count {
            arrived.removeFirst(next)
            next = 0
        }
    }

    /// Reads until `id`, or the signal to cancel, is visible. False if neither has arrived.
    mutating func read(until id: NotificationID, orCancel: Bool) -> Bool {
        if isReady(id) || (orCancel && isCancelReady) { return true }
        while let read = read() {
            if read == id || (orCancel && isCancelReady) { return true }
        }
        return false
    }

    // MARK: visible

    /// Makes a result visible that the program itself has found out.
    mutating func put(_ id: NotificationID, _ result: NotificationResult) {
        show(Entry(id: id, result: result))
    }

    private mutating func show(_ entry: Entry) {
        if let latest, latest.id != entry.id { ready[latest.id] = latest.result }
        latest = entry
        if case .completion = entry.id { return }
        // A signal may come again before the last one was taken: then that one is lost.
        ready[entry.id] = nil
        if entry.id == .cancel { isCancelReady = true }
    }

    var hasReady: Bool { latest != nil || !ready.isEmpty }

    func isReady(_ id: NotificationID) -> Bool {
        if let latest, latest.id == id { return true }
        return !ready.isEmpty && ready[id] != nil
    }

    func peek(_ id: NotificationID) -> NotificationResult? {
        if let latest, latest.id == id { return latest.result }
        return ready.isEmpty ? nil : ready[id]
    }

    mutating func take(_ id: NotificationID) -> NotificationResult? {
        if isCancelReady, id == .cancel { isCancelReady = false }
        if let latest, latest.id == id {
            self.latest = nil
            return latest.result
        }
        return ready.isEmpty ? nil : ready.removeValue(forKey: id)
    }
}
