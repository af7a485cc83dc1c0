#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Finds damage in SQLite's write-ahead log that SQLite itself does not report.
///
/// The log has a header and frames of one page each, with a chain of checksums. SQLite takes the
/// first frame that does not match for the end of the log and ignores the rest. A crash leaves at
/// most one commit there, because each one is on the disk before the next begins. More of them mean
/// that acknowledged commits were lost.
enum WriteAheadLog {
    private static let headSize = 32
    private static let frameHeadSize = 24

    /// Returns false if there is no log.
    static func isDamaged(_ path: String) -> Bool {
        guard let log = FileManager.default.contents(atPath: path) else { return false }
        return log.withUnsafeBytes { isDamaged($0) }
    }

    private static func isDamaged(_ log: UnsafeRawBufferPointer) -> Bool {
        guard log.count > headSize else { return false }
        func word(_ offset: Int) -> UInt32 {
            UInt32(bigEndian: log.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        }
        let pageSize = Int(word(8))
        var checksum = Checksum(isBigEndian: word(0) & 1 == 1)
        checksum.add(log, 0..<24)
        guard word(0) | 1 == 0x377F_0683, (512...65536).contains(pageSize),
            checksum.is(word(24), word(28))
        else { return log.prefix(headSize).contains { $0 != 0 } }

        let salt = (word(16), word(20))
        var fits = true
        var lostCommits = 0
        var frame = headSize
        while frame + frameHeadSize + pageSize <= log.count {
            let page = frame + frameHeadSize
            // Frames with another salt are left over from before the log was restarted.
            let isOfThisLog = (word(frame + 8), word(frame + 12)) == salt
            if fits {
                checksum.add(log, frame..<frame + 8)
                checksum.add(log, page..<page + pageSize)
                fits = isOfThisLog && checksum.is(word(frame + 16), word(frame + 20))
            }
            let isCommit = word(frame + 4) != 0
            if !fits, isOfThisLog, isCommit { lostCommits += 1 }
            frame = page + pageSize
        }
        return lostCommits > 1
    }

    /// The checksum of the log's format: two sums over pairs of words, in the byte order that the
    /// log's header names.
    private struct Checksum {
        private var sums: (UInt32, UInt32) = (0, 0)
        private let isBigEndian: Bool

        init(isBigEndian: Bool) {
            self.isBigEndian = isBigEndian
        }

        /// Adds a range whose length is a multiple of eight bytes.
        mutating func add(_ log: UnsafeRawBufferPointer, _ range: Range<Int>) {
            var (first, second) = sums
            for offset in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
                let pair = (
                    log.loadUnaligned(fromByteOffset: offset, as: UInt32.self),
                    log.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
                )
                first &+= second
                first &+= isBigEndian ? UInt32(bigEndian: pair.0) : UInt32(littleEndian: pair.0)
                second &+= first
                second &+= isBigEndian ? UInt32(bigEndian: pair.1) : UInt32(littleEndian: pair.1)
            }
            sums = (first, second)
        }

        func `is`(_ first: UInt32, _ second: UInt32) -> Bool { sums == (first, second) }
    }
}
