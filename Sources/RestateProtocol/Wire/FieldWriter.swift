/// Appends frames and their fields to one growing array.
///
/// Plain fields with their default value are omitted, as all official encoders do, so that equal
/// messages have equal bytes. The length of a nested message is filled in after its fields.
package struct FieldWriter: Sendable {
    package private(set) var bytes: [UInt8] = []
    /// For how many bytes the first frame reserves memory, so that they do not grow in small steps.
    private var expected = 256

    package init() {}

    /// Makes a writer that does not grow before it has written so many bytes.
    package init(reserving capacity: Int) { bytes.reserveCapacity(capacity) }

    /// Makes the same of a writer of frames, which takes the memory with the first one.
    package init(expecting count: Int) { expected = count }

    /// Removes and returns what was written, without a copy, and keeps no memory.
    package mutating func takeAll() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &bytes)
        expected = 256
        return taken
    }

    /// Removes what was written last, so that `count` bytes remain.
    package mutating func truncate(to count: Int) {
        bytes.removeLast(bytes.count - count)
    }

    package mutating func frame(_ message: some Message, flags: UInt16 = 0) {
        frame(code: message.code, flags: flags) { message.encode(into: &$0) }
    }

    /// Appends a message that is encoded already, with its header.
    package mutating func frame(code: UInt16, payload: Bytes) {
        let head = UInt64(code) << 48 | UInt64(UInt32(truncatingIfNeeded: payload.count))
        withUnsafeBytes(of: head.bigEndian) { bytes.append(contentsOf: $0) }
        payload.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }

    /// Tells whether `message` would be encoded as exactly this payload. The buffer is unchanged
    /// afterwards.
    package mutating func writes(_ message: some Message, as payload: Bytes) -> Bool {
        let start = bytes.count
        message.encode(into: &self)
        defer { bytes.removeLast(bytes.count - start) }
        return bytes[start...] == payload
    }

    private mutating func frame(
        code: UInt16, flags: UInt16, _ body: (inout FieldWriter) -> Void
    ) {
        let start = bytes.count
        if start == 0 { bytes.reserveCapacity(expected) }
        for _ in 0..<FrameHeader.size { bytes.append(0) }
        body(&self)
        let length = bytes.count - start - FrameHeader.size
        let head =
            UInt64(code) << 48 | UInt64(flags) << 32 | UInt64(UInt32(truncatingIfNeeded: length))
        bytes.withUnsafeMutableBytes {
            $0.storeBytes(of: head.bigEndian, toByteOffset: start, as: UInt64.self)
        }
    }

    // MARK: Plain fields, left out when they hold their default

    package mutating func uint32(_ number: Int, _ value: UInt32) {
        if value != 0 { optional(number, value) }
    }

    package mutating func uint64(_ number: Int, _ value: UInt64) {
        if value != 0 { varintField(number, value) }
    }

    package mutating func bool(_ number: Int, _ value: Bool) {
        if value { varintField(number, 1) }
    }

    package mutating func string(_ number: Int, _ value: String) {
        if !value.isEmpty { optional(number, value) }
    }

    package mutating func bytes(_ number: Int, _ value: Bytes) {
        if !value.isEmpty { present(number, value) }
    }

    // MARK: Fields with presence, written whenever there is a value

    package mutating func optional(_ number: Int, _ value: UInt32?) {
        if let value { varintField(number, UInt64(value)) }
    }

    package mutating func optional(_ number: Int, _ value: UInt64?) {
        if let value { varintField(number, value) }
    }

    package mutating func optional(_ number: Int, _ value: String?) {
        guard var value else { return }
        value.withUTF8 { utf8 in
            delimited(number, count: utf8.count)
            bytes.append(contentsOf: utf8)
        }
    }

    /// Writes bytes even if they are empty.
    package mutating func present(_ number: Int, _ value: Bytes) {
        delimited(number, count: value.count)
        value.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }

    /// Writes a `Value`, which is a message whose only field is the content.
    package mutating func value(_ number: Int, _ content: Bytes) {
        guard !content.isEmpty else { return delimited(number, count: 0) }
        let size = 1 + varintSize(content.count) + content.count
        guard number < 16, size < 0x80 else {
            delimited(number, count: size)
            return present(1, content)
        }
        // Most values are this small, so both tags and both lengths are written in one step.
        let heads =
            UInt32(UInt8(number << 3 | 2)) | UInt32(size) << 8
            | 0x0A << 16 | UInt32(content.count) << 24
        withUnsafeBytes(of: heads.littleEndian) { bytes.append(contentsOf: $0) }
        content.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }

    /// Writes a message without fields.
    package mutating func void(_ number: Int) {
        delimited(number, count: 0)
    }

    package mutating func message(_ number: Int, _ message: some FieldCoded) {
        delimited(number, count: 0)
        let start = bytes.count
        message.encode(into: &self)
        let count = bytes.count - start
        // One byte was reserved for the length, which is enough for most headers and failures. A
        // longer length moves the fields.
        bytes[start - 1] = UInt8(truncatingIfNeeded: count & 0x7F) | (count < 0x80 ? 0 : 0x80)
        if count >= 0x80 {
            var rest: [UInt8] = []
            var left = count >> 7
            while left >= 0x80 {
                rest.append(UInt8(truncatingIfNeeded: left) | 0x80)
                left >>= 7
            }
            rest.append(UInt8(left))
            bytes.insert(contentsOf: rest, at: start)
        }
    }

    package mutating func messages(_ number: Int, _ messages: [some FieldCoded]) {
        for each in messages { message(number, each) }
    }

    package mutating func packed(_ number: Int, _ values: [UInt32]) {
        guard !values.isEmpty else { return }
        delimited(number, count: values.reduce(0) { $0 + varintSize(Int($1)) })
        for value in values { varint(UInt64(value)) }
    }

    // MARK: Bytes

    private mutating func varintField(_ number: Int, _ value: UInt64) {
        tag(number, .varint)
        varint(value)
    }

    private mutating func delimited(_ number: Int, count: Int) {
        tag(number, .delimited)
        varint(UInt64(count))
    }

    private mutating func tag(_ number: Int, _ type: WireType) {
        varint(UInt64(number) << 3 | UInt64(type.rawValue))
    }

    @inline(__always)
    private mutating func varint(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: value))
    }

    /// Computes ⌈significant bits ÷ 7⌉ without a division.
    private func varintSize(_ value: Int) -> Int {
        ((63 - (UInt64(value) | 1).leadingZeroBitCount) * 9 + 73) >> 6
    }
}
