/// Writes the decimal digits of integers without making a `String`.
enum JSONDigits {
    /// Enough bytes for the longest 64-bit integer and its sign.
    static let capacity = 20

    /// Writes an integer to `target`, which must have space for `capacity` bytes, and returns the
    /// number of bytes written.
    @inline(__always)
    static func write(
        _ magnitude: UInt64, negative: Bool, to target: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var count = 0
        if negative {
            target[0] = UInt8(ascii: "-")
            count = 1
        }
        if magnitude < 10 {
            target[count] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: magnitude)
            return count &+ 1
        }
        count &+= length(of: magnitude)
        var rest = magnitude
        var index = count
        repeat {
            index &-= 1
            target[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest != 0
        return count
    }

    @inline(__always)
    private static func length(of magnitude: UInt64) -> Int {
        var length = 1
        var rest = magnitude
        while rest >= 10_000 {
            rest /= 10_000
            length &+= 4
        }
        if rest >= 1000 { return length &+ 3 }
        if rest >= 100 { return length &+ 2 }
        return rest >= 10 ? length &+ 1 : length
    }
}
