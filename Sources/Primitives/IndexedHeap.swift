/// A min-heap of payloads by time, with removal in O(log n).
///
/// Most deadlines and timers are cancelled. So each entry knows its index in the heap and can be
/// removed at once, instead of staying there until its time comes.
///
/// Public, though no product shows this module: the compiler inlines and specializes nothing of package
/// access in other modules.
public struct IndexedHeap<Payload> {
    public typealias Token = HeapToken

    @usableFromInline var order = HeapOrder()
    /// The payloads by slot.
    @usableFromInline var payloads: [Payload?] = []

    @inlinable
    public init() {}

    @inlinable public var earliest: UInt64? { order.earliest }
    @inlinable public var count: Int { order.count }

    /// Returns the earliest time among the matching entries, in linear time.
    public func earliest(where isMeant: (Payload) -> Bool) -> UInt64? {
        order.entries.filter { payloads[$0.slot].map(isMeant) ?? false }.map(\.time).min()
    }

    @inlinable
    public mutating func add(_ payload: Payload, at time: UInt64) -> Token {
        let token = order.add(at: time)
        if token.slot == payloads.count {
            payloads.append(payload)
        } else {
            payloads[token.slot] = payload
        }
        return token
    }

    @inlinable
    public mutating func remove(_ token: Token) {
        if order.remove(token) { payloads[token.slot] = nil }
    }

    /// Removes and returns the earliest entry, if its time has come.
    @inlinable
    public mutating func next(at now: UInt64) -> Payload? {
        order.next(at: now).flatMap { payloads[$0].take() }
    }
}

extension IndexedHeap: Sendable where Payload: Sendable {}
