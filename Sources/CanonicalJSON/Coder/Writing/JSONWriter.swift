/// Writes one JSON text into one buffer while `encode(to:)` methods call each other.
///
/// The value that is being encoded is `frame`; the values around it are in `outer`. Values end in
/// the order of their nesting, so their bytes can be written in place. Only nested containers and
/// super encoders may stay open beside other values. Each of those gets a writer of its own, whose
/// bytes are inserted when the surrounding value ends.
final class JSONWriter {
    /// A value that is being encoded.
    struct Frame {
        enum Kind { case undecided, keyed, unkeyed, single }

        var kind = Kind.undecided
        /// Identifies the value, so that containers whose value has ended cannot write any more.
        var serial = 0
        var start = 0
        var elements = 0
        /// The number of arrays and objects around the value, including the value.
        var nesting = 0
        var firstEntry = 0
        var firstChild = 0
        var keysAscend = true
        var hasEscapedKey = false
        var hasNonASCIIKey = false
        /// Whether the keys are known to be different even by canonical equivalence, as those of a
        /// dictionary of strings are.
        var keysDiffer = false
    }

    /// A member of an object: its position, and the first bytes of its key for quick comparison.
    struct Entry {
        var prefix: UInt64
        var start: Int
        /// The length of the key with its escapes but without its quotes.
        var keyLength: Int
        /// The length of the whole member; known when the object ends.
        var length = 0
        /// Which member of its object it is; known when the object ends.
        var index = 0
    }

    struct Child {
        var offset: Int
        var key: JSONKey
        var writer: JSONWriter
    }

    // Exclusivity checks are off in release builds, because only the encoding thread uses a writer
    // and no access calls user code. The checks would be a quarter of the cost (`benchmarks json`
    // with and without them).
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private(set) var bytes: UnsafeMutablePointer<UInt8>
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private(set) var count = 0
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private(set) var capacity: Int
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var frame = Frame()
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var outer = JSONStack<Frame>(capacity: 16)
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var entries = JSONStack<Entry>(capacity: 64)
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var children: [Child] = []
    /// How the members of the last large object were sorted: which one came first, and so on.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var lastOrder: [Int] = []
    private var lastSerial = 0
    /// Nested writers that have ended and can be reused.
    private var spares: [JSONWriter] = []
    private(set) var parent: JSONWriter?
    /// The first invalid call. Boxed, so that asking for it after every text copies no context.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var misuse: JSONMisuse?

    init() {
        capacity = 1024
        bytes = .allocate(capacity: capacity)
    }

    deinit {
        bytes.deallocate()
    }

    private static let pool = JSONPool<JSONWriter>()
    /// The capacity beyond which a buffer is freed instead of being kept for reuse.
    private static let keptCapacity = 64 * 1024

    static func take() -> JSONWriter { pool.take() ?? JSONWriter() }

    /// Returns a writer to the pool after its bytes were taken. A writer to which a container still
    /// refers is not reused.
    static func finish(_ writer: inout JSONWriter) {
        guard isKnownUniquelyReferenced(&writer), writer.capacity <= keptCapacity else { return }
        writer.reset()
        pool.give(writer)
    }

    private func reset() {
        lastSerial &+= 1
        frame = Frame(serial: lastSerial)
        count = 0
        outer.cut(to: 0)
        entries.cut(to: 0)
        if !children.isEmpty { children = [] }
        if misuse != nil { misuse = nil }
    }

    // MARK: Values

    func encodeRoot<T: Encodable>(_ value: T) throws {
        try encode(value, orWhenEmpty: .refuse)
    }

    @inline(__always)
    func encode<T: Encodable>(_ value: T) throws {
        try encode(value, orWhenEmpty: .writeObject)
    }

    /// Says how a value is treated that encodes nothing. Foundation refuses it only at the top
    /// level.
    enum EmptyValue { case refuse, writeObject }

    private func encode<T: Encodable>(_ value: T, orWhenEmpty empty: EmptyValue) throws {
        let plan = JSONTypePlan.of(T.self)
        if plan.kind != .other { return try encodeKnown(value, plan.kind) }
        let writable = plan.writable
        if let writable, plan.isOptional { return try encode(value, as: writable) }
        try open(value)
        do {
            if let writable {
                try encode(value, as: writable)
            } else {
                try value.encode(to: JSONValueEncoder(writer: self, serial: frame.serial))
            }
            if empty == .refuse, frame.kind == .undecided {
                throw EncodingError.invalidValue(
                    value,
                    .init(codingPath: [], debugDescription: "\(T.self) did not encode any value"))
            }
        } catch {
            abandon()
            throw error
        }
        close()
    }

    private func encode<T, C: JSONWritable>(_ value: T, as type: C.Type) throws {
        try unsafeBitCast(value, to: C.self).write(to: self)  // The plan says that T is C.
    }

    // MARK: Frames

    private func open<T>(_ value: T) throws {
        // Wrappers around one value write no bracket, so their limit is higher. Brackets are
        // counted in `become`, because a scalar may be in the innermost array.
        guard frame.nesting <= JSON.maximumDepth, outer.count < JSON.maximumDepth * 4 else {
            throw EncodingError.invalidValue(
                value, .init(codingPath: path(), debugDescription: Self.tooDeep))
        }
        outer.push(frame)
        lastSerial &+= 1
        frame = Frame(
            serial: lastSerial, start: count, nesting: frame.nesting,
            firstEntry: entries.count, firstChild: children.count)
    }

    /// Ends the value. Its bytes are complete afterwards.
    private func close() {
        finishFrame()
        frame = outer.pop()
    }

    private func finishFrame() {
        if children.count > frame.firstChild { spliceChildren() }
        switch frame.kind {
        case .undecided:
            if frame.nesting == JSON.maximumDepth { _ = fail(Self.tooDeep, at: path()) }
            append(UInt8(ascii: "{"))
            append(UInt8(ascii: "}"))
        case .keyed:
            if !frame.keysAscend || frame.hasNonASCIIKey { orderMembers() }
            entries.cut(to: frame.firstEntry)
            append(UInt8(ascii: "}"))
        case .unkeyed:
            append(UInt8(ascii: "]"))
        case .single: break
        }
    }

    /// Discards a value whose encoding failed, so that the code that catches the error can encode
    /// another value.
    private func abandon() {
        count = frame.start
        entries.cut(to: frame.firstEntry)
        children.removeLast(children.count - frame.firstChild)
        frame = outer.pop()
    }

    /// Makes the current value an object, an array or a scalar. Returns false if it is another kind
    /// already.
    func become(_ kind: Frame.Kind, _ serial: Int) -> Bool {
        guard serial == frame.serial else { return staleContainer() }
        if frame.kind == kind, kind != .single { return true }
        guard frame.kind == .undecided else {
            return fail("a value was encoded in two different ways")
        }
        frame.kind = kind
        guard kind == .keyed || kind == .unkeyed else { return true }
        append(UInt8(ascii: kind == .keyed ? "{" : "["))
        frame.nesting &+= 1
        return frame.nesting <= JSON.maximumDepth || fail(Self.tooDeep, at: path())
    }

    /// Begins an element of an array. Returns false if this container may not write now.
    @inline(__always)
    func beginElement(_ serial: Int) -> Bool {
        guard serial == frame.serial else { return staleContainer() }
        if frame.elements != 0 { append(UInt8(ascii: ",")) }
        frame.elements &+= 1
        return true
    }

    /// Removes the element or member that begins at `start`, because its value failed.
    func takeBack(to start: Int) {
        count = start
        frame.elements -= 1
        if frame.kind == .keyed { entries.cut(to: entries.count - 1) }
    }

    // MARK: Nested writers

    /// Returns a writer whose bytes will be inserted here when the current value ends.
    func addChild(_ kind: Frame.Kind, key: JSONKey) -> JSONWriter {
        let child = root.spares.popLast() ?? JSONWriter()
        child.parent = self
        child.lastSerial &+= 1
        child.frame = Frame(serial: child.lastSerial, nesting: frame.nesting)
        if kind != .undecided { _ = child.become(kind, child.lastSerial) }
        children.append(Child(offset: count, key: key, writer: child))
        return child
    }

    /// Ends the only value of a nested writer and invalidates its containers.
    func finishChild() {
        finishFrame()
        lastSerial &+= 1
        frame = Frame(serial: lastSerial)
    }

    /// Keeps a nested writer for reuse.
    func recycle(_ child: JSONWriter) {
        child.count = 0
        child.parent = nil
        root.spares.append(child)
    }

    var root: JSONWriter {
        var writer = self
        while let parent = writer.parent { writer = parent }
        return writer
    }

    // MARK: Misuse

    private static let tooDeep = "nested deeper than \(JSON.maximumDepth) levels"

    func staleContainer() -> Bool { fail("a container was used after its value had ended") }

    /// Notes an invalid call of a `Codable` method that cannot throw. `encode` throws it at the
    /// end.
    func fail(_ sentence: String, at path: @autoclosure () -> [any CodingKey] = []) -> Bool {
        let root = root
        if root.misuse == nil {
            root.misuse = JSONMisuse(
                EncodingError.Context(codingPath: path(), debugDescription: sentence))
        }
        return false
    }

    /// Returns the error that `fail` noted, as an error about `value`.
    ///
    /// Inlined, because otherwise each value would be boxed as `Any` for the case of an error.
    @inline(__always)
    func misuseError<T>(_ value: T) -> EncodingError? {
        guard let misuse else { return nil }
        return .invalidValue(value, misuse.context)
    }

    // MARK: Bytes

    @inline(__always)
    func reserve(_ more: Int) {
        if count &+ more > capacity { grow(more) }
    }

    @inline(never)
    private func grow(_ more: Int) {
        let larger = max(capacity * 2, count + more)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        moved.update(from: bytes, count: count)
        bytes.deallocate()
        bytes = moved
        capacity = larger
    }

    @inline(__always)
    func append(_ byte: UInt8) {
        reserve(1)
        bytes[count] = byte
        count &+= 1
    }

    /// The free bytes behind the text. The caller has reserved them, and says how many it has
    /// filled.
    @inline(__always)
    var end: UnsafeMutablePointer<UInt8> { bytes + count }
    @inline(__always)
    func advance(by filled: Int) { count &+= filled }

    func truncate(to shorter: Int) { count = shorter }
}

/// An invalid call of a `Codable` method that cannot throw.
private final class JSONMisuse {
    let context: EncodingError.Context

    init(_ context: EncodingError.Context) { self.context = context }
}
