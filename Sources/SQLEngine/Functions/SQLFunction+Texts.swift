internal import Foundation
internal import Primitives

/// The functions of texts. They count characters as Unicode scalars, as the server does.
extension SQLFunction {
    /// Makes a function from text to text.
    static func text(_ body: @escaping @Sendable (String) -> String) -> SQLFunction {
        SQLFunction([.text], .utf8) { values, budget in
            let text = body(values.text(0))
            try budget.made(text.utf8.count)
            return .text(text)
        }
    }

    static let texts: [String: SQLFunction] = [
        "upper": text { $0.uppercased() },
        "lower": text { $0.lowercased() },
        "reverse": text { text in String(String.UnicodeScalarView(text.unicodeScalars.reversed()))
        },
        "initcap": text { capitalized($0) },
        "md5": SQLFunction([.bytes], .utf8) { values, budget in
            try budget.work(values.bytes(0).count / 8)
            return .text(Hexadecimal.text(MD5.digest(values.bytes(0))))
        },
        "sha256": SQLFunction([.bytes], .binary) { values, budget in
            try budget.work(values.bytes(0).count / 8)
            return .bytes(Array(SHA256.digest(values.bytes(0))))
        },
        "length": SQLFunction([.text], .int64) { values, _ in
            .integer(Int64(values.text(0).unicodeScalars.count))
        },
        "octet_length": SQLFunction([.bytes], .int64) { values, _ in
            .integer(Int64(values.bytes(0).count))
        },
        "bit_length": SQLFunction([.bytes], .int64) { values, _ in
            .integer(Int64(values.bytes(0).count * 8))
        },
        "ascii": SQLFunction([.text], .int64) { values, _ in
            .integer(Int64(values.text(0).unicodeScalars.first?.value ?? 0))
        },
        "chr": SQLFunction([.integer], .utf8) { values, _ in
            guard let number = UInt32(exactly: values.integer(0)),
                let scalar = Unicode.Scalar(number)
            else {
                throw QueryError.execution("invalid Unicode scalar value: \(values.integer(0))")
            }
            return .text(String(scalar))
        },
        "to_hex": SQLFunction([.integer], .utf8) { values, _ in
            .text(String(UInt64(bitPattern: values.integer(0)), radix: 16))
        },
        "btrim": trim(left: true, right: true),
        "ltrim": trim(left: true, right: false),
        "rtrim": trim(left: false, right: true),
        "left": part { scalars, count in
            count >= 0 ? scalars.prefix(Int(clamping: count)) : scalars.dropLast(magnitude(count))
        },
        "right": part { scalars, count in
            count >= 0 ? scalars.suffix(Int(clamping: count)) : scalars.dropFirst(magnitude(count))
        },
        "substr": SQLFunction([.text, .integer, .integer], .utf8, 2...3) { values, budget in
            let scalars = try SQLText.scalars(values.text(0), budget)
            let count = values.count == 3 ? values.integer(2) : Int64.max
            guard count >= 0 else {
                throw QueryError.execution(
                    "negative substring length not allowed: substr(<str>, \(count))")
            }
            let from = Int64(clamping: values.integer(1)) &- 1
            let (end, overflow) = from.addingReportingOverflow(count)
            let last = overflow ? scalars.count : Int(min(max(end, 0), Int64(scalars.count)))
            let first = Int(min(max(from, 0), Int64(scalars.count)))
            return .text(SQLText.text(scalars[first..<max(first, last)]))
        },
        "lpad": pad(atStart: true),
        "rpad": pad(atStart: false),
        "repeat": SQLFunction([.text, .integer], .utf8) { values, budget in
            let text = values.text(0)
            let count = Int(clamping: max(0, values.integer(1)))
            let (size, overflow) = text.utf8.count.multipliedReportingOverflow(by: count)
            try budget.made(overflow ? .max / 2 : size)
            return .text(text.isEmpty ? "" : String(repeating: text, count: count))
        },
        "replace": SQLFunction([.text], .utf8, 3...3) { values, budget in
            let (text, part, other) = (values.bytes(0), values.bytes(1), values.bytes(2))
            guard !part.isEmpty else { return values[0] }
            var result: [UInt8] = []
            var start = 0
            while let place = try SQLText.find(part, in: text, from: start, budget) {
                result += text[start..<place]
                result += other
                start = place + part.count
                try budget.work()
                guard result.count <= budget.limits.value else { break }
            }
            try budget.made(result.count + text.count - start)
            return .text(String(decoding: result + text[start...], as: UTF8.self))
        },
        "translate": SQLFunction([.text], .utf8, 3...3) { values, budget in
            let from = Array(values.text(1).unicodeScalars)
            let to = Array(values.text(2).unicodeScalars)
            let places = Dictionary(from.enumerated().map { ($1, $0) }) { first, _ in first }
            var view = String.UnicodeScalarView()
            for scalar in values.text(0).unicodeScalars {
                guard let place = places[scalar] else {
                    view.append(scalar)
                    continue
                }
                if place < to.count { view.append(to[place]) }
            }
            let text = String(view)
            try budget.made(text.utf8.count)
            return .text(text)
        },
        "strpos": SQLFunction([.text], .int64, 2...2) { values, budget in
            let text = values.bytes(0)
            guard let place = try SQLText.find(values.bytes(1), in: text, budget) else {
                return .integer(0)
            }
            let before = text[..<place].count { $0 & 0xC0 != 0x80 }
            return .integer(Int64(before + 1))
        },
        "split_part": SQLFunction([.text, .text, .integer], .utf8) { values, budget in
            let number = values.integer(2)
            guard number != 0 else { throw QueryError.execution("field position must not be zero") }
            let parts = try split(values.text(0), by: values.text(1), budget)
            let place = number > 0 ? number - 1 : Int64(parts.count) &+ number
            return .text(place >= 0 && place < parts.count ? parts[Int(place)] : "")
        },
        "starts_with": test { $0.utf8.starts(with: $1.utf8) },
        "ends_with": test { $0.utf8.reversed().starts(with: $1.utf8.reversed()) },
        "contains": SQLFunction([.text], .boolean, 2...2) { values, budget in
            .boolean(try SQLText.find(values.bytes(1), in: values.bytes(0), budget) != nil)
        },
        "concat": SQLFunction([.any], 1...Int.max, takesNulls: true) { binder, arguments in
            let types = arguments.map(\.type)
            return (
                .utf8,
                { values in
                    let texts = zip(values, types).map { SQLConversion.text(of: $0, $1) }
                    try binder.budget.made(texts.reduce(0) { $0 + $1.utf8.count })
                    return .text(texts.joined())
                }
            )
        },
        "concat_ws": SQLFunction([.text, .any], 2...Int.max, takesNulls: true) {
            binder, arguments in
            let types = arguments.map(\.type)
            return (
                .utf8,
                { values in
                    if values[0].isNull { return .null }
                    let texts = zip(values, types).dropFirst().filter { !$0.0.isNull }
                        .map { SQLConversion.text(of: $0, $1) }
                    let separator = values.text(0)
                    let separators = separator.utf8.count.multipliedReportingOverflow(
                        by: texts.count)
                    try binder.budget.made(
                        texts.reduce(separators.overflow ? .max / 4 : separators.partialValue) {
                            $0 + $1.utf8.count
                        })
                    return .text(texts.joined(separator: separator))
                }
            )
        },
        "encode": SQLFunction([.bytes, .text], .utf8) { values, budget in
            let bytes = values.bytes(0)
            try budget.made(bytes.count * 2)
            switch values.text(1).lowercased() {
            case "hex": return .text(Hexadecimal.text(bytes))
            // Without padding, as the server has it.
            case "base64":
                let text = Data(bytes).base64EncodedString()
                return .text(String(text.prefix { $0 != "=" }))
            default: throw unknownEncoding(values.text(1))
            }
        },
        "decode": SQLFunction([.bytes, .text], .binary) { values, budget in
            let text = String(decoding: values.bytes(0), as: UTF8.self)
            try budget.made(text.utf8.count)
            switch values.text(1).lowercased() {
            case "hex":
                guard let bytes = Hexadecimal.bytes(text) else {
                    throw QueryError.execution("Failed to decode value using hex")
                }
                return .bytes(bytes)
            case "base64":
                let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
                guard let data = Data(base64Encoded: text + padding) else {
                    throw QueryError.execution("Failed to decode value using base64")
                }
                return .bytes(Array(data))
            default: throw unknownEncoding(values.text(1))
            }
        },
        "uuid": SQLFunction([], 0...0) { _, _ in
            (.utf8, { _ in .text(UUID().uuidString.lowercased()) })
        },
    ]

    static func unknownEncoding(_ name: String) -> QueryError {
        .planning(
            "There is no built-in encoding named '\(name)', currently supported encodings are: base64, hex"
        )
    }

    static func magnitude(_ count: Int64) -> Int { Int(clamping: count.magnitude) }

    static func capitalized(_ text: String) -> String {
        var result = ""
        var isInWord = false
        for scalar in text.unicodeScalars {
            let isPart = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
            let own = String(scalar)
            result += isInWord ? own.lowercased() : own.uppercased()
            isInWord = isPart
        }
        return result
    }

    static func test(_ body: @escaping @Sendable (String, String) -> Bool) -> SQLFunction {
        SQLFunction([.text], .boolean, 2...2) { values, _ in
            .boolean(body(values.text(0), values.text(1)))
        }
    }

    static func part(
        _ body: @escaping @Sendable ([UInt32], Int64) -> ArraySlice<UInt32>
    ) -> SQLFunction {
        SQLFunction([.text, .integer], .utf8) { values, budget in
            let scalars = try SQLText.scalars(values.text(0), budget)
            return .text(SQLText.text(body(scalars, values.integer(1))))
        }
    }

    static func trim(left: Bool, right: Bool) -> SQLFunction {
        SQLFunction([.text], .utf8, 1...2) { values, budget in
            let unwanted = Set(values.count > 1 ? values.text(1).unicodeScalars.map(\.value) : [32])
            var scalars = try SQLText.scalars(values.text(0), budget)[...]
            if left { scalars = scalars.drop { unwanted.contains($0) } }
            if right {
                while let last = scalars.last, unwanted.contains(last) { scalars.removeLast() }
            }
            return .text(SQLText.text(scalars))
        }
    }

    static func pad(atStart: Bool) -> SQLFunction {
        SQLFunction([.text, .integer, .text], .utf8, 2...3) { values, budget in
            let scalars = try SQLText.scalars(values.text(0), budget)
            let fill = values.count > 2 ? Array(values.text(2).unicodeScalars.map(\.value)) : [32]
            let count = Int(clamping: max(0, values.integer(1)))
            try budget.made(count > budget.limits.value ? count : count * 4)
            guard count > scalars.count, !fill.isEmpty else {
                return .text(SQLText.text(scalars.prefix(count)))
            }
            let padding = (0..<(count - scalars.count)).map { fill[$0 % fill.count] }
            return .text(SQLText.text(atStart ? padding + scalars : scalars + padding))
        }
    }

    /// Splits a text at each occurrence of a separator.
    static func split(
        _ text: String, by separator: String, _ budget: QueryBudget
    ) throws -> [String] {
        guard !separator.isEmpty else { return [text] }
        let (bytes, part) = (Array(text.utf8), Array(separator.utf8))
        try budget.made(bytes.count)
        var parts: [String] = []
        var start = 0
        while let place = try SQLText.find(part, in: bytes, from: start, budget) {
            parts.append(String(decoding: bytes[start..<place], as: UTF8.self))
            start = place + part.count
            try budget.hold(16)
        }
        parts.append(String(decoding: bytes[start...], as: UTF8.self))
        return parts
    }
}
