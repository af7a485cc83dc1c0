/// A first-in, first-out queue with constant-time removal: the other elements stay in place when
/// the first one leaves.
///
/// Public, though no product shows this module: the compiler inlines and specializes nothing of package
/// access in other modules.
public struct FIFOQueue<Element> {
    /// The elements before `head` are nil. They are dropped when they are more than half of the
    /// array.
    @usableFromInline var elements: [Element?] = []
    @usableFromInline var head = 0

    @inlinable
    public init() {}

    @inlinable public var isEmpty: Bool { head == elements.count }
    @inlinable public var count: Int { elements.count - head }
    @inlinable public var first: Element? { isEmpty ? nil : elements[head] }
    /// All elements, oldest first.
    @inlinable public var waiting: [Element] { elements[head...].compactMap { $0 } }

    @inlinable
    public mutating func append(_ element: Element) {
        elements.append(element)
    }

    @inlinable
    public mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        defer {
            elements[head] = nil
            head += 1
            if head == elements.count {
                elements.removeAll(keepingCapacity: elements.count < 64)
                head = 0
            } else if head > 1024, head * 2 > elements.count {
                elements.removeFirst(head)
                head = 0
            }
        }
        return elements[head]
    }
}

extension FIFOQueue: Sendable where Element: Sendable {}
