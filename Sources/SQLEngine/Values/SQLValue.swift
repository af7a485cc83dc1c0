/// The value of one cell. How it is shown depends on the column's type.
package enum SQLValue: Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    /// A number beyond the range of ``integer(_:)``. Smaller numbers are always integers, so that
    /// equal numbers are equal values.
    case unsigned(UInt64)
    case real(Double)
    case text(String)
    case bytes([UInt8])
    /// Microseconds since 1970. Nanoseconds in 64 bits would end in the year 2262.
    case moment(Int64)
    /// Days since 1970.
    case date(Int64)
    case interval(SQLInterval)
    /// Microseconds.
    case duration(Int64)
    case list([SQLValue])
    /// The members of a struct, or the entries of a map as pairs.
    case members([SQLValue])

    package init(_ text: String?) { self = text.map(SQLValue.text) ?? .null }
    package init(_ bytes: [UInt8]?) { self = bytes.map(SQLValue.bytes) ?? .null }
    package init(_ flag: Bool?) { self = flag.map(SQLValue.boolean) ?? .null }
    package init<Number: BinaryInteger>(_ number: Number?) {
        self = number.map { .number($0) } ?? .null
    }

    package static func number(_ number: some BinaryInteger) -> SQLValue {
        if let small = Int64(exactly: number) { return .integer(small) }
        return .unsigned(UInt64(clamping: number))
    }

    /// Makes a moment from milliseconds since 1970.
    package static func time(_ milliseconds: UInt64?) -> SQLValue {
        milliseconds.map { .moment(microseconds($0)) } ?? .null
    }

    package static func duration(milliseconds: UInt64?) -> SQLValue {
        milliseconds.map { .duration(microseconds($0)) } ?? .null
    }

    private static func microseconds(_ milliseconds: UInt64) -> Int64 {
        let (number, overflow) = Int64(clamping: milliseconds)
            .multipliedReportingOverflow(by: 1000)
        return overflow ? .max : number
    }

    package static func list(_ numbers: [UInt32]) -> SQLValue {
        .list(numbers.map { .integer(Int64($0)) })
    }

    package static func list(_ names: [String]) -> SQLValue { .list(names.map(SQLValue.text)) }

    package var isNull: Bool { if case .null = self { true } else { false } }

    /// The approximate number of bytes in memory.
    var size: Int {
        switch self {
        case .text(let text): 32 + text.utf8.count
        case .bytes(let bytes): 32 + bytes.count
        case .list(let values), .members(let values): values.reduce(32) { $0 + $1.size }
        default: 32
        }
    }
}

/// A calendar interval. Its parts are kept apart, because months and days have no fixed length.
package struct SQLInterval: Hashable, Sendable {
    var months: Int64 = 0
    var days: Int64 = 0
    var nanoseconds: Int64 = 0
}

// Texts are compared by their bytes, and not by Swift's canonical equivalence.
extension SQLValue: Hashable {
    package static func == (a: SQLValue, b: SQLValue) -> Bool { a.order(b) == 0 }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .boolean(let flag): hasher.combine(flag)
        case .integer(let number): hasher.combine(number == 0 ? 0 : Double(number))
        case .unsigned(let number): hasher.combine(Double(number))
        case .real(let number): hasher.combine(number == 0 ? 0 : number)
        case .text(var text): text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        case .bytes(let bytes): hasher.combine(bytes)
        case .moment(let time): hasher.combine(time)
        case .date(let days): hasher.combine(days)
        case .interval(let interval): hasher.combine(interval)
        case .duration(let span): hasher.combine(span)
        case .list(let values), .members(let values): hasher.combine(values)
        }
    }

    /// Returns a negative number, 0 or a positive number for before, equal and after. Nulls are
    /// equal here and come last. Values of different kinds have some fixed order.
    func order(_ other: SQLValue) -> Int {
        switch (self, other) {
        case (.integer(let a), .integer(let b)): Self.order(a, b)
        case (.unsigned(let a), .unsigned(let b)): Self.order(a, b)
        case (.integer, .unsigned): -1
        case (.unsigned, .integer): 1
        case (.real(let a), .real(let b)): Self.order(a, b)
        case (.real(let a), .integer(let b)): Self.order(a, Double(b))
        case (.integer(let a), .real(let b)): Self.order(Double(a), b)
        case (.real(let a), .unsigned(let b)): Self.order(a, Double(b))
        case (.unsigned(let a), .real(let b)): Self.order(Double(a), b)
        case (.text(let a), .text(let b)): Self.order(a, b)
        case (.bytes(let a), .bytes(let b)):
            a == b ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1
        case (.boolean(let a), .boolean(let b)): (a ? 1 : 0) - (b ? 1 : 0)
        case (.moment(let a), .moment(let b)), (.date(let a), .date(let b)),
            (.duration(let a), .duration(let b)):
            Self.order(a, b)
        case (.interval(let a), .interval(let b)): Self.order(a.length, b.length)
        case (.list(let a), .list(let b)), (.members(let a), .members(let b)): Self.order(a, b)
        default: Self.order(rank, other.rank)
        }
    }

    /// Orders numbers, with NaN after all others.
    private static func order(_ a: Double, _ b: Double) -> Int {
        if a.isNaN || b.isNaN { return (a.isNaN ? 1 : 0) - (b.isNaN ? 1 : 0) }
        return a < b ? -1 : a > b ? 1 : 0
    }

    private static func order<Number: FixedWidthInteger>(_ a: Number, _ b: Number) -> Int {
        a < b ? -1 : a > b ? 1 : 0
    }

    static func order(_ a: String, _ b: String) -> Int {
        var (a, b) = (a, b)
        return a.withUTF8 { a in
            b.withUTF8 { b in
                var index = 0
                while index < a.count, index < b.count {
                    if a[index] != b[index] { return a[index] < b[index] ? -1 : 1 }
                    index += 1
                }
                return order(a.count, b.count)
            }
        }
    }

    static func order(_ a: [SQLValue], _ b: [SQLValue]) -> Int {
        for (left, right) in zip(a, b) {
            let order = left.order(right)
            if order != 0 { return order }
        }
        return order(a.count, b.count)
    }

    private var rank: Int {
        switch self {
        case .boolean: 0
        case .integer, .unsigned, .real: 1
        case .text: 2
        case .bytes: 3
        case .moment, .date: 4
        case .interval, .duration: 5
        case .list: 6
        case .members: 7
        case .null: 8
        }
    }
}

extension SQLInterval {
    /// The length for comparisons, with months of 30 days.
    fileprivate var length: Double {
        Double(months) * 30 * 86_400e9 + Double(days) * 86_400e9 + Double(nanoseconds)
    }
}
