/// One value of a scanned text, or one key.
///
/// The nodes of a text stand in one row, in the order of the text: an array is followed by its
/// elements, an object by key, value, key, value. `next` leaps over all that is inside.
struct JSONNode {
    enum Kind: UInt8 { case null, `true`, `false`, number, string, array, object }

    struct Flags: OptionSet {
        let rawValue: UInt8
        /// A string with backslashes; an object with such a key.
        static let isEscaped = Flags(rawValue: 1)
        static let isNonASCII = Flags(rawValue: 2)
        /// A number without fraction and exponent.
        static let isInteger = Flags(rawValue: 4)
    }

    /// The first byte; of a string, the first behind the quote.
    var offset: UInt32
    /// Bytes of a string or number, elements of an array, members of an object.
    var length: UInt32
    var next: UInt32
    /// Of a large object: one more than the number of its key index, once it has one.
    var keyIndex: UInt32 = 0
    var kind: Kind
    var flags: Flags
}

/// A growing row of nodes, in memory that its owner frees.
struct JSONNodes {
    private(set) var base: UnsafeMutablePointer<JSONNode>
    private(set) var count = 0
    private var capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
    }

    func deallocate() { base.deallocate() }

    @inline(__always) @discardableResult
    mutating func append(
        _ kind: JSONNode.Kind, at offset: Int, length: Int, flags: JSONNode.Flags = []
    ) -> Int {
        if count == capacity { grow() }
        let index = count
        (base + index).initialize(
            to: JSONNode(
                offset: UInt32(truncatingIfNeeded: offset),
                length: UInt32(truncatingIfNeeded: length),
                next: UInt32(truncatingIfNeeded: index &+ 1), kind: kind, flags: flags))
        count = index &+ 1
        return index
    }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<JSONNode>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: base, count: count)
        base.deallocate()
        base = larger
        capacity *= 2
    }
}
