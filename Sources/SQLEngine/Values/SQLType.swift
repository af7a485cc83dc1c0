/// The types of columns and expressions. They are those of the server's engine (DataFusion, with
/// Arrow's types).
package indirect enum SQLType: Hashable, Sendable {
    package enum Unit: Sendable { case milliseconds, nanoseconds }

    case null, boolean
    case int32, int64, uint32, uint64, float64
    /// Texts of expressions, and texts of tables.
    case utf8, largeUtf8
    case binary, largeBinary
    /// A moment. Those of tables have a zone, which is UTC.
    case timestamp(Unit, zoned: Bool)
    case date
    case interval
    case duration(Unit)
    case list(SQLType)
    case structure([Field])
    case map(SQLType, SQLType)

    package struct Field: Hashable, Sendable {
        package var name: String
        package var type: SQLType
    }

    /// The name that `information_schema` and `arrow_typeof` show.
    var name: String {
        switch self {
        case .null: "Null"
        case .boolean: "Boolean"
        case .int32: "Int32"
        case .int64: "Int64"
        case .uint32: "UInt32"
        case .uint64: "UInt64"
        case .float64: "Float64"
        case .utf8: "Utf8"
        case .largeUtf8: "LargeUtf8"
        case .binary: "Binary"
        case .largeBinary: "LargeBinary"
        case .timestamp(let unit, let zoned):
            "Timestamp(\(Self.name(unit))\(zoned ? ", \"+00:00\"" : ""))"
        case .date: "Date32"
        case .interval: "Interval(MonthDayNano)"
        case .duration(let unit): "Duration(\(Self.name(unit)))"
        case .list(let element): "List(\(element.name))"
        case .structure(let fields):
            "Struct(\(fields.map { "\"\($0.name)\": \($0.type.name)" }.joined(separator: ", ")))"
        case .map(let key, let value): "Map(\(key.name), \(value.name))"
        }
    }

    private static func name(_ unit: Unit) -> String {
        unit == .milliseconds ? "ms" : "ns"
    }

    var isNumber: Bool {
        switch self {
        case .int32, .int64, .uint32, .uint64, .float64: true
        default: false
        }
    }

    var isInteger: Bool { isNumber && self != .float64 }
    var isText: Bool { self == .utf8 || self == .largeUtf8 }
    var isBytes: Bool { self == .binary || self == .largeBinary }

    var isMoment: Bool {
        if case .timestamp = self { true } else { self == .date }
    }

    var isDuration: Bool {
        if case .duration = self { true } else { false }
    }

    var element: SQLType? {
        if case .list(let element) = self { element } else { nil }
    }

    /// The type to which values of both types are converted where they meet: in comparisons, lists
    /// and unions. Nil if there is none.
    func common(with other: SQLType) -> SQLType? {
        if self == other || other == .null { return self }
        if self == .null { return other }
        switch (self, other) {
        case (_, _) where isNumber && other.isNumber: return Self.number(self, other)
        case (_, _) where isText && other.isText: return .largeUtf8
        case (_, _) where isBytes && other.isBytes: return .largeBinary
        case (.timestamp(_, let zoned), .timestamp(_, let otherZoned)):
            return .timestamp(.nanoseconds, zoned: zoned || otherZoned)
        case (.timestamp, .date): return self
        case (.date, .timestamp): return other
        case (.duration, .duration): return .duration(.nanoseconds)
        case (.interval, .duration), (.duration, .interval): return .interval
        case (.list(let a), .list(let b)): return a.common(with: b).map(SQLType.list)
        // A text beside another type is parsed as that type, as in `created_at > '2024-01-01'`.
        case (_, _) where other.isText && isReadFromText: return self
        case (_, _) where isText && other.isReadFromText: return other
        default: return nil
        }
    }

    private var isReadFromText: Bool {
        switch self {
        case .timestamp, .date, .interval, .duration, .boolean: true
        case .int32, .int64, .uint32, .uint64, .float64: true
        default: false
        }
    }

    private static func number(_ a: SQLType, _ b: SQLType) -> SQLType {
        if a == .float64 || b == .float64 { return .float64 }
        if a == .uint64, b == .uint64 || b == .uint32 { return .uint64 }
        if b == .uint64, a == .uint32 { return .uint64 }
        return .int64
    }
}
