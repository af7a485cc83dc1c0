internal import Primitives

/// Converts values between types, as `CAST` does.
enum SQLConversion {
    /// Converts a value.
    /// - Throws: if the value cannot be converted. With `isTry` the result is null instead.
    static func convert(
        _ value: SQLValue, from source: SQLType, to target: SQLType, isTry: Bool = false
    ) throws -> SQLValue {
        if value.isNull || source == target { return value }
        if let converted = try converted(value, source, target) { return converted }
        if isTry { return .null }
        throw QueryError.arrow(failure(value, source, target))
    }

    private static func failure(
        _ value: SQLValue, _ source: SQLType, _ target: SQLType
    ) -> String {
        let shown = text(of: value, source)
        if target.isMoment {
            return "Parser error: Error parsing timestamp from '\(shown)': error parsing date"
        }
        if target == .interval { return "Parser error: Invalid interval '\(shown)'" }
        if source.isText {
            return "Cast error: Cannot cast string '\(shown)' to value of \(target.name) type"
        }
        return "Cast error: Can't cast value \(shown) to type \(target.name)"
    }

    /// Returns nil if the value cannot be converted.
    private static func converted(
        _ value: SQLValue, _ source: SQLType, _ target: SQLType
    ) throws -> SQLValue? {
        switch target {
        case .null: return value
        case .utf8, .largeUtf8:
            if case .bytes(let bytes) = value {
                return String(validating: bytes, as: UTF8.self).map(SQLValue.text)
            }
            return .text(text(of: value, source))
        case .boolean: return boolean(value)
        case .int32: return whole(value, source, in: Int64(Int32.min)...Int64(Int32.max))
        case .int64: return whole(value, source, in: Int64.min...Int64.max)
        case .uint32: return whole(value, source, in: 0...Int64(UInt32.max))
        case .uint64: return unsigned(value, source)
        case .float64: return real(value)
        case .binary, .largeBinary:
            if case .text(let text) = value { return .bytes(Array(text.utf8)) }
            if case .bytes = value { return value }
            return nil
        case .timestamp: return moment(value)
        case .date:
            switch value {
            case .date: return value
            case .moment(let time): return .date(SQLTime.divided(time, by: SQLTime.day).quotient)
            case .text(let text): return SQLTime.days(text).map(SQLValue.date)
            case .integer(let days) where days.magnitude < 1 << 40: return .date(days)
            default: return nil
            }
        case .interval:
            switch value {
            case .interval: return value
            case .duration(let span):
                let (nanoseconds, overflow) = span.multipliedReportingOverflow(by: 1000)
                return overflow ? nil : .interval(SQLInterval(nanoseconds: nanoseconds))
            case .text(let text): return SQLInterval(text).map(SQLValue.interval)
            default: return nil
            }
        case .duration:
            switch value {
            case .duration: return value
            case .integer(let number): return .duration(number)
            case .interval(let interval) where interval.months == 0:
                return .duration(interval.days &* SQLTime.day &+ interval.nanoseconds / 1000)
            case .text(let text):
                guard let interval = SQLInterval(text), interval.months == 0 else { return nil }
                return .duration(interval.days &* SQLTime.day &+ interval.nanoseconds / 1000)
            default: return nil
            }
        case .list(let element):
            guard case .list(let values) = value, let own = source.element else { return nil }
            return .list(try values.map { try convert($0, from: own, to: element) })
        case .structure, .map: return nil
        }
    }

    private static func boolean(_ value: SQLValue) -> SQLValue? {
        switch value {
        case .boolean: return value
        case .integer(let number): return .boolean(number != 0)
        case .unsigned: return .boolean(true)
        case .real(let number): return .boolean(number != 0)
        case .text(let text):
            switch text.lowercased() {
            case "true", "t", "yes", "y", "1", "on": return .boolean(true)
            case "false", "f", "no", "n", "0", "off": return .boolean(false)
            default: return nil
            }
        default: return nil
        }
    }

    private static func whole(
        _ value: SQLValue, _ source: SQLType, in range: ClosedRange<Int64>
    ) -> SQLValue? {
        let number: Int64
        switch value {
        case .integer(let own): number = own
        case .boolean(let flag): number = flag ? 1 : 0
        case .real(let real):
            guard real.isFinite, let own = Int64(exactly: real.rounded(.towardZero)) else {
                return nil
            }
            number = own
        case .text(let text):
            guard let own = Int64(text.trimmedOfSpaces) else { return nil }
            number = own
        case .moment(let time): number = inUnits(time, of: source)
        case .duration(let span): number = inUnits(span, of: source)
        case .date(let days): number = days
        default: return nil
        }
        return range.contains(number) ? .integer(number) : nil
    }

    /// Returns a moment or duration in the unit of its type.
    private static func inUnits(_ microseconds: Int64, of type: SQLType) -> Int64 {
        switch type {
        case .timestamp(.milliseconds, _), .duration(.milliseconds):
            return SQLTime.divided(microseconds, by: 1000).quotient
        default:
            let (number, overflow) = microseconds.multipliedReportingOverflow(by: 1000)
            return overflow ? (microseconds < 0 ? .min : .max) : number
        }
    }

    private static func unsigned(_ value: SQLValue, _ source: SQLType) -> SQLValue? {
        switch value {
        case .unsigned: return value
        case .text(let text): return UInt64(text.trimmedOfSpaces).map { .number($0) }
        case .real(let number):
            return UInt64(exactly: number.rounded(.towardZero)).map { .number($0) }
        default: return whole(value, source, in: 0...Int64.max)
        }
    }

    static func real(_ value: SQLValue) -> SQLValue? {
        switch value {
        case .real: return value
        case .integer(let number): return .real(Double(number))
        case .unsigned(let number): return .real(Double(number))
        case .boolean(let flag): return .real(flag ? 1 : 0)
        case .text(let text):
            let text = text.trimmedOfSpaces.lowercased()
            guard !text.hasPrefix("0x"), let number = Double(text) else { return nil }
            return .real(number)
        default: return nil
        }
    }

    private static func moment(_ value: SQLValue) -> SQLValue? {
        switch value {
        case .moment: return value
        case .date(let days):
            let (time, overflow) = days.multipliedReportingOverflow(by: SQLTime.day)
            return overflow ? nil : .moment(time)
        case .text(let text): return SQLTime.moment(text).map(SQLValue.moment)
        // A number is taken as nanoseconds.
        case .integer(let number): return .moment(SQLTime.divided(number, by: 1000).quotient)
        default: return nil
        }
    }

    /// Returns the text that a result shows for a value.
    static func text(of value: SQLValue, _ type: SQLType) -> String {
        switch value {
        case .null: return ""
        case .boolean(let flag): return flag ? "true" : "false"
        case .integer(let number): return String(number)
        case .unsigned(let number): return String(number)
        case .real(let number):
            return number.isNaN
                ? "NaN" : number.isInfinite ? (number < 0 ? "-inf" : "inf") : "\(number)"
        case .text(let text): return text
        case .bytes(let bytes): return Hexadecimal.text(bytes)
        case .moment(let time):
            if case .timestamp(_, zoned: true) = type { return SQLTime(time).text(zoned: true) }
            return SQLTime(time).text(zoned: false)
        case .date(let days): return SQLTime(days: days).dateText
        case .interval(let interval): return interval.text
        case .duration(let span): return SQLTime.text(ofDuration: span)
        case .list(let values):
            let element = type.element ?? .null
            return
                "[\(values.map { $0.isNull ? "" : text(of: $0, element) }.joined(separator: ", "))]"
        case .members(let values):
            guard case .structure(let fields) = type else { return "{}" }
            let members = zip(fields, values).map { "\($0.name): \(text(of: $1, $0.type))" }
            return "{\(members.joined(separator: ", "))}"
        }
    }
}
