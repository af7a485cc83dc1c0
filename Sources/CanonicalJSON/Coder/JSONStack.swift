/// A stack of plain values that owns its memory.
///
/// It is not copyable, so it has one owner and frees its memory even if an initializer throws half
/// way.
///
/// An `Array` would check for unique ownership at each step, and coding a small value consists
/// mostly of such steps.
struct JSONStack<Element: BitwiseCopyable>: ~Copyable {
    private(set) var base: UnsafeMutablePointer<Element>
    private(set) var count = 0
    private(set) var capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
    }

    deinit { base.deallocate() }

    @inline(__always)
    mutating func push(_ element: Element) {
        if count == capacity { grow() }
        (base + count).initialize(to: element)
        count &+= 1
    }

    @inline(__always)
    mutating func pop() -> Element {
        count &-= 1
        return base[count]
    }

    /// Keeps only the lowest `kept` elements.
    @inline(__always)
    mutating func cut(to kept: Int) { count = kept }

    var elements: UnsafeMutableBufferPointer<Element> { .init(start: base, count: count) }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: base, count: count)
        base.deallocate()
        base = larger
        capacity *= 2
    }
}
