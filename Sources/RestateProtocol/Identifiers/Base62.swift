/// Base 62 as a server's ids use it: numbers of up to 128 bits in the digits 0–9, a–z, A–Z, padded
/// with zeros to a fixed width.
package enum Base62 {
    private static let alphabet = Array(
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)

    package static func encode(high: UInt64, low: UInt64, width: Int) -> String {
        var (high, low) = (high, low)
        return String(unsafeUninitializedCapacity: width) { text in
            for index in stride(from: width - 1, through: 0, by: -1) {
                let upper = high.quotientAndRemainder(dividingBy: 62)
                let lower = UInt64(62).dividingFullWidth((upper.remainder, low))
                (high, low) = (upper.quotient, lower.quotient)
                text[index] = alphabet[Int(lower.remainder)]
            }
            return width
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
