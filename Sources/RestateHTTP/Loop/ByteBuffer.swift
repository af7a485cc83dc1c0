import Glibc

/// A first-in-first-out run of bytes over raw memory that is allocated with the first byte and
/// given back once it is empty and large, so that what waits costs next to nothing.
struct ByteBuffer: ~Copyable {
    /// Memory up to this size is kept for the next bytes when the buffer runs empty.
    static let keptCapacity = 512
    private static let leastCapacity = 64

    private var base: UnsafeMutableRawPointer?
    private var capacity = 0
    private var head = 0
    private var tail = 0

    init() {}

    deinit { free(base) }

    var count: Int { tail &- head }
    var isEmpty: Bool { tail == head }

    /// Valid until the next change.
    var readable: UnsafeRawBufferPointer {
        guard let base else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(start: base + head, count: tail &- head)
    }

    var readableMutable: UnsafeMutableRawBufferPointer {
        guard let base else { return UnsafeMutableRawBufferPointer(start: nil, count: 0) }
        return UnsafeMutableRawBufferPointer(start: base + head, count: tail &- head)
    }

    mutating func clear(keeping kept: Int = keptCapacity) {
        head = 0
        tail = 0
        if capacity > kept { release() }
    }

    mutating func consume(_ count: Int, keeping kept: Int = keptCapacity) {
        head &+= min(count, tail &- head)
        if head == tail { clear(keeping: kept) }
    }

    /// Takes back the last bytes that were appended.
    mutating func truncate(to count: Int) {
        if count < tail &- head { tail = head &+ max(0, count) }
    }

    /// Makes room for `extra` more bytes and returns where they go; `commit` makes them count.
    mutating func reserve(_ extra: Int) -> UnsafeMutableRawPointer {
        if let base, capacity &- tail >= extra { return base + tail }
        return grow(extra)
    }

    mutating func commit(_ count: Int) { tail &+= count }

    mutating func append(_ pointer: UnsafeRawPointer, _ count: Int) {
        memcpy(reserve(count), pointer, count)
        tail &+= count
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if let start = bytes.baseAddress { append(start, bytes.count) }
    }

    mutating func append(_ text: StaticString) { append(text.utf8Start, text.utf8CodeUnitCount) }

    mutating func append(byte: UInt8) {
        reserve(1).storeBytes(of: byte, as: UInt8.self)
        tail &+= 1
    }

    private mutating func release() {
        free(base)
        base = nil
        capacity = 0
    }

    @inline(never)
    private mutating func grow(_ extra: Int) -> UnsafeMutableRawPointer {
        let live = tail &- head
        var memory = base
        // Sliding moves each byte once at most: only done when half of the memory is free in front.
        if let base, capacity - live >= extra, head >= live {
            memcpy(base, base + head, live)
        } else {
            var wanted = max(Self.leastCapacity, capacity)
            while wanted - live < extra { wanted *= 2 }
            memory = malloc(wanted)
            if let memory, let base { memcpy(memory, base + head, live) }
            free(base)
            base = memory
            capacity = wanted
        }
        head = 0
        tail = live
        // Out of memory is the end of the process, as everywhere in Swift.
        guard let memory else { fatalError("out of memory") }
        return memory + tail
    }
}
