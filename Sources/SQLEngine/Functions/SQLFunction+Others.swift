internal import CanonicalJSON
internal import Foundation

extension SQLFunction {
    // MARK: Numbers

    static func real(_ body: @escaping @Sendable (Double) -> Double) -> SQLFunction {
        SQLFunction([.number], .float64) { values, _ in .real(body(values.real(0))) }
    }

    static let numbers: [String: SQLFunction] = [
        "abs": SQLFunction([.number]) { _, arguments in
            (
                arguments[0].type,
                { values in
                    switch values[0] {
                    case .integer(let number): .number(number.magnitude)
                    case .real(let number): .real(abs(number))
                    default: values[0]
                    }
                }
            )
        },
        "ceil": real { $0.rounded(.up) },
        "floor": real { $0.rounded(.down) },
        "round": SQLFunction([.number, .integer], .float64, 1...2) { values, _ in
            let places = max(-300, min(300, values.integer(1)))
            let unit = pow(10, Double(places))
            let rounded = (values.real(0) * unit).rounded() / unit
            return .real(rounded.isFinite ? rounded : values.real(0))
        },
        "trunc": SQLFunction([.number, .integer], .float64, 1...2) { values, _ in
            let unit = pow(10, Double(max(-300, min(300, values.integer(1)))))
            return .real((values.real(0) * unit).rounded(.towardZero) / unit)
        },
        "sqrt": real { sqrt($0) }, "cbrt": real { cbrt($0) }, "exp": real { exp($0) },
        "ln": real { log($0) }, "log2": real { log2($0) }, "log10": real { log10($0) },
        "sin": real { sin($0) }, "cos": real { cos($0) }, "tan": real { tan($0) },
        "asin": real { asin($0) }, "acos": real { acos($0) }, "atan": real { atan($0) },
        "degrees": real { $0 * 180 / .pi }, "radians": real { $0 * .pi / 180 },
        "signum": real { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 },
        "log": SQLFunction([.number], .float64, 1...2) { values, _ in
            .real(
                values.count == 1
                    ? log10(values.real(0)) : log(values.real(1)) / log(values.real(0)))
        },
        "power": SQLFunction([.number], 2...2) { _, arguments in
            let isWhole = arguments.allSatisfy { $0.type.isInteger }
            return (
                isWhole ? .int64 : .float64,
                { values in
                    let result = pow(values.real(0), values.real(1))
                    guard isWhole else { return .real(result) }
                    guard let number = Int64(exactly: result.rounded()) else {
                        throw QueryError.arrow("Arithmetic overflow: power")
                    }
                    return .integer(number)
                }
            )
        },
        "pi": SQLFunction([], .float64, 0...0) { _, _ in .real(.pi) },
        "random": SQLFunction([], .float64, 0...0) { _, _ in .real(.random(in: 0..<1)) },
        "isnan": SQLFunction([.number], .boolean) { values, _ in .boolean(values.real(0).isNaN) },
        "iszero": SQLFunction([.number], .boolean) { values, _ in .boolean(values.real(0) == 0) },
    ]

    // MARK: Times

    static let times: [String: SQLFunction] = [
        "now": SQLFunction([], 0...0) { binder, _ in
            let now = binder.now
            return (.timestamp(.nanoseconds, zoned: false), { _ in .moment(now) })
        },
        "current_date": SQLFunction([], 0...0) { binder, _ in
            let day = SQLTime.divided(binder.now, by: SQLTime.day).quotient
            return (.date, { _ in .date(day) })
        },
        "date_trunc": SQLFunction([.text, .moment]) { _, arguments in
            let type = moment(arguments[1].type)
            return (
                type,
                { values in
                    guard let time = try time(values[1], arguments[1].type) else { return .null }
                    guard let start = time.truncated(to: values.text(0)) else {
                        throw QueryError.execution(
                            "Unsupported date_trunc granularity: \(values.text(0))")
                    }
                    return start.moment.map(SQLValue.moment) ?? .null
                }
            )
        },
        "date_part": SQLFunction([.text, .any]) { _, arguments in
            let isEpoch = arguments[0].literal == .text("epoch")
            let type = arguments[1].type
            return (
                isEpoch ? .float64 : .int32,
                { values in
                    guard let time = try time(values[1], type) else { return .null }
                    guard let value = time.value(of: values.text(0)) else {
                        throw QueryError.execution("Date part '\(values.text(0))' not supported")
                    }
                    return value
                }
            )
        },
        "date_bin": SQLFunction([.interval, .moment, .moment], 2...3) { _, arguments in
            (
                moment(arguments[1].type),
                { values in
                    let span = try SQLConversion.convert(
                        values[0], from: arguments[0].type, to: .interval)
                    let nanoseconds = SQLType.timestamp(.nanoseconds, zoned: false)
                    let moment = try SQLConversion.convert(
                        values[1], from: arguments[1].type, to: nanoseconds)
                    let origin =
                        values.count > 2
                        ? try SQLConversion.convert(
                            values[2], from: arguments[2].type, to: nanoseconds)
                        : .moment(0)
                    guard case .interval(let stride) = span, case .moment(let moment) = moment,
                        case .moment(let origin) = origin
                    else { return .null }
                    guard let begin = SQLTime.bin(stride, moment, origin: origin) else {
                        throw QueryError.execution(
                            "DATE_BIN stride must be more than 0, in one unit")
                    }
                    return .moment(begin)
                }
            )
        },
        "to_char": SQLFunction([.any, .text]) { binder, arguments in
            let type = arguments[0].type
            let budget = binder.budget
            return (
                .utf8,
                { values in
                    if case .duration(let span) = values[0] {
                        return .text(SQLTime.text(ofDuration: span))
                    }
                    guard let time = try time(values[0], type) else { return .null }
                    guard let text = time.formatted(values.text(1)) else {
                        throw QueryError.execution(
                            "Cast error: Format error: a part of '\(values.text(1))' is not known")
                    }
                    try budget.made(text.utf8.count)
                    return .text(text)
                }
            )
        },
        "to_timestamp": timestamp(perSecond: 1),
        "to_timestamp_millis": timestamp(perSecond: 1000),
        "to_timestamp_micros": timestamp(perSecond: 1_000_000),
        "to_timestamp_nanos": timestamp(perSecond: 1_000_000_000),
        "from_unixtime": timestamp(perSecond: 1),
        "to_unixtime": SQLFunction([.any, .text], 1...2) { _, arguments in
            (
                .int64,
                { values in
                    if case .integer = values[0] { return values[0] }
                    guard let moment = try time(values[0], arguments[0].type)?.moment else {
                        return .null
                    }
                    return .integer(SQLTime.divided(moment, by: SQLTime.second).quotient)
                }
            )
        },
        "to_date": SQLFunction([.any, .text], 1...2) { _, arguments in
            (
                .date,
                { values in
                    try SQLConversion.convert(values[0], from: arguments[0].type, to: .date)
                }
            )
        },
        "make_date": SQLFunction([.any], .date, 3...3) { values, _ in
            let parts = try values.map {
                try SQLConversion.convert($0, from: .utf8, to: .int64)
            }
            let (year, month, day) = (parts.integer(0), parts.integer(1), parts.integer(2))
            guard (-200_000...200_000).contains(year), (1...12).contains(month),
                (1...SQLTime.length(ofMonth: month, in: year)).contains(day)
            else {
                throw QueryError.execution("Unable to parse date from \(year), \(month), \(day)")
            }
            return .date(SQLTime(year: year, month: month, day: day).days)
        },
        "to_local_time": SQLFunction([.moment]) { _, arguments in
            (
                .timestamp(.nanoseconds, zoned: false),
                { values in
                    try SQLConversion.convert(
                        values[0], from: arguments[0].type,
                        to: .timestamp(.nanoseconds, zoned: false))
                }
            )
        },
    ]

    static func moment(_ type: SQLType) -> SQLType {
        if case .timestamp = type { type } else { .timestamp(.nanoseconds, zoned: false) }
    }

    static func time(_ value: SQLValue, _ type: SQLType) throws -> SQLTime? {
        let converted = try SQLConversion.convert(
            value, from: type, to: .timestamp(.nanoseconds, zoned: false))
        if case .moment(let moment) = converted { return SQLTime(moment) }
        return nil
    }

    /// Numbers count so many a second; texts are read.
    static func timestamp(perSecond count: Int64) -> SQLFunction {
        let type = SQLType.timestamp(.nanoseconds, zoned: false)
        return SQLFunction([.any, .text], 1...9) { _, arguments in
            (
                type,
                { values in
                    switch values[0] {
                    case .integer(let number):
                        if count > 1_000_000 {
                            return .moment(SQLTime.divided(number, by: count / 1_000_000).quotient)
                        }
                        let (moment, overflow) = number.multipliedReportingOverflow(
                            by: 1_000_000 / count)
                        guard !overflow else {
                            throw QueryError.arrow("Arithmetic overflow: a moment is too far away")
                        }
                        return .moment(moment)
                    case .real(let number):
                        let moment = number * 1e6 / Double(count)
                        return abs(moment) < 9e18 ? .moment(Int64(moment)) : .null
                    default:
                        return try SQLConversion.convert(
                            values[0], from: arguments[0].type, to: type)
                    }
                }
            )
        }
    }

    // MARK: Choices

    static let choices: [String: SQLFunction] = [
        "coalesce": SQLFunction([.any], 1...Int.max, takesNulls: true) { binder, arguments in
            try choice(binder, arguments) { $0.first { !$0.isNull } ?? .null }
        },
        "nvl": SQLFunction([.any], 2...2, takesNulls: true) { binder, arguments in
            try choice(binder, arguments) { $0.first { !$0.isNull } ?? .null }
        },
        "greatest": SQLFunction([.any], 1...Int.max, takesNulls: true) { binder, arguments in
            try choice(binder, arguments) { values in
                values.filter { !$0.isNull }.max { $0.order($1) < 0 } ?? .null
            }
        },
        "least": SQLFunction([.any], 1...Int.max, takesNulls: true) { binder, arguments in
            try choice(binder, arguments) { values in
                values.filter { !$0.isNull }.min { $0.order($1) < 0 } ?? .null
            }
        },
        "nvl2": SQLFunction([.any], 3...3, takesNulls: true) { binder, arguments in
            let (type, values) = try choice(binder, Array(arguments.dropFirst())) { $0[0] }
            return (type, { try values($0[0].isNull ? [$0[2], $0[1]] : [$0[1], $0[2]]) })
        },
        "nullif": SQLFunction([.any], 2...2, takesNulls: true) { binder, arguments in
            _ = try binder.common(arguments[0].type, arguments[1].type, "=")
            return (arguments[0].type, { $0[0] == $0[1] ? .null : $0[0] })
        },
        "arrow_typeof": SQLFunction([.any], takesNulls: true) { _, arguments in
            let name = arguments[0].type.name
            return (.utf8, { _ in .text(name) })
        },
        "version": SQLFunction([], .utf8, 0...0) { _, _ in .text("restate-local") },
        "named_struct": SQLFunction([.any], 2...Int.max, takesNulls: true) { _, arguments in
            guard arguments.count % 2 == 0 else {
                throw QueryError.planning("named_struct requires an even number of arguments")
            }
            var fields: [SQLType.Field] = []
            for index in stride(from: 0, to: arguments.count, by: 2) {
                guard case .text(let name)? = arguments[index].literal else {
                    throw QueryError.planning("named_struct requires its names as texts")
                }
                fields.append(SQLType.Field(name: name, type: arguments[index + 1].type))
            }
            return (
                .structure(fields),
                { values in
                    .members(stride(from: 1, to: values.count, by: 2).map { values[$0] })
                }
            )
        },
        "struct": SQLFunction([.any], 1...Int.max, takesNulls: true) { _, arguments in
            let fields = arguments.enumerated().map { SQLType.Field(name: "c\($0)", type: $1.type) }
            return (.structure(fields), { .members($0) })
        },
        "map": SQLFunction([.list, .list]) { _, arguments in
            (
                .map(arguments[0].type.element ?? .null, arguments[1].type.element ?? .null),
                { values in
                    let (keys, entries) = (values.list(0), values.list(1))
                    guard keys.count == entries.count else {
                        throw QueryError.execution(
                            "map requires key and value lists to have the same length")
                    }
                    return .members(zip(keys, entries).map { .members([$0, $1]) })
                }
            )
        },
    ]

    static func choice(
        _ binder: SQLBinder, _ arguments: [SQLBound],
        _ body: @escaping @Sendable ([SQLValue]) -> SQLValue
    ) throws -> (SQLType, Values) {
        var type = SQLType.null
        for argument in arguments { type = try binder.common(type, argument.type, "=") }
        let (result, sources) = (type, arguments.map(\.type))
        return (
            type,
            { values in
                body(
                    try zip(values, sources).map {
                        try SQLConversion.convert($0, from: $1, to: result)
                    })
            }
        )
    }

    // MARK: JSON

    static let documents: [String: SQLFunction] = [
        "json_get": SQLFunction([.text, .any], 1...Int.max) { _, _ in
            throw QueryError.arrow(
                "Json error: Unsupported data type for JSON encoding: Union; ask with json_get_str, "
                    + "json_get_int, json_as_text or ->>")
        },
        "json_as_text": member { value in
            switch value {
            case .null: .null
            case .string(let text): .text(text)
            default: .text(written(value))
            }
        },
        "json_get_json": member { .text(written($0)) },
        "json_get_str": member { if case .string(let text) = $0 { .text(text) } else { .null } },
        "json_get_bool": member(.boolean) {
            if case .bool(let flag) = $0 { .boolean(flag) } else { .null }
        },
        "json_get_int": member(.int64) { Int64(written($0)).map(SQLValue.integer) ?? .null },
        "json_get_float": member(.float64) { value in
            if case .string = value { return .null }
            return Double(written(value)).map(SQLValue.real) ?? .null
        },
        "json_length": member(.uint64) { value in
            switch value {
            case .array(let elements): .integer(Int64(elements.count))
            case .object(let members): .integer(Int64(members.count))
            default: .null
            }
        },
        "json_contains": SQLFunction([.text, .any], .boolean, 2...Int.max) { values, budget in
            .boolean(try found(values, budget) != nil)
        },
    ]

    static func written(_ value: JSONValue) -> String {
        (try? JSON.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }

    static func member(
        _ type: SQLType = .utf8, _ body: @escaping @Sendable (JSONValue) -> SQLValue
    ) -> SQLFunction {
        SQLFunction([.text, .any], type, 1...Int.max) { values, budget in
            guard let value = try found(values, budget) else { return .null }
            let result = body(value)
            try budget.made(result.size)
            return result
        }
    }

    /// The value at a path of names and places; nil if there is none, or no JSON.
    static func found(_ values: [SQLValue], _ budget: QueryBudget) throws -> JSONValue? {
        try budget.work(values.bytes(0).count / 16)
        guard var value = try? JSON.decode(JSONValue.self, from: values.bytes(0)) else {
            return nil
        }
        for step in values.dropFirst() {
            switch (step, value) {
            case (.text(let name), .object(let members)):
                guard let next = members[name] else { return nil }
                value = next
            case (.integer(let place), .array(let elements)):
                guard let index = Int(exactly: place), elements.indices.contains(index) else {
                    return nil
                }
                value = elements[index]
            default: return nil
            }
        }
        return value
    }
}
