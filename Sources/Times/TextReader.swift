/// Parses a short ASCII text from front to back.
struct TextReader {
    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    var isAtEnd: Bool { position == text.count }

    private var digit: Int? {
        guard position < text.count, text[position] &- 0x30 < 10 else { return nil }
        return Int(text[position] &- 0x30)
    }

    /// Consumes the character if it comes next. Letters match in either case.
    mutating func take(_ letter: Unicode.Scalar) -> Bool {
        guard position < text.count else { return false }
        let byte = text[position]
        let isLetter = letter.properties.isAlphabetic
        guard (isLetter ? byte & 0xdf : byte) == UInt8(ascii: letter) else { return false }
        position += 1
        return true
    }

    /// Reads a number of exactly `count` digits.
    mutating func number(_ count: Int) -> Int? {
        var number = 0
        for _ in 0..<count {
            guard let digit else { return nil }
            number = number * 10 + digit
            position += 1
        }
        return number
    }

    /// Reads a number of at least one digit, up to 10²⁰.
    mutating func number() -> Int128? {
        var number: Int128?
        while let digit {
            guard number ?? 0 < 10_000_000_000_000_000_000 else { return nil }
            number = (number ?? 0) * 10 + Int128(digit)
            position += 1
        }
        return number
    }

    /// Reads at least one digit behind a decimal mark, as attoseconds. Digits beyond the 18th are
    /// dropped.
    mutating func fraction() -> Int64? {
        guard digit != nil else { return nil }
        var fraction: Int64 = 0
        var places = 0
        while let digit {
            if places < 18 { fraction = fraction * 10 + Int64(digit) }
            places += 1
            position += 1
        }
        while places < 18 {
            fraction *= 10
            places += 1
        }
        return fraction
    }
}
