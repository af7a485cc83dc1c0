#if !WithoutFoundation
internal import Times

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Writes Foundation's types, each in one form of JSON.
extension JSONWriter {
    /// Encodes one of Foundation's types; `kind` says which type `T` is.
    func encodeFoundation<T: Encodable>(_ value: T, _ kind: JSONTypePlan.Kind) throws {
        switch kind {
        case .date: try write(date: unsafeBitCast(value, to: Date.self))
        case .data: write(base64: unsafeBitCast(value, to: Data.self))
        case .url: write(unsafeBitCast(value, to: URL.self).absoluteString)
        case .uuid: write(unsafeBitCast(value, to: UUID.self).uuidString)
        case .decimal:
            let decimal = unsafeBitCast(value, to: Decimal.self)
            guard !decimal.isNaN else { throw notANumber(decimal, path()) }
            write(ascii: decimal.description)
        case .other, .string, .bool, .int, .int64, .double, .duration: break
        }
    }

    /// Writes a date to the nearest millisecond.
    private func write(date: Date) throws {
        let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
        reserve(RFC3339.length + 2)
        guard milliseconds.magnitude < 1e15, RFC3339.write(Int64(milliseconds), to: end + 1) else {
            // The error has the seconds and not the date, because Foundation traps when it
            // describes a date that is not a number.
            throw EncodingError.invalidValue(
                date.timeIntervalSince1970,
                .init(
                    codingPath: path(),
                    debugDescription: "JSON cannot express a moment outside of the years 0 to 9999"
                ))
        }
        end[0] = UInt8(ascii: "\"")
        end[RFC3339.length + 1] = UInt8(ascii: "\"")
        advance(by: RFC3339.length + 2)
    }

    private func write(base64 data: Data) {
        reserve((data.count + 2) / 3 * 4 + 2)
        let target = end
        var filled = 0
        func put(_ byte: UInt8) {
            target[filled] = byte
            filled &+= 1
        }
        put(UInt8(ascii: "\""))
        data.withUnsafeBytes { source in
            var index = 0
            while index < source.count {
                let left = source.count &- index
                let first = source[index]
                let second = left > 1 ? source[index &+ 1] : 0
                let third = left > 2 ? source[index &+ 2] : 0
                put(base64Letter(first >> 2))
                put(base64Letter((first & 3) << 4 | second >> 4))
                put(left > 1 ? base64Letter((second & 15) << 2 | third >> 6) : UInt8(ascii: "="))
                put(left > 2 ? base64Letter(third & 63) : UInt8(ascii: "="))
                index &+= 3
            }
        }
        put(UInt8(ascii: "\""))
        advance(by: filled)
    }

    @inline(__always)
    private func base64Letter(_ bits: UInt8) -> UInt8 {
        switch bits {
        case 0..<26: bits &+ UInt8(ascii: "A")
        case 26..<52: bits &- 26 &+ UInt8(ascii: "a")
        case 52..<62: bits &- 52 &+ UInt8(ascii: "0")
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }
}
#endif
