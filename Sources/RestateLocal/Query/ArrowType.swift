/// The types of columns that Arrow streams are written with here.
enum ArrowType: Equatable {
    case int64, uint32, uint64, float64, boolean, string, bytes, timestamp, duration

    /// What a column holds that comes from a table; nil for those that are not written (lists).
    init?(_ column: ColumnType) {
        switch column {
        case .string: self = .string
        case .unsigned32: self = .uint32
        case .unsigned64, .digits: self = .uint64
        case .boolean: self = .boolean
        case .timestamp: self = .timestamp
        case .duration: self = .duration
        case .bytes: self = .bytes
        case .list: return nil
        }
    }

    /// What an expression's values look like.
    init(guessing values: some Sequence<SQLValue>) {
        var guess: ArrowType?
        for value in values {
            switch value {
            case .null: continue
            case .integer: guess = guess ?? .int64
            case .real: guess = .float64
            case .text: guess = .string
            case .bytes: guess = .bytes
            }
        }
        self = guess ?? .string
    }

    /// Its number in the union of types.
    var code: UInt8 {
        switch self {
        case .int64, .uint32, .uint64: 2
        case .float64: 3
        case .boolean: 6
        case .timestamp: 10
        case .duration: 18
        case .bytes: 19
        case .string: 20
        }
    }

    func table(_ buffer: inout FlatBuffer) -> Int {
        switch self {
        case .int64, .uint32, .uint64:
            let isSigned = self == .int64
            let bits: Int32 = self == .uint32 ? 32 : 64
            return buffer.table { table in
                table.field(1, isSigned)
                table.field(0, bits)
            }
        case .float64: return buffer.table { $0.field(0, Int16(2)) }
        case .timestamp:
            let zone = buffer.string("+00:00")
            return buffer.table { table in
                table.field(1, at: zone)
                table.field(0, Int16(1))
            }
        // Milliseconds are the default of a duration.
        case .boolean, .duration, .bytes, .string: return buffer.table { _ in }
        }
    }

    /// What follows the validity of a column.
    func buffers(_ values: [SQLValue]) -> [[UInt8]] {
        switch self {
        case .int64: [values.flatMap { Self.little(Self.integer($0)) }]
        case .uint64: [values.flatMap { Self.little(Self.unsigned($0)) }]
        case .uint32: [values.flatMap { Self.little(UInt32(truncatingIfNeeded: Self.integer($0))) }]
        case .float64: [values.flatMap { Self.little(Self.real($0).bitPattern) }]
        case .boolean: [Self.bits(values.map { Self.integer($0) != 0 })]
        case .timestamp: [values.flatMap { Self.little(Self.moment($0)) }]
        case .duration: [values.flatMap { Self.little(Self.milliseconds($0)) }]
        case .string, .bytes: Self.variable(values.map(Self.content))
        }
    }

    static func bits(_ flags: [Bool]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: (flags.count + 7) / 8)
        for (index, flag) in flags.enumerated() where flag { bytes[index / 8] |= 1 << (index % 8) }
        return bytes
    }

    /// Where each begins and the last ends, and all of them in one run.
    private static func variable(_ values: [[UInt8]]) -> [[UInt8]] {
        var offsets = little(Int64(0))
        var content: [UInt8] = []
        for value in values {
            content += value
            offsets += little(Int64(content.count))
        }
        return [offsets, content]
    }

    private static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    private static func integer(_ value: SQLValue) -> Int64 {
        switch value {
        case .integer(let number): number
        case .real(let number): Int64(exactly: number.rounded()) ?? 0
        case .text(let text): Int64(text) ?? 0
        case .null, .bytes: 0
        }
    }

    private static func unsigned(_ value: SQLValue) -> UInt64 {
        if case .text(let text) = value { return UInt64(text) ?? 0 }
        return UInt64(bitPattern: integer(value))
    }

    private static func real(_ value: SQLValue) -> Double {
        if case .real(let number) = value { return number }
        return Double(integer(value))
    }

    private static func moment(_ value: SQLValue) -> Int64 {
        guard case .text(let text) = value else { return 0 }
        return Int64(clamping: RFC3339.milliseconds(text) ?? 0)
    }

    /// Of `PT86400S`, which is how the tables hold durations.
    private static func milliseconds(_ value: SQLValue) -> Int64 {
        guard case .text(let text) = value, let seconds = Double(text.dropFirst(2).dropLast())
        else { return 0 }
        return Int64(exactly: (seconds * 1000).rounded()) ?? 0
    }

    private static func content(_ value: SQLValue) -> [UInt8] {
        switch value {
        case .null: []
        case .integer(let number): Array(String(number).utf8)
        case .real(let number): Array("\(number)".utf8)
        case .text(let text): Array(text.utf8)
        case .bytes(let bytes): bytes
        }
    }
}
