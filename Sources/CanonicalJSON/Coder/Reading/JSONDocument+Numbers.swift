/// Reads numbers. Integers are exact or refused; fractions become the nearest representable value.
extension JSONDocument {
    @inline(__always)
    func integer<T: FixedWidthInteger>(_ type: T.Type, at index: Int) throws -> T {
        let node = nodes[index]
        // Eighteen digits always fit 64 bits.
        guard node.kind == .number, node.flags.contains(.isInteger), node.length <= 18 else {
            return try rareInteger(type, at: index)
        }
        let digits = text(at: index)
        var position = 0
        let isNegative = digits[0] == UInt8(ascii: "-")
        if isNegative { position = 1 }
        var magnitude: Int64 = 0
        while position < digits.count {
            magnitude = magnitude &* 10 &+ Int64(digits[position] &- 0x30)
            position &+= 1
        }
        guard let value = T(exactly: isNegative ? 0 &- magnitude : magnitude) else {
            throw doesNotFit(type, at: index)
        }
        return value
    }

    /// Reads integers of many digits, and those that are written with a fraction or an exponent:
    /// 1.0, 12e3.
    @inline(never)
    private func rareInteger<T: FixedWidthInteger>(_ type: T.Type, at index: Int) throws -> T {
        guard kind(at: index) == .number else { throw mismatch(type, "an integer", at: index) }
        let number = JSONNumber(text(at: index))
        guard let magnitude = number.wholeMagnitude else { throw doesNotFit(type, at: index) }
        guard number.isNegative else {
            guard let value = T(exactly: magnitude) else { throw doesNotFit(type, at: index) }
            return value
        }
        // The lowest value has no positive counterpart, so the number is negated in two steps.
        if magnitude == 0 { return 0 }
        guard let nearly = Int128(exactly: magnitude - 1), let value = T(exactly: -1 - nearly)
        else { throw doesNotFit(type, at: index) }
        return value
    }

    /// Returns the number at `index` if it is whole and fits an `Int`.
    func whole(at index: Int) -> Int? {
        let number = JSONNumber(text(at: index))
        guard let magnitude = number.wholeMagnitude, let value = Int128(exactly: magnitude) else {
            return nil
        }
        return Int(exactly: number.isNegative ? -value : value)
    }

    /// Reads a number so that it is written again with the same bytes.
    func anyNumber(at index: Int) throws -> JSONValue {
        let text = text(at: index)
        if nodes[index].flags.contains(.isInteger), let value = whole(at: index),
            value != 0 || text.count == 1
        {
            return .integer(value)
        }
        let value = try double(at: index)
        var writer = JSONWriter.take()
        defer { JSONWriter.finish(&writer) }
        try writer.write(number: value)
        let written = UnsafeBufferPointer(start: writer.bytes, count: writer.count)
        guard written.elementsEqual(text) else {
            return .digits(String(decoding: text, as: UTF8.self))
        }
        return .number(value)
    }

    func double(at index: Int) throws -> Double {
        guard kind(at: index) == .number else { throw mismatch(Double.self, "a number", at: index) }
        let text = text(at: index)
        let number = JSONNumber(text)
        if let value = number.exactDouble { return value }
        return try checked(
            Double(String(decoding: text, as: UTF8.self)), isZero: number.isZero, at: index)
    }

    func float(at index: Int) throws -> Float {
        guard kind(at: index) == .number else { throw mismatch(Float.self, "a number", at: index) }
        let text = text(at: index)
        // A conversion through `Double` would round twice.
        return try checked(
            Float(String(decoding: text, as: UTF8.self)), isZero: JSONNumber(text).isZero,
            at: index)
    }

    /// Refuses numbers that became infinite or zero because they are out of range.
    private func checked<T: BinaryFloatingPoint>(
        _ value: T?, isZero: Bool, at index: Int
    ) throws -> T {
        guard let value, value.isFinite, value != 0 || isZero else {
            throw doesNotFit(T.self, at: index)
        }
        return value
    }

    func doesNotFit(_ type: Any.Type, at index: Int) -> DecodingError {
        let text = String(decoding: text(at: index).prefix(40), as: UTF8.self)
        return corrupted("\(text) does not fit \(type)", at: index)
    }
}

/// Splits a number into an integer and a power of ten.
struct JSONNumber {
    var isNegative = false
    /// Has up to 38 digits; nil if there are more.
    private var significand: UInt128? = 0
    private var exponent = 0
    private(set) var isZero = true

    /// `text` must be a number by JSON's grammar.
    @inline(__always)
    init(_ text: UnsafeBufferPointer<UInt8>) {
        var index = 0
        if text[0] == UInt8(ascii: "-") {
            isNegative = true
            index = 1
        }
        var small: UInt64 = 0
        var digits = 0
        var fraction = 0
        var inFraction = 0
        while index < text.count {
            let byte = text[index]
            if byte &- 0x30 < 10 {
                if digits < 19 { small = small &* 10 &+ UInt64(byte &- 0x30) }
                if small != 0 { digits &+= 1 }
                fraction &+= inFraction
            } else if byte == UInt8(ascii: ".") {
                inFraction = 1
            } else {
                break
            }
            index &+= 1
        }
        isZero = small == 0
        if digits <= 19 {
            significand = UInt128(small)
            exponent = -fraction
        } else {
            significand = nil
            collectManyDigits(text)
        }
        if index < text.count { exponent += Self.power(text[(index + 1)...]) }
    }

    /// Handles more than 19 digits. Trailing zeros are counted in the exponent, so the rest may
    /// still be exact.
    @inline(never)
    private mutating func collectManyDigits(_ text: UnsafeBufferPointer<UInt8>) {
        var value: UInt128? = 0
        var zeros = 0
        var inFraction = 0
        exponent = 0
        for byte in text {
            if byte == UInt8(ascii: "-") { continue }
            if byte == UInt8(ascii: ".") {
                inFraction = 1
                continue
            }
            guard byte &- 0x30 < 10 else { break }
            exponent -= inFraction
            if byte == 0x30, value != 0 {
                zeros += 1
                continue
            }
            for digit in repeatElement(UInt128(0), count: min(zeros, 40)) + [UInt128(byte - 0x30)] {
                guard let (high, low) = value.map({ $0.multipliedReportingOverflow(by: 10) }),
                    !low
                else {
                    value = nil
                    break
                }
                let sum = high.addingReportingOverflow(digit)
                value = sum.overflow ? nil : sum.partialValue
            }
            zeros = 0
        }
        exponent += zeros
        significand = value
    }

    /// Reads the exponent. It is capped far beyond the range of any number type.
    private static func power(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
        var power = 0
        var isNegative = false
        for byte in text {
            if byte == UInt8(ascii: "-") {
                isNegative = true
            } else if byte != UInt8(ascii: "+"), power < 1_000_000_000_000 {
                power = power * 10 + Int(byte &- 0x30)
            }
        }
        return isNegative ? -power : power
    }

    /// The absolute value, if the number is whole and fits.
    var wholeMagnitude: UInt128? {
        if isZero { return 0 }
        guard var value = significand, exponent <= 38 else { return nil }
        if exponent < 0 {
            for _ in 0..<min(-exponent, 40) {
                guard value % 10 == 0 else { return nil }
                value /= 10
            }
        }
        for _ in 0..<max(exponent, 0) {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            value = product
        }
        return value
    }

    /// The value, if significand and power of ten are both exact doubles: then the one operation
    /// rounds correctly.
    @inline(__always)
    var exactDouble: Double? {
        guard let significand, significand <= 1 << 53, (-22...22).contains(exponent) else {
            return nil
        }
        let whole = Double(UInt64(truncatingIfNeeded: significand))
        let scaled =
            exponent < 0
            ? whole / Self.powersOfTen[-exponent] : whole * Self.powersOfTen[exponent]
        return isNegative ? -scaled : scaled
    }

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]
}
