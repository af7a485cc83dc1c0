internal import Times

/// Makes values from nodes.
extension JSONDocument {
    @inline(__always)
    func decode<T: Decodable>(_ type: T.Type, at index: Int) throws -> T {
        let plan = JSONTypePlan.of(type)
        if plan.kind != .other { return try decodeKnown(type, plan.kind, at: index) }
        if let readable = plan.readable { return try decode(type, as: readable, at: index) }
        return try T(from: JSONValueDecoder(document: self, index: index))
    }

    private func decode<T, C: JSONReadable>(_: T.Type, as _: C.Type, at index: Int) throws -> T {
        unsafeBitCast(try C.read(from: self, at: index), to: T.self)  // The plan says T is C.
    }

    /// Decodes a type that has its own JSON form; `kind` says which type `T` is.
    private func decodeKnown<T>(
        _ type: T.Type, _ kind: JSONTypePlan.Kind, at index: Int
    ) throws -> T {
        switch kind {
        case .string: unsafeBitCast(try stringValue(at: index), to: T.self)
        case .bool: unsafeBitCast(try bool(at: index), to: T.self)
        case .int: unsafeBitCast(try integer(Int.self, at: index), to: T.self)
        case .int64: unsafeBitCast(try integer(Int64.self, at: index), to: T.self)
        case .double: unsafeBitCast(try double(at: index), to: T.self)
        case .duration: unsafeBitCast(try duration(at: index), to: T.self)
        case .date, .data, .url, .uuid, .decimal:
            try decodeFoundation(type, kind, at: index)
        case .other: throw mismatch(type, "\(type)", at: index)
        }
    }

    @inline(__always)
    func bool(at index: Int) throws -> Bool {
        switch kind(at: index) {
        case .true: return true
        case .false: return false
        case .null, .number, .string, .array, .object:
            throw mismatch(Bool.self, "a boolean", at: index)
        }
    }

    // MARK: Strings

    @inline(__always)
    func stringValue(at index: Int) throws -> String {
        guard kind(at: index) == .string else {
            throw mismatch(String.self, "a string", at: index)
        }
        return string(at: index)
    }

    /// Returns the string or key at `index`, which must be one.
    @inline(__always)
    func string(at index: Int) -> String {
        let text = text(at: index)
        if nodes[index].flags.contains(.isEscaped) { return unescaped(text) }
        return String(decoding: text, as: UTF8.self)
    }

    private func unescaped(_ text: UnsafeBufferPointer<UInt8>) -> String {
        String(unsafeUninitializedCapacity: text.count) { target in
            var count = 0
            var index = 0
            while index < text.count {
                var byte = text[index]
                index &+= 1
                if byte == UInt8(ascii: "\\") {
                    byte = text[index]
                    index &+= 1
                    switch byte {
                    case UInt8(ascii: "b"): byte = 0x08
                    case UInt8(ascii: "f"): byte = 0x0c
                    case UInt8(ascii: "n"): byte = 0x0a
                    case UInt8(ascii: "r"): byte = 0x0d
                    case UInt8(ascii: "t"): byte = 0x09
                    case UInt8(ascii: "u"):
                        var scalar = unit(text, at: index)
                        index &+= 4
                        if scalar & 0xfc00 == 0xd800 {
                            scalar =
                                0x10000 + (scalar & 0x3ff) << 10
                                + (unit(text, at: index &+ 2) & 0x3ff)
                            index &+= 6
                        }
                        for unit in Unicode.Scalar(scalar)?.utf8.map(\.self) ?? [] {
                            target[count] = unit
                            count &+= 1
                        }
                        continue
                    default: break  // A quote, a slash or a backslash stands for itself.
                    }
                }
                target[count] = byte
                count &+= 1
            }
            return count
        }
    }

    /// Reads four hexadecimal digits, which the scanner has checked.
    private func unit(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt32 {
        var unit: UInt32 = 0
        for digit in text[index..<index + 4] {
            unit = unit << 4 | UInt32(JSONText.hexValue(digit))
        }
        return unit
    }

    // MARK: Durations

    /// Accepts ISO 8601, or the two numbers that `Duration` itself encodes.
    private func duration(at index: Int) throws -> Duration {
        switch kind(at: index) {
        case .array: return try Duration(from: JSONValueDecoder(document: self, index: index))
        case .string:
            guard let duration = ISO8601Duration.duration(plainText(at: index)) else { break }
            return duration
        case .null, .true, .false, .number, .object:
            throw mismatch(Duration.self, "a duration", at: index)
        }
        throw corrupted("expected a duration like PT1.5S", at: index)
    }

    /// Returns the bytes of a string without escapes. A string with escapes yields nothing, because
    /// no valid date or duration needs them.
    func plainText(at index: Int) -> UnsafeBufferPointer<UInt8> {
        let isEscaped = nodes[index].flags.contains(.isEscaped)
        return isEscaped ? UnsafeBufferPointer(start: nil, count: 0) : text(at: index)
    }

    // MARK: Errors

    func mismatch(_ type: Any.Type, _ expected: String, at index: Int) -> DecodingError {
        let found = kind(at: index)
        let fault = JSONFault(
            problem: "expected \(expected)", found: "found \(found.name)", offset: offset(of: index)
        )
        let context = context(fault, at: index)
        return found == .null
            ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }

    func corrupted(_ problem: String, at index: Int) -> DecodingError {
        .dataCorrupted(
            context(JSONFault(problem: problem, offset: offset(of: index)), at: index))
    }

    func context(_ fault: JSONFault, at index: Int) -> DecodingError.Context {
        .init(
            codingPath: path(to: index), debugDescription: fault.description,
            underlyingError: fault)
    }

    /// The position of a value's first byte, including a string's quote.
    func offset(of index: Int) -> Int {
        Int(nodes[index].offset) - (kind(at: index) == .string ? 1 : 0)
    }
}
