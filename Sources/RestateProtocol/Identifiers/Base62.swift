/// Base 62 as a server's ids use it: numbers of up to 128 bits in the digits 0–9, a–z, A–Z, padded
/// with zeros to a fixed width.
package enum Base62 {
    private static let alphabet: StaticString =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

    /// As many digits as fit into 64 bits are divided off at once: dividing 128 bits is slow.
    private static let chunk = (digits: 10, value: UInt64(839_299_365_868_340_224))

    package static func encode(high: UInt64, low: UInt64, width: Int) -> String {
        String(unsafeUninitializedCapacity: width) { text in
            write(high: high, low: low, to: UnsafeMutableBufferPointer(rebasing: text[..<width]))
            return width
        }
    }

    /// Fills all of `text` with the digits.
    package static func write(
        high: UInt64, low: UInt64, to text: UnsafeMutableBufferPointer<UInt8>
    ) {
        var (high, low) = (high, low)
        var end = text.count
        while end > 0 {
            let upper = high.quotientAndRemainder(dividingBy: chunk.value)
            let lower =
                upper.remainder == 0
                ? low.quotientAndRemainder(dividingBy: chunk.value)
                : chunk.value.dividingFullWidth((upper.remainder, low))
            (high, low) = (upper.quotient, lower.quotient)
            var rest = lower.remainder
            let start = max(0, end - chunk.digits)
            while end > start {
                end -= 1
                text[end] = alphabet.utf8Start[Int(rest % 62)]
                rest /= 62
            }
        }
    }

    /// Returns nil for any other character, and for a number of more than 128 bits.
    package static func decode(_ digits: some Sequence<UInt8>) -> (high: UInt64, low: UInt64)? {
        var (high, low): (UInt64, UInt64) = (0, 0)
        for digit in digits {
            guard let value = value(of: digit) else { return nil }
            let lower = low.multipliedFullWidth(by: 62)
            let (sum, carry) = lower.low.addingReportingOverflow(value)
            let (upper, overflow) = high.multipliedReportingOverflow(by: 62)
            let (total, over) = upper.addingReportingOverflow(lower.high + (carry ? 1 : 0))
            guard !overflow, !over else { return nil }
            (high, low) = (total, sum)
        }
        return (high, low)
    }

    private static func value(of digit: UInt8) -> UInt64? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(digit - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt64(digit - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt64(digit - UInt8(ascii: "A")) + 36
        default: nil
        }
    }
}
