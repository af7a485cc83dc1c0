/// The bytes of one direction of a stream, first in, first out. Those that are written or taken as a whole array are
/// moved and not copied.
///
/// A ``ByteBuffer`` is for bytes that pass from one buffer to the next, and could not give its memory away as an array.
struct StreamBytes: ~Copyable {
    private var bytes: [UInt8] = []
    /// The bytes before it were consumed.
    private var head = 0

    init() {}

    var count: Int { bytes.count &- head }
    var isEmpty: Bool { bytes.count == head }

    /// Gives access to all bytes without removing them.
    func withReadable<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[head...])) }
    }

    mutating func append(_ more: UnsafeRawBufferPointer) {
        if bytes.isEmpty {
            bytes = [UInt8](more)
            return
        }
        // Moving the bytes to the front pays only if at least half of the used memory is free there: so each byte is
        // moved at most once.
        if head > 0, bytes.capacity &- bytes.count < more.count, head >= count {
            bytes.removeSubrange(..<head)
            head = 0
        }
        bytes.append(contentsOf: more)
    }

    mutating func append(moving more: consuming [UInt8]) {
        if isEmpty {
            bytes = more
            head = 0
        } else {
            more.withUnsafeBytes { append($0) }
        }
    }

    /// Moves the first `count` bytes, of which there are at least as many.
    mutating func move(_ count: Int, to out: inout ByteBuffer) {
        withReadable { out.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        consume(count)
    }

    mutating func consume(_ count: Int) {
        head &+= min(count, self.count)
        if head == bytes.count { clear() }
    }

    mutating func clear() {
        if bytes.isEmpty { return }
        head = 0
        bytes = []
    }

    /// Removes and returns all bytes.
    mutating func takeAll() -> [UInt8] {
        // An array that grew in steps has room to spare, which its new owner would keep: messages share its memory.
        if head > 0 || bytes.capacity &- bytes.count > max(256, bytes.count / 4) {
            let taken = Array(bytes[head...])
            clear()
            return taken
        }
        var taken: [UInt8] = []
        swap(&taken, &bytes)
        return taken
    }
}
