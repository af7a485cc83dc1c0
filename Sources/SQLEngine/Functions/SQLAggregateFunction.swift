/// Computes an aggregate over the rows of one group, which it gets one after another.
protocol SQLAccumulator: AnyObject {
    /// - Parameter values: the arguments of the call for one row.
    func add(_ values: [SQLValue], _ budget: QueryBudget) throws
    func result(_ budget: QueryBudget) throws -> SQLValue
}

/// The aggregate functions. Names, types and error texts are DataFusion's.
enum SQLAggregateFunction {
    static let names = [
        "count", "sum", "avg", "mean", "min", "max", "median", "approx_median",
        "approx_percentile_cont", "percentile_cont", "approx_distinct", "stddev", "stddev_samp",
        "stddev_pop", "var", "var_samp", "var_pop", "array_agg", "string_agg", "first_value",
        "last_value", "bool_and", "bool_or", "bit_and", "bit_or", "bit_xor",
    ]

    /// Checks a call, and returns the type of its result and a function that makes an accumulator
    /// for a group.
    static func make(
        _ name: String, _ arguments: [SQLBound], isOfRows: Bool
    ) throws -> (SQLType, isNullable: Bool, () -> any SQLAccumulator) {
        let type = arguments.first?.type ?? .null
        let wanted = name == "string_agg" || name.hasSuffix("percentile_cont") ? 2 : 1
        guard
            isOfRows && name == "count" || arguments.count == wanted
                || name == "string_agg" && arguments.count == 1
        else {
            throw QueryError.planning(
                arguments.isEmpty
                    ? "'\(name)' does not support zero arguments. No function matches the given name and "
                        + "argument types '\(name)()'. You might need to add explicit type casts."
                    : "Function '\(name)' expects \(wanted) arguments but received \(arguments.count)"
            )
        }
        switch name {
        case "count": return (.int64, false, { Count(isOfRows: isOfRows) })
        case "sum":
            try demandNumber(name, type)
            let result: SQLType =
                type == .float64 ? .float64 : type == .uint64 || type == .uint32 ? .uint64 : .int64
            return (result, true, { Sum(result) })
        case "avg", "mean":
            try demandNumber(name, type)
            return (.float64, true, { Average() })
        case "min", "max":
            let sign = name == "min" ? -1 : 1
            return (type, true, { Extreme(sign: sign) })
        case "median", "approx_median":
            try demandNumber(name, type)
            return (.float64, true, { Percentile(0.5) })
        case "approx_percentile_cont", "percentile_cont":
            try demandNumber(name, type)
            guard case .real(let share)? = arguments[1].literal.flatMap(SQLConversion.real),
                (0...1).contains(share)
            else {
                throw QueryError.planning("Percentile value must be between 0.0 and 1.0 inclusive")
            }
            return (.float64, true, { Percentile(share) })
        case "approx_distinct": return (.uint64, false, { Distinct() })
        case "stddev", "stddev_samp", "stddev_pop", "var", "var_samp", "var_pop":
            try demandNumber(name, type)
            let isRoot = name.hasPrefix("stddev")
            let isSample = !name.hasSuffix("pop")
            return (.float64, true, { Spread(isRoot: isRoot, isSample: isSample) })
        case "array_agg": return (.list(type), true, { Gathered() })
        case "string_agg":
            guard type.isText || type == .null else {
                throw QueryError.planning(
                    "Function 'string_agg' requires String, but received \(type.name)")
            }
            guard
                case .text(let separator)? = arguments.count > 1 ? arguments[1].literal : .text("")
            else {
                throw QueryError.planning("The delimiter of string_agg must be a string literal")
            }
            return (type == .null ? .utf8 : type, true, { Joined(separator: separator) })
        case "first_value": return (type, true, { Edge(isFirst: true) })
        case "last_value": return (type, true, { Edge(isFirst: false) })
        case "bool_and", "bool_or":
            guard type == .boolean || type == .null else {
                throw QueryError.planning(
                    "Function '\(name)' requires Boolean, but received \(type.name)")
            }
            return (.boolean, true, { Extreme(sign: name == "bool_or" ? 1 : -1) })
        default:
            guard type.isInteger || type == .null else {
                throw QueryError.planning(
                    "Function '\(name)' requires Int64, but received \(type.name)")
            }
            return (type, true, { Bits(name) })
        }
    }

    private static func demandNumber(_ name: String, _ type: SQLType) throws {
        guard type.isNumber || type == .null else {
            throw QueryError.planning(
                "Function '\(name)' requires Float64, but received \(type.isText ? "String" : type.name) "
                    + "(DataType: \(type.name)). No function matches the given name and argument types "
                    + "'\(name)(\(type.name))'. You might need to add explicit type casts.")
        }
    }

    private final class Count: SQLAccumulator {
        private let isOfRows: Bool
        private var count: Int64 = 0
        init(isOfRows: Bool) { self.isOfRows = isOfRows }

        func add(_ values: [SQLValue], _ budget: QueryBudget) {
            if isOfRows || !values[0].isNull { count += 1 }
        }

        func result(_ budget: QueryBudget) -> SQLValue { .integer(count) }
    }

    private final class Sum: SQLAccumulator {
        private let type: SQLType
        private var whole: Int64 = 0
        private var natural: UInt64 = 0
        private var real = 0.0
        private var isEmpty = true
        init(_ type: SQLType) { self.type = type }

        func add(_ values: [SQLValue], _ budget: QueryBudget) {
            switch values[0] {
            case .integer(let number):
                whole &+= number
                natural &+= UInt64(bitPattern: number)
                real += Double(number)
            case .unsigned(let number):
                natural &+= number
                real += Double(number)
            case .real(let number): real += number
            default: return
            }
            isEmpty = false
        }

        func result(_ budget: QueryBudget) -> SQLValue {
            if isEmpty { return .null }
            return switch type {
            case .float64: .real(real)
            case .uint64: .number(natural)
            default: .integer(whole)
            }
        }
    }

    private final class Average: SQLAccumulator {
        private var sum = 0.0
        private var count = 0.0

        func add(_ values: [SQLValue], _ budget: QueryBudget) {
            guard case .real(let number)? = SQLConversion.real(values[0]) else { return }
            sum += number
            count += 1
        }

        func result(_ budget: QueryBudget) -> SQLValue { count == 0 ? .null : .real(sum / count) }
    }

    private final class Extreme: SQLAccumulator {
        private let sign: Int
        private var best = SQLValue.null
        init(sign: Int) { self.sign = sign }

        func add(_ values: [SQLValue], _ budget: QueryBudget) {
            let value = values[0]
            if value.isNull { return }
            if best.isNull || value.order(best) * sign > 0 { best = value }
        }

        func result(_ budget: QueryBudget) -> SQLValue { best }
    }

    private final class Percentile: SQLAccumulator {
        private let share: Double
        private var numbers: [Double] = []
        init(_ share: Double) { self.share = share }

        func add(_ values: [SQLValue], _ budget: QueryBudget) throws {
            guard case .real(let number)? = SQLConversion.real(values[0]) else { return }
            try budget.hold(16)
            numbers.append(number)
        }

        func result(_ budget: QueryBudget) -> SQLValue {
            if numbers.isEmpty { return .null }
            let sorted = numbers.sorted { $0 < $1 }
            let place = share * Double(sorted.count - 1)
            let low = Int(place.rounded(.down))
            let high = min(low + 1, sorted.count - 1)
            return .real(sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low)))
        }
    }

    private final class Spread: SQLAccumulator {
        private let isRoot: Bool
        private let isSample: Bool
        private var (count, mean, squares) = (0.0, 0.0, 0.0)

        init(isRoot: Bool, isSample: Bool) {
            self.isRoot = isRoot
            self.isSample = isSample
        }

        func add(_ values: [SQLValue], _ budget: QueryBudget) {
            guard case .real(let number)? = SQLConversion.real(values[0]) else { return }
            count += 1
            let distance = number - mean
            mean += distance / count
            squares += distance * (number - mean)
        }

        func result(_ budget: QueryBudget) -> SQLValue {
            let divisor = isSample ? count - 1 : count
            guard divisor > 0 else { return .null }
            return .real(isRoot ? (squares / divisor).squareRoot() : squares / divisor)
        }
    }

    private final class Distinct: SQLAccumulator {
        private var seen: Set<SQLValue> = []

        func add(_ values: [SQLValue], _ budget: QueryBudget) throws {
            if !values[0].isNull, seen.insert(values[0]).inserted {
                try budget.hold(values[0].size)
            }
        }

        func result(_ budget: QueryBudget) -> SQLValue { .integer(Int64(seen.count)) }
    }

    private final class Gathered: SQLAccumulator {
        private var values: [SQLValue] = []

        func add(_ values: [SQLValue], _ budget: QueryBudget) throws {
            try budget.hold(values[0].size)
            self.values.append(values[0])
        }

        func result(_ budget: QueryBudget) -> SQLValue { values.isEmpty ? .null : .list(values) }
    }

    private final class Joined: SQLAccumulator {
        private let separator: String
        private var text: String?
        init(separator: String) { self.separator = separator }

        func add(_ values: [SQLValue], _ budget: QueryBudget) throws {
            guard case .text(let part) = values[0] else { return }
            try budget.hold(separator.utf8.count + part.utf8.count)
            text = text.map { $0 + separator + part } ?? part
        }

        func result(_ budget: QueryBudget) -> SQLValue { SQLValue(text) }
    }

    private final class Edge: SQLAccumulator {
        private let isFirst: Bool
        private var value: SQLValue?
        init(isFirst: Bool) { self.isFirst = isFirst }

        func add(_ values: [SQLValue], _ budget: QueryBudget) {
            if value == nil || !isFirst { value = values[0] }
        }

        func result(_ budget: QueryBudget) -> SQLValue { value ?? .null }
    }

    private final class Bits: SQLAccumulator {
        private let name: String
        private var bits: Int64?
        init(_ name: String) { self.name = name }

        func add(_ values: [SQLValue], _ budget: QueryBudget) {
            guard case .integer(let number) = values[0] else { return }
            guard let bits else {
                self.bits = number
                return
            }
            switch name {
            case "bit_and": self.bits = bits & number
            case "bit_or": self.bits = bits | number
            default: self.bits = bits ^ number
            }
        }

        func result(_ budget: QueryBudget) -> SQLValue { SQLValue(bits) }
    }
}

/// One aggregate in one group: it applies FILTER, DISTINCT and ORDER BY before the accumulator.
final class SQLAggregateState {
    private let input: SQLAggregateInput
    private let accumulator: any SQLAccumulator
    private var seen: Set<SQLValue> = []
    /// The values of an ordered aggregate, which are sorted when all rows have come.
    private var held: [(keys: [SQLValue], values: [SQLValue])] = []
    /// For `first_value` and `last_value` with an order, whether the first is wanted. Then only one
    /// row is held instead of all.
    private let keepsOne: Bool?

    init(_ call: (type: SQLType, make: () -> any SQLAccumulator, input: SQLAggregateInput)) {
        input = call.input
        accumulator = call.make()
        keepsOne = call.input.order.isEmpty ? nil : call.input.keepsFirst
    }

    func add(_ frame: SQLFrame, _ budget: QueryBudget) throws {
        try budget.work()
        if let filter = input.filter, try filter.value(frame) != .boolean(true) { return }
        var values: [SQLValue] = []
        values.reserveCapacity(input.arguments.count)
        for argument in input.arguments { values.append(try argument.value(frame)) }
        if input.ignoresNulls, values.first?.isNull ?? false { return }
        if input.isDistinct {
            guard seen.insert(.list(values)).inserted else { return }
            try budget.hold(values.reduce(64) { $0 + $1.size })
        }
        guard !input.order.isEmpty else { return try accumulator.add(values, budget) }
        let keys = try input.order.map { try $0.bound.value(frame) }
        if let isFirst = keepsOne, let best = held.first {
            let order = SQLSortKey.order(input.order, keys, best.keys)
            if isFirst ? order < 0 : order >= 0 { held[0] = (keys, values) }
            return
        }
        try budget.hold((keys + values).reduce(64) { $0 + $1.size })
        held.append((keys, values))
    }

    func result(_ budget: QueryBudget) throws -> SQLValue {
        try budget.work()
        if !held.isEmpty {
            try held.sort {
                try budget.work()
                return SQLSortKey.order(input.order, $0.keys, $1.keys) < 0
            }
            for row in held { try accumulator.add(row.values, budget) }
            held = []
        }
        return try accumulator.result(budget)
    }
}
