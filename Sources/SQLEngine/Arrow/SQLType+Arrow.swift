/// The representation of types and values in Arrow streams.
extension SQLType {
    /// The type's number in Arrow's union of types.
    var arrowCode: UInt8 {
        switch self {
        case .null: 1
        case .int32, .int64, .uint32, .uint64: 2
        case .float64: 3
        case .binary: 4
        case .utf8: 5
        case .boolean: 6
        case .date: 8
        case .timestamp: 10
        case .interval: 11
        case .list: 12
        case .structure: 13
        case .map: 17
        case .duration: 18
        case .largeBinary: 19
        case .largeUtf8: 20
        }
    }

    /// Writes the table with the type's parameters.
    func arrowTable(_ buffer: inout FlatBuffer) -> Int {
        switch self {
        case .int32, .int64, .uint32, .uint64:
            let isSigned = self == .int64 || self == .int32
            let bits: Int32 = self == .uint32 || self == .int32 ? 32 : 64
            return buffer.table { table in
                table.field(1, isSigned)
                table.field(0, bits)
            }
        case .float64: return buffer.table { $0.field(0, Int16(2)) }
        case .timestamp(let unit, let isZoned):
            let zone = isZoned ? buffer.string("+00:00") : nil
            return buffer.table { table in
                if let zone { table.field(1, at: zone) }
                table.field(0, Int16(unit == .milliseconds ? 1 : 3))
            }
        // The unit is days; without the field it would be milliseconds.
        case .date: return buffer.table { $0.field(0, Int16(0), evenIfZero: true) }
        case .interval: return buffer.table { $0.field(0, Int16(2)) }
        case .duration(.nanoseconds): return buffer.table { $0.field(0, Int16(3)) }
        // The default unit of a duration is milliseconds.
        default: return buffer.table { _ in }
        }
    }

    /// The buffers of a column that follow the one for validity.
    func arrowBuffers(_ values: [SQLValue]) -> [[UInt8]] {
        switch self {
        case .int64, .uint64: [values.flatMap { Self.little(Self.integer($0)) }]
        case .int32, .uint32, .date:
            [values.flatMap { Self.little(UInt32(truncatingIfNeeded: Self.integer($0))) }]
        case .float64: [values.flatMap { Self.little(Self.real($0).bitPattern) }]
        case .boolean: [Self.bits(values.map { $0 == .boolean(true) })]
        case .timestamp(let unit, _), .duration(let unit):
            [values.flatMap { Self.little(Self.time($0, in: unit)) }]
        case .interval: [values.flatMap(Self.interval)]
        case .utf8, .binary:
            Self.variable(values.map(Self.content)) { Self.little(Int32(clamping: $0)) }
        case .largeUtf8, .largeBinary:
            Self.variable(values.map(Self.content)) { Self.little(Int64($0)) }
        case .list, .map:
            [Self.offsets(values.map(\.elements.count)) { Self.little(Int32(clamping: $0)) }]
        case .null, .structure: []
        }
    }

    static func bits(_ flags: [Bool]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: (flags.count + 7) / 8)
        for (index, flag) in flags.enumerated() where flag { bytes[index / 8] |= 1 << (index % 8) }
        return bytes
    }

    /// Returns the offsets of the values, and the concatenated values.
    private static func variable(
        _ values: [[UInt8]], _ number: (Int) -> [UInt8]
    ) -> [[UInt8]] {
        [offsets(values.map(\.count), number), values.reduce(into: []) { $0 += $1 }]
    }

    private static func offsets(_ counts: [Int], _ number: (Int) -> [UInt8]) -> [UInt8] {
        var end = 0
        var bytes = number(0)
        for count in counts {
            end += count
            bytes += number(end)
        }
        return bytes
    }

    private static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    private static func integer(_ value: SQLValue) -> Int64 {
        switch value {
        case .integer(let number), .date(let number): number
        case .unsigned(let number): Int64(bitPattern: number)
        default: 0
        }
    }

    private static func real(_ value: SQLValue) -> Double {
        if case .real(let number)? = SQLConversion.real(value) { number } else { 0 }
    }

    private static func time(_ value: SQLValue, in unit: Unit) -> Int64 {
        let microseconds: Int64 =
            switch value {
            case .moment(let time): time
            case .duration(let span): span
            default: 0
            }
        if unit == .milliseconds { return SQLTime.divided(microseconds, by: 1000).quotient }
        let (nanoseconds, overflow) = microseconds.multipliedReportingOverflow(by: 1000)
        return overflow ? (microseconds < 0 ? .min : .max) : nanoseconds
    }

    private static func interval(_ value: SQLValue) -> [UInt8] {
        guard case .interval(let interval) = value else { return [UInt8](repeating: 0, count: 16) }
        return little(Int32(clamping: interval.months)) + little(Int32(clamping: interval.days))
            + little(interval.nanoseconds)
    }

    private static func content(_ value: SQLValue) -> [UInt8] {
        switch value {
        case .text(let text): Array(text.utf8)
        case .bytes(let bytes): bytes
        default: []
        }
    }
}

extension SQLValue {
    /// The contents of a list, a struct or a map.
    var elements: [SQLValue] {
        switch self {
        case .list(let values), .members(let values): values
        default: []
        }
    }
}
