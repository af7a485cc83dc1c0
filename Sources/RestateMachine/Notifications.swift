import RestateProtocol

/// Results in the order in which they came, and those that the program may already see.
///
/// The program must see results in the order of the journal, in every attempt. So arriving makes
/// nothing visible: an await that cannot be decided reads one notification at a time, and stops
/// as soon as anything is decided.
struct Notifications: Sendable {
    private var arrived: [(id: NotificationID, result: NotificationResult)] = []
    private var next = 0
    private var arrivedCompletions: Set<UInt32> = []
    private var ready: [NotificationID: NotificationResult] = [:]

    mutating func arrive(_ id: NotificationID, _ result: NotificationResult) {
        if case .completion(let id) = id { arrivedCompletions.insert(id) }
        arrived.append((id, result))
    }

    /// Makes the next notification visible.
    mutating func read() -> NotificationID? {
        guard next < arrived.count else { return nil }
        let (id, result) = arrived[next]
        next += 1
        forgetRead()
        if case .completion(let id) = id { arrivedCompletions.remove(id) }
        ready[id] = result
        return id
    }

    private mutating func forgetRead() {
        if next == arrived.count {
            arrived.removeAll(keepingCapacity: arrived.capacity <= 8)
            next = 0
        } else if next >= 64, next * 2 > arrived.count {
            arrived.removeFirst(next)
            next = 0
        }
    }

    /// Reads until `id` or `other` is visible. False if neither has arrived.
    mutating func read(until id: NotificationID, or other: NotificationID?) -> Bool {
        if isReady(id) { return true }
        if let other, isReady(other) { return true }
        while let read = read() {
            if read == id || read == other { return true }
        }
        return false
    }

    /// Makes a result visible that the program itself has found out.
    mutating func put(_ id: NotificationID, _ result: NotificationResult) {
        ready[id] = result
    }

    var hasReady: Bool { !ready.isEmpty }

    func isReady(_ id: NotificationID) -> Bool { ready[id] != nil }

    func peek(_ id: NotificationID) -> NotificationResult? { ready[id] }

    mutating func take(_ id: NotificationID) -> NotificationResult? {
        ready.removeValue(forKey: id)
    }

    /// Whether the journal has this completion, seen or not. The only look ahead there is.
    func holds(completion id: UInt32) -> Bool {
        arrivedCompletions.contains(id) || isReady(.completion(id))
    }
}
