/// The value of W3C's `traceparent` header: a place in a trace.
package struct TraceParent: Hashable, Sendable {
    /// 32 hexadecimal digits.
    package let traceID: String
    /// 16 hexadecimal digits.
    package let spanID: String
    package let flags: UInt8

    /// Reads strictly: nil for what does not follow the specification.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 55, [2, 35, 52].allSatisfy({ bytes[$0] == dash }) else { return nil }
        let parts = [bytes[0..<2], bytes[3..<35], bytes[36..<52], bytes[53..<55]]
        guard parts.allSatisfy({ $0.allSatisfy(isLowerHexadecimal) }) else { return nil }
        let names = parts.map { String(decoding: $0, as: UTF8.self) }
        // Later versions may say more, behind another dash; the last of all stands for none.
        guard names[0] == "00" ? bytes.count == 55 : bytes.count == 55 || bytes[55] == dash,
            names[0] != "ff"
        else { return nil }
        let isZero = parts[1...2].map { $0.allSatisfy { $0 == UInt8(ascii: "0") } }
        guard isZero == [false, false], let flags = UInt8(names[3], radix: 16) else { return nil }
        (traceID, spanID, self.flags) = (names[1], names[2], flags)
    }

    private init(traceID: String, spanID: String, flags: UInt8) {
        (self.traceID, self.spanID, self.flags) = (traceID, spanID, flags)
    }

    /// The beginning of a trace that is sampled.
    ///
    /// - Parameter numbers: for the ids; none is 0.
    package static func root(_ numbers: (UInt64, UInt64, UInt64)) -> TraceParent {
        TraceParent(
            traceID: hexadecimal(numbers.0, 16) + hexadecimal(numbers.1, 16),
            spanID: hexadecimal(numbers.2, 16), flags: 1)
    }

    /// A place below this one.
    ///
    /// - Parameter number: for the id; not 0.
    package func child(_ number: UInt64) -> TraceParent {
        TraceParent(traceID: traceID, spanID: hexadecimal(number, 16), flags: flags)
    }

    /// The header's value.
    package var text: String { "00-\(traceID)-\(spanID)-\(hexadecimal(UInt64(flags), 2))" }
}

private let dash = UInt8(ascii: "-")

/// In lower case, as the specification wants it.
private func isLowerHexadecimal(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
}

private func hexadecimal(_ number: UInt64, _ width: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
