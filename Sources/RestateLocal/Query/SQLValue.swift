/// What stands in one cell of a table.
enum SQLValue: Equatable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case bytes([UInt8])

    init(_ text: String?) { self = text.map(SQLValue.text) ?? .null }
    init(_ bytes: [UInt8]?) { self = bytes.map(SQLValue.bytes) ?? .null }
    init(_ flag: Bool?) { self = flag.map { .integer($0 ? 1 : 0) } ?? .null }
    init<Number: BinaryInteger>(_ number: Number?) {
        self = number.map { .integer(Int64(clamping: $0)) } ?? .null
    }

    /// A number that may be larger than SQLite's; see ``ColumnType/digits``.
    static func digits(_ number: UInt64) -> SQLValue { .text(String(number)) }

    /// Milliseconds since 1970 as a moment.
    static func time(_ milliseconds: UInt64?) -> SQLValue {
        milliseconds.map { .text(RFC3339.text($0)) } ?? .null
    }

    static func duration(milliseconds: UInt64?) -> SQLValue {
        guard let milliseconds else { return .null }
        let rest = milliseconds % 1000
        var fraction = rest == 0 ? "" : ".\(String(rest + 1000).dropFirst())"
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return .text("PT\(milliseconds / 1000)\(fraction)S")
    }

    static func list(_ numbers: [UInt32]) -> SQLValue {
        .text("[\(numbers.map(String.init).joined(separator: ","))]")
    }

    static func list(_ names: [String]) -> SQLValue {
        .text("[\(names.map(JSONLine.quoted).joined(separator: ","))]")
    }
}
