/// A first-in, first-out queue in constant time and in no more memory than its elements need: they
/// lie in blocks, and a block is released with its last element. Growing neither moves the others
/// nor needs one large piece of memory, which would come fresh from the system each time.
///
/// Public, though no product shows this module: the compiler inlines and specializes nothing of package
/// access in other modules.
public struct FIFOQueue<Element> {
    @usableFromInline static var blockSize: Int { 256 }

    /// The oldest elements. Those before `head` have left. It is empty only if the queue is.
    @usableFromInline var front: [Element?] = []
    @usableFromInline var head = 0
    /// The blocks behind it, of which only the last may be incomplete. Those before `next` have
    /// become `front`.
    @usableFromInline var blocks: [[Element?]] = []
    @usableFromInline var next = 0

    @inlinable
    public init() {}

    @inlinable public var isEmpty: Bool { head == front.count }
    @inlinable public var first: Element? { isEmpty ? nil : front[head] }

    @inlinable public var count: Int {
        guard let last = blocks.last else { return front.count - head }
        return front.count - head + (blocks.count - next - 1) * Self.blockSize + last.count
    }

    /// All elements, oldest first.
    @inlinable public var waiting: [Element] {
        var all = front[head...].compactMap { $0 }
        for block in blocks[next...] { all += block.compactMap { $0 } }
        return all
    }

    @inlinable
    public mutating func append(_ element: consuming Element) {
        if blocks.isEmpty, front.count < Self.blockSize {
            front.append(element)
        } else {
            appendToBlock(element)
        }
    }

    @inlinable
    mutating func appendToBlock(_ element: consuming Element) {
        if blocks.isEmpty || blocks[blocks.count - 1].count == Self.blockSize {
            var block: [Element?] = []
            block.reserveCapacity(Self.blockSize)
            blocks.append(block)
        }
        blocks[blocks.count - 1].append(element)
    }

    @inlinable
    public mutating func popFirst() -> Element? {
        guard head < front.count else { return nil }
        // Moved out, because a copy costs a retain and a release.
        var element: Element?
        swap(&element, &front[head])
        head += 1
        if head == front.count { beginNextBlock() }
        return element
    }

    @inlinable
    mutating func beginNextBlock() {
        head = 0
        guard next < blocks.count else {
            front.removeAll(keepingCapacity: front.count < 64)
            return
        }
        front = []
        swap(&front, &blocks[next])
        next += 1
        if next == blocks.count {
            blocks = []
            next = 0
        }
    }
}

extension FIFOQueue: Sendable where Element: Sendable {}
