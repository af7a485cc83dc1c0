/// The waiters outside, each with the invocation for which it waits: so one that leaves is found
/// without a search.
struct WaiterTable: Sendable {
    private var targets: [WaiterID: InvocationIdentity] = [:]

    var isEmpty: Bool { targets.isEmpty }

    mutating func insert(_ waiter: WaiterID, for id: InvocationIdentity) { targets[waiter] = id }

    /// Removes a waiter, and returns for what it waited.
    @discardableResult
    mutating func remove(_ waiter: WaiterID) -> InvocationIdentity? {
        targets.removeValue(forKey: waiter)
    }
}
