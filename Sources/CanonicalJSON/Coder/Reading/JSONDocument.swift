/// A scanned text, as its bytes and its nodes. Values are made only when they are asked for.
final class JSONDocument {
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private(set) var bytes: UnsafePointer<UInt8>
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var count: Int
    private var ownsBytes = false
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var row: JSONStack<JSONNode>
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var keyIndexes: [[String: Int]] = []
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var recentNames = JSONRecentNames()
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var lastSteps: [Step] = []

    /// `text` must remain valid until the document is deallocated or `keepBytes` is called.
    init(parsing text: UnsafeBufferPointer<UInt8>) throws {
        row = JSONStack(capacity: 64)
        bytes = try Self.scan(text, into: &row)
        count = text.count
    }

    deinit {
        if ownsBytes { bytes.deallocate() }
    }

    private static func scan(
        _ text: UnsafeBufferPointer<UInt8>, into row: inout JSONStack<JSONNode>
    ) throws -> UnsafePointer<UInt8> {
        do {
            return try JSONScanner.scan(text, into: &row)
        } catch {
            throw error.decodingError()
        }
    }

    var nodes: UnsafeMutablePointer<JSONNode> {
        @inline(__always) get { row.base }
    }

    // MARK: Another text

    private static let pool = JSONPool<JSONDocument>()
    /// Bounds the documents that are kept for reuse, because a large one would hold its memory
    /// forever.
    private static let keptNodes = 4096

    /// Scans a text into a document from the pool, or into a new one.
    static func parse(_ text: UnsafeBufferPointer<UInt8>) throws -> JSONDocument {
        guard let document = pool.take() else { return try JSONDocument(parsing: text) }
        document.row.cut(to: 0)
        document.bytes = try scan(text, into: &document.row)
        document.count = text.count
        return document
    }

    /// Returns a document to the pool. Its text is about to become invalid.
    static func finish(_ document: inout JSONDocument) {
        guard isKnownUniquelyReferenced(&document) else {
            // Another reference means that user code kept a decoder, which must remain usable.
            return document.keepBytes()
        }
        guard document.row.capacity <= keptNodes else { return }
        if !document.keyIndexes.isEmpty { document.keyIndexes = [] }
        if !document.lastSteps.isEmpty { document.lastSteps = [] }
        pool.give(document)
    }

    func keepBytes() {
        guard !ownsBytes else { return }
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
        copy.initialize(from: bytes, count: count)
        bytes = UnsafePointer(copy)
        ownsBytes = true
    }

    // MARK: Walking

    @inline(__always)
    func kind(at index: Int) -> JSONNode.Kind { nodes[index].kind }
    @inline(__always)
    func isNull(at index: Int) -> Bool { nodes[index].kind == .null }
    /// The index of the node behind the value at `index` and everything inside it.
    @inline(__always)
    func end(of index: Int) -> Int { Int(nodes[index].next) }
    @inline(__always)
    func text(at index: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(
            start: bytes + Int(nodes[index].offset), count: Int(nodes[index].length))
    }

    /// Whether two strings are spelled alike.
    @inline(__always)
    func haveSameText(_ first: Int, _ second: Int) -> Bool {
        let (first, second) = (text(at: first), text(at: second))
        guard first.count == second.count else { return false }
        var index = 0
        while index < first.count, first[index] == second[index] { index &+= 1 }
        return index == first.count
    }

    /// Returns the number of elements or members of the container at `index`.
    @inline(__always)
    func expect(_ kind: JSONNode.Kind, at index: Int, for type: Any.Type) throws -> Int {
        guard nodes[index].kind == kind else { throw mismatch(type, kind.name, at: index) }
        return Int(nodes[index].length)
    }

    /// The number of pairs of a dictionary, which is an object or an array of alternating keys and
    /// values.
    func pairs(at index: Int) -> Int {
        Int(nodes[index].length) / (nodes[index].kind == .object ? 1 : 2)
    }

    // MARK: Members

    /// Refuses an object with duplicate names: it is ambiguous, and readers in other languages
    /// choose different members.
    @inline(__always)
    func requireDifferentNames(of object: Int) throws {
        let count = nodes[object].length
        if count > 16 || nodes[object].flags != [] { return try indexNames(of: object) }
        // This is a small Bloom filter. Each name sets two bits, chosen by its length and three of
        // its bytes. As long as one of the two is new, so is the name.
        var (seen, seenToo): (UInt64, UInt64) = (0, 0)
        var index = object &+ 1
        let end = Int(nodes[object].next)
        while index < end {
            let length = Int(nodes[index].length)
            var mark = UInt64(truncatingIfNeeded: length)
            if length > 0 {
                let text = bytes + Int(nodes[index].offset)
                mark = mark &<< 8 | UInt64(text[0])
                mark = mark &<< 8 | UInt64(text[length &- 1])
                mark = mark &<< 8 | UInt64(text[length &>> 1])
            }
            mark = mark &* 0x9E37_79B9_7F4A_7C15
            let (bit, bitToo): (UInt64, UInt64) = (1 &<< (mark &>> 58), 1 &<< (mark &>> 50 & 63))
            if seen & bit != 0, seenToo & bitToo != 0 { return try compareNames(of: object) }
            seen |= bit
            seenToo |= bitToo
            index = Int(nodes[index &+ 1].next)
        }
    }

    /// Compares each name with all before it, after the filter found a possible duplicate.
    @inline(never)
    private func compareNames(of object: Int) throws {
        var index = object + 1
        while index < end(of: object) {
            if memberByBytes(text(at: index), of: object) != index + 1 { throw doubled(at: index) }
            index = end(of: index + 1)
        }
    }

    func doubled(at name: Int) -> DecodingError {
        corrupted("the member '\(string(at: name).prefix(60))' stands here twice", at: name)
    }

    /// Returns the index of a member's value, or nil.
    @inline(__always)
    func member(_ key: String, of object: Int) -> Int? {
        if nodes[object].length > 16 || nodes[object].flags != [] {
            return memberBySearch(key, of: object)
        }
        var key = key
        return key.withUTF8 { memberByBytes($0, of: object) }
    }

    /// Searches linearly, which for a few keys is cheaper than any index. Of equal keys the first
    /// is found.
    private func memberByBytes(_ key: UnsafeBufferPointer<UInt8>, of object: Int) -> Int? {
        var index = object &+ 1
        let end = Int(nodes[object].next)
        while index < end {
            if Int(nodes[index].length) == key.count {
                let text = bytes + Int(nodes[index].offset)
                var same = 0
                while same < key.count, text[same] == key[same] { same &+= 1 }
                if same == key.count { return index &+ 1 }
            }
            index = Int(nodes[index &+ 1].next)
        }
        return nil
    }

    /// Handles large objects, and keys that have several spellings: escaped or not in ASCII.
    @inline(never)
    private func memberBySearch(_ key: String, of object: Int) -> Int? {
        let place = nodes[object].keyIndex
        // `requireDifferentNames` has built the index before anyone asks for members.
        guard place != 0, let step = keyIndexes[Int(place) - 1][key] else { return nil }
        return object + step
    }

    @inline(never)
    private func indexNames(of object: Int) throws {
        guard nodes[object].keyIndex == 0 else { return }
        keyIndexes.append(try places(of: object))
        nodes[object].keyIndex = UInt32(keyIndexes.count)
    }

    /// Returns where the value of each name is, in nodes behind the object's own.
    /// - Throws: if a name comes twice.
    func places(of object: Int) throws -> [String: Int] {
        let count = Int(nodes[object].length)
        let isLarge = count >= Self.many
        if isLarge, let places = recentNames.places(of: object, in: self) { return places }
        var places: [String: Int] = [:]
        places.reserveCapacity(count)
        var name = object + 1
        for _ in 0..<count {
            guard places.updateValue(name + 1 - object, forKey: string(at: name)) == nil else {
                throw doubled(at: name)
            }
            name = end(of: name + 1)
        }
        if isLarge { recentNames.keep(places, of: object, in: self) }
        return places
    }

    /// From this many members on, a table of their places pays.
    static let many = 8

    // MARK: Paths

    /// Remembers which child of a container the last path went through.
    private struct Step {
        var container: Int
        var child: Int
        var element: Int
    }

    /// Computes the coding path to a value.
    ///
    /// `Codable` code that tries one type after the other makes an error, with a path, at each
    /// failure. So the search continues where the last one ended instead of at the first sibling.
    func path(to target: Int) -> [any CodingKey] {
        var path: [any CodingKey] = []
        var steps: [Step] = []
        var index = 0
        while index < target, kind(at: index) == .array || kind(at: index) == .object {
            let isObject = kind(at: index) == .object
            var step = Step(container: index, child: index + (isObject ? 2 : 1), element: 0)
            if steps.count < lastSteps.count, lastSteps[steps.count].container == index,
                lastSteps[steps.count].child <= target
            {
                step = lastSteps[steps.count]
            }
            while end(of: step.child) <= target {
                step.child = end(of: step.child) + (isObject ? 1 : 0)
                step.element += 1
            }
            index = step.child
            path.append(isObject ? JSONKey(string(at: index - 1)) : JSONKey(index: step.element))
            steps.append(step)
        }
        lastSteps = steps
        return path
    }
}
