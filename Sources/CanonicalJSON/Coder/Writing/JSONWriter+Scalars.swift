internal import Times

extension JSONWriter {
    /// Encodes a type that has its own JSON form; `kind` says which type `T` is.
    func encodeKnown<T: Encodable>(_ value: T, _ kind: JSONTypePlan.Kind) throws {
        switch kind {
        case .string: write(unsafeBitCast(value, to: String.self))
        case .bool: write(unsafeBitCast(value, to: Bool.self))
        case .int: write(integer: unsafeBitCast(value, to: Int.self))
        case .int64: write(integer: unsafeBitCast(value, to: Int64.self))
        case .double: try write(number: unsafeBitCast(value, to: Double.self))
        case .duration:
            let duration = unsafeBitCast(value, to: Duration.self)
            write(ascii: "\"\(ISO8601Duration.text(duration))\"")
        case .date, .data, .url, .uuid, .decimal: try encodeFoundation(value, kind)
        case .other: break
        }
    }

    func writeNull() { write(ascii: "null") }

    @inline(__always)
    func write(_ value: Bool) {
        write(ascii: value ? "true" : "false")
    }

    @inline(__always)
    func write<T: FixedWidthInteger>(integer value: T) {
        guard T.bitWidth <= 64 else { return write(ascii: String(value)) }
        reserve(JSONDigits.capacity)
        advance(
            by: JSONDigits.write(
                UInt64(truncatingIfNeeded: value.magnitude), negative: value < 0, to: end))
    }

    func write(number value: Double) throws {
        guard value.isFinite else { throw notANumber(value, path()) }
        // `description` writes whole numbers below 2^53 without an exponent, too.
        if value.magnitude < 9_007_199_254_740_992, let whole = Int64(exactly: value),
            whole != 0 || value.sign == .plus
        {
            write(integer: whole)
        } else if !writeFewDecimals(value) {
            write(digits: value.description)
        }
    }

    /// Writes numbers with few decimals, such as prices. At most fifteen digits that read back as
    /// the same number are the shortest digits, because no two such decimals have the same double.
    private func writeFewDecimals(_ value: Double) -> Bool {
        guard value.magnitude < 1e11 else { return false }
        var scale = 1.0
        for places in 1...4 {
            scale *= 10
            let scaled = (value.magnitude * scale).rounded()
            guard scaled / scale == value.magnitude, scaled != 0 else { continue }
            let digits = UInt64(scaled)
            let unit = UInt64(scale)
            if value < 0 { append(UInt8(ascii: "-")) }
            write(integer: digits / unit)
            append(UInt8(ascii: "."))
            // The one in front of the fraction keeps its leading zeros, and is overwritten by the
            // point.
            let point = count - 1
            truncate(to: point)
            write(integer: digits % unit + unit)
            bytes[point] = UInt8(ascii: ".")
            return count - point == places + 1
        }
        return false
    }

    func write(number value: Float) throws {
        guard value.isFinite else { throw notANumber(value, path()) }
        write(digits: value.description)
    }

    /// Writes Swift's shortest digits. A whole number has no fraction in canonical JSON.
    private func write(digits: String) {
        write(ascii: digits)
        if digits.utf8.count > 2, end[-1] == UInt8(ascii: "0"), end[-2] == UInt8(ascii: ".") {
            truncate(to: count - 2)
        }
    }

    func notANumber<T>(_ value: T, _ path: [any CodingKey]) -> EncodingError {
        .invalidValue(
            value, .init(codingPath: path, debugDescription: "JSON cannot express \(value)"))
    }

    @inline(__always)
    func write(_ string: String) {
        var string = string
        string.withUTF8 { write(text: $0) }
    }

    func write(text: UnsafeBufferPointer<UInt8>) {
        let needsEscapes = JSONText.needsEscapes(text)
        reserve(needsEscapes ? text.count &* 6 &+ 2 : text.count &+ 2)
        end[0] = UInt8(ascii: "\"")
        if !needsEscapes, let start = text.baseAddress {
            (end + 1).update(from: start, count: text.count)
            end[text.count &+ 1] = UInt8(ascii: "\"")
            advance(by: text.count &+ 2)
        } else {
            let escaped = JSONText.escape(text, to: end + 1)
            end[escaped &+ 1] = UInt8(ascii: "\"")
            advance(by: escaped &+ 2)
        }
    }

    /// Writes text that needs neither quotes nor escapes.
    func write(ascii string: String) {
        var string = string
        string.withUTF8 { text in
            guard let start = text.baseAddress else { return }
            reserve(text.count)
            end.update(from: start, count: text.count)
            advance(by: text.count)
        }
    }
}
