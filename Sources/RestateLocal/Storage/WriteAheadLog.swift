#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The log behind a database, as SQLite writes it: a header, and frames of one page each, whose
/// checksums are a chain.
///
/// SQLite takes the first frame that does not fit for the end, as a crash leaves it, and forgets
/// all that follows. But a crash leaves one commit there at most, because each is on the disk before
/// the next begins: more of them were there, and acknowledged.
enum WriteAheadLog {
    private static let headSize = 32
    private static let frameHeadSize = 24

    /// False if there is no log.
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
            // Others are left over from before the log was begun anew.
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

    private struct Checksum {
        private var sums: (UInt32, UInt32) = (0, 0)
        private let isBigEndian: Bool

        init(isBigEndian: Bool) {
            self.isBigEndian = isBigEndian
        }

        /// A multiple of eight bytes.
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
