#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A first-in-first-out buffer of bytes. Its memory is allocated with the first byte and freed when
/// the buffer is empty and large, so that an idle connection or stream costs nearly nothing.
struct ByteBuffer: ~Copyable {
    /// An empty buffer keeps memory up to this size.
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

    /// The buffered bytes. The pointer is valid until the next change.
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

    /// Removes bytes that were appended last, so that `count` are left.
    mutating func truncate(to count: Int) {
        if count < tail &- head { tail = head &+ max(0, count) }
    }

    /// Makes room for `extra` bytes and returns where they are to be written. `commit` then adds
    /// them.
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
        // Moving the bytes to the front pays only if at least half of the used memory is free
        // there: so each byte is moved at most once.
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
        // Running out of memory ends the process, as everywhere in Swift.
        guard let memory else { fatalError("out of memory") }
        return memory + tail
    }
}
