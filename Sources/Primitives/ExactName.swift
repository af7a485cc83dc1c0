#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A name that is compared by its UTF-8 bytes.
///
/// Swift compares strings by canonical equivalence: "é" as one character equals "é" as two, and the sign
/// for Kelvin equals the letter K. A Restate server and SQLite compare bytes, so these are two names to them.
package struct ExactName: Hashable, Sendable {
    package let text: String

    package init(text: String) {
        self.text = text
    }

    package static func == (left: Self, right: Self) -> Bool {
        let (left, right) = (left.text.utf8, right.text.utf8)
        // Only texts that were bridged from Foundation have no bytes at hand.
        let isSame = left.withContiguousStorageIfAvailable { left in
            right.withContiguousStorageIfAvailable { right in
                guard left.count == right.count else { return false }
                guard let one = left.baseAddress, let other = right.baseAddress else { return true }
                return memcmp(one, other, left.count) == 0
            }
        }
        return (isSame ?? nil) ?? left.elementsEqual(right)
    }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
