import RestateProtocol

/// A journal as one array of bytes: for each entry a head of 14 bytes (time, type, length) and its
/// payload, all numbers in little-endian order.
///
/// The data folder stores entries in this form, and journals of finished invocations are kept in
/// it, because one array takes less memory than thousands of small ones.
package struct ArchivedJournal: Sendable {
    /// 8 bytes of time, 2 of type, 4 of length.
    private static let headSize = 14

    private(set) var bytes: [UInt8] = []

    package var isEmpty: Bool { bytes.isEmpty }

    init() {}

    init(_ entries: some Collection<JournalEntry>) {
        bytes.reserveCapacity(entries.reduce(0) { $0 + Self.headSize + $1.payload.count })
        for entry in entries {
            let (time, code) = (entry.appendedAt.littleEndian, entry.code.littleEndian)
            let count = UInt32(entry.payload.count).littleEndian
            withUnsafeBytes(of: time) { bytes.append(contentsOf: $0) }
            withUnsafeBytes(of: code) { bytes.append(contentsOf: $0) }
            withUnsafeBytes(of: count) { bytes.append(contentsOf: $0) }
            bytes += entry.payload
        }
    }

    /// Joins stored entries. Returns nil if those of a part are cut off.
    package init?(stored parts: [[UInt8]]) {
        for part in parts where !append(stored: part) { return nil }
    }

    /// Appends stored entries. Returns false and changes nothing if the last one is cut off.
    mutating func append(stored entries: [UInt8]) -> Bool {
        var offset = 0
        while let count = Self.payloadSize(in: entries, at: offset) {
            offset += Self.headSize + count
        }
        guard offset == entries.count else { return false }
        if bytes.isEmpty { bytes = entries } else { bytes += entries }
        return true
    }

    var count: Int {
        var (count, offset) = (0, 0)
        while let size = Self.payloadSize(in: bytes, at: offset) {
            offset += Self.headSize + size
            count += 1
        }
        return count
    }

    /// The bytes behind the first `index` entries.
    func bytes(from index: Int) -> ArraySlice<UInt8> {
        var offset = 0
        for _ in 0..<index {
            guard let size = Self.payloadSize(in: bytes, at: offset) else { break }
            offset += Self.headSize + size
        }
        return bytes[offset...]
    }

    package var entries: [JournalEntry] {
        var entries: [JournalEntry] = []
        var offset = 0
        while let count = Self.payloadSize(in: bytes, at: offset) {
            let (time, code) = bytes.withUnsafeBytes { raw in
                (
                    raw.loadUnaligned(fromByteOffset: offset, as: Timestamp.self),
                    raw.loadUnaligned(fromByteOffset: offset + 8, as: UInt16.self)
                )
            }
            let start = offset + Self.headSize
            entries.append(
                JournalEntry(
                    code: UInt16(littleEndian: code), payload: bytes[start..<(start + count)],
                    appendedAt: Timestamp(littleEndian: time)))
            offset = start + count
        }
        return entries
    }

    /// The size of the payload at an offset; nil if no complete entry is there.
    private static func payloadSize(in bytes: [UInt8], at offset: Int) -> Int? {
        guard bytes.count - offset >= headSize else { return nil }
        let count = bytes.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: offset + 10, as: UInt32.self)
        }
        let size = Int(UInt32(littleEndian: count))
        return size <= bytes.count - offset - headSize ? size : nil
    }
}
