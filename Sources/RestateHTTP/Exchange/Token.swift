#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The characters of which a header's name consists (RFC 9110, token).
enum Token {
    /// Maps letters to lower case, other token characters to themselves, and all other bytes to
    /// `-`.
    static let lowercased: [UInt8] = (0...255).map { (byte: UInt8) in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte + 32
        case _ where isToken(byte): byte
        default: UInt8(ascii: "-")
        }
    }

    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"),
            UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
            UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// Compares names without regard to case. `lower` must be in lower case.
    static func isEqual(
        _ lower: UnsafeRawBufferPointer, ignoringCaseOf other: UnsafeRawBufferPointer
    ) -> Bool {
        if lower.count != other.count { return false }
        guard let a = lower.baseAddress, let b = other.baseAddress else { return true }
        if memcmp(a, b, lower.count) == 0 { return true }
        for index in 0..<lower.count {
            let byte = other[index]
            let folded = byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte
            if lower[index] != folded { return false }
        }
        return true
    }
}

extension UnsafeRawBufferPointer {
    func equals(_ text: StaticString) -> Bool {
        if count != text.utf8CodeUnitCount { return false }
        guard let baseAddress else { return true }
        return memcmp(baseAddress, text.utf8Start, count) == 0
    }

    func equals(_ other: UnsafeRawBufferPointer) -> Bool {
        if count != other.count { return false }
        guard let a = baseAddress, let b = other.baseAddress else { return true }
        return memcmp(a, b, count) == 0
    }
}

extension StaticString {
    var bytes: UnsafeRawBufferPointer { .init(start: utf8Start, count: utf8CodeUnitCount) }
}
