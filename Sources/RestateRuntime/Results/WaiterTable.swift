/// Those outside who wait for results.
struct WaiterTable: Sendable {
    private var targets: [WaiterID: InvocationIdentity] = [:]

    var isEmpty: Bool { targets.isEmpty }

    mutating func insert(_ waiter: WaiterID, for id: InvocationIdentity) { targets[waiter] = id }

    /// Says what it waited for.
    @discardableResult
    mutating func remove(_ waiter: WaiterID) -> InvocationIdentity? {
        targets.removeValue(forKey: waiter)
    }
}
