/// Writes one JSON text front to back into one buffer, while `encode(to:)` methods call each other.
///
/// The value being encoded now is `frame`; the ones around it wait in `outer`. Values end in the
/// order they nest, so their bytes can be written where they belong at once. Only what may stay
/// open beside its neighbours (nested containers, super encoders) gets a writer of its own, which is
/// spliced in when the value around it ends.
final class JSONWriter {
    /// One value that is being encoded.
    struct Frame {
        enum Kind { case undecided, keyed, unkeyed, single }

        var kind = Kind.undecided
        /// Tells containers whose value has ended from the one that may write now.
        var serial = 0
        var start = 0
        var elements = 0
        /// Arrays and objects around the value, itself included.
        var nesting = 0
        var firstEntry = 0
        var firstChild = 0
        var keysAscend = true
        var hasEscapedKey = false
        var hasNonASCIIKey = false
        /// Of a dictionary: no two keys are equal, however they are spelled.
        var keysDiffer = false
    }

    /// A member of an object: where it starts, and its key's first bytes for quick comparison.
    struct Entry {
        var prefix: UInt64
        var start: Int
        /// As written, so with escapes but without quotes.
        var keyLength: Int
        /// Of the whole member; known when the object ends.
        var length = 0
    }

    struct Child {
        var offset: Int
        var key: JSONKey
        var writer: JSONWriter
    }

    // Only the encoding thread sees a writer, and no access calls user code, so the run-time checks for
    // overlapping access find nothing. They are a quarter of the cost: `benchmarks json` with and without.
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
    private var lastSerial = 0
    /// Writers of nested containers that have ended, for the next ones.
    private var spares: [JSONWriter] = []
    private(set) var parent: JSONWriter?
    private var misuse: EncodingError.Context?

    init() {
        capacity = 1024
        bytes = .allocate(capacity: capacity)
    }

    deinit {
        bytes.deallocate()
    }

    private static let pool = JSONPool<JSONWriter>()
    /// A writer that has grown beyond this is not worth keeping.
    private static let keptCapacity = 64 * 1024

    static func take() -> JSONWriter { pool.take() ?? JSONWriter() }

    /// Ends the work with `writer`, whose bytes have been taken. One that a container still
    /// refers to is not used again.
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
        misuse = nil
    }

    // MARK: Values

    func encodeRoot<T: Encodable>(_ value: T) throws {
        try encode(value, orWhenEmpty: .refuse)
    }

    @inline(__always)
    func encode<T: Encodable>(_ value: T) throws {
        try encode(value, orWhenEmpty: .writeObject)
    }

    /// What becomes of a value that encodes nothing: Foundation refuses it at the top only.
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
        // Wrappers around one value write no bracket, so they are counted more generously. What does
        // write one is looked at in `become`: a scalar may stand in the innermost array.
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

    /// Ends the value: its bytes are complete when this returns.
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

    /// Takes back a value that failed, so that a handler of the error may encode something else.
    private func abandon() {
        count = frame.start
        entries.cut(to: frame.firstEntry)
        children.removeLast(children.count - frame.firstChild)
        frame = outer.pop()
    }

    /// Makes the current value an object, an array or a scalar; a value can be only one of them.
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

    /// Starts an element of an array; false if this container may not write now.
    @inline(__always)
    func beginElement(_ serial: Int) -> Bool {
        guard serial == frame.serial else { return staleContainer() }
        if frame.elements != 0 { append(UInt8(ascii: ",")) }
        frame.elements &+= 1
        return true
    }

    /// Takes back the element or member begun at `start`, whose value failed.
    func takeBack(to start: Int) {
        count = start
        frame.elements -= 1
        if frame.kind == .keyed { entries.cut(to: entries.count - 1) }
    }

    // MARK: Nested writers

    /// A writer whose bytes will come here, at the current place, when the current value ends.
    func addChild(_ kind: Frame.Kind, key: JSONKey) -> JSONWriter {
        let child = root.spares.popLast() ?? JSONWriter()
        child.parent = self
        child.lastSerial &+= 1
        child.frame = Frame(serial: child.lastSerial, nesting: frame.nesting)
        if kind != .undecided { _ = child.become(kind, child.lastSerial) }
        children.append(Child(offset: count, key: key, writer: child))
        return child
    }

    /// Ends a child's only value and makes its containers stale.
    func finishChild() {
        finishFrame()
        lastSerial &+= 1
        frame = Frame(serial: lastSerial)
    }

    /// Keeps a spliced child for the next nested container.
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

    /// Notes what `Codable` calls that cannot throw did wrong; the encoding ends with it.
    func fail(_ sentence: String, at path: @autoclosure () -> [any CodingKey] = []) -> Bool {
        let root = root
        if root.misuse == nil {
            root.misuse = EncodingError.Context(codingPath: path(), debugDescription: sentence)
        }
        return false
    }

    /// Returns the mistake that `fail` noted, as an error about `value`.
    ///
    /// Inlined, because as `Any` each value would be put into a box, only for the case of a mistake.
    @inline(__always)
    func misuseError<T>(_ value: T) -> EncodingError? {
        guard let misuse else { return nil }
        return .invalidValue(value, misuse)
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

    /// The free bytes behind the text; the caller has reserved them and says how many it filled.
    @inline(__always)
    var end: UnsafeMutablePointer<UInt8> { bytes + count }
    @inline(__always)
    func advance(by filled: Int) { count &+= filled }

    func truncate(to shorter: Int) { count = shorter }
}
