/// Binds expressions: it resolves names to columns, types and functions. A bound expression has the
/// name that the server gives it, and a closure that computes its value.
final class SQLBinder {
    let budget: QueryBudget
    let source: Catalog
    /// The time of the query in microseconds. `now()` returns it everywhere in the query.
    let now: Int64
    /// The common table expressions that are visible at this place.
    var commonTables: [String: SQLCommonTable] = [:]
    /// The columns of each scan that are used. The first pass finds them, so that the second one
    /// can read only those.
    var used: [Int: Set<Int>] = [:]
    var isFirstPass = true
    var scanCount = 0
    /// The number of relations in this query. A common table counts each time that it is named,
    /// because it is expanded each time.
    private var relationCount = 0

    init(_ budget: QueryBudget, _ source: Catalog, now: Int64) {
        self.budget = budget
        self.source = source
        self.now = now
    }

    func countRelation() throws {
        relationCount += 1
        guard relationCount <= 2000 else {
            throw QueryError.bound("a query reads more than 1000 tables")
        }
    }

    func startPass(first: Bool) {
        isFirstPass = first
        scanCount = 0
        relationCount = 0
        commonTables = [:]
    }

    // MARK: Expressions

    /// Binds an expression in a scope.
    func bind(_ expression: SQLExpression, _ scope: SQLScope) throws -> SQLBound {
        try budget.work()
        let bound = try understand(expression, scope)
        // Behind the grouping, an expression of GROUP BY is a column of its own.
        if scope.aggregates != nil, bound.literal == nil, let group = scope.groups[bound.name] {
            var column = group.bound
            let index = group.index
            column.value = { $0.row[index] }
            column.ungrouped = nil
            return column
        }
        return bound
    }

    func understand(_ expression: SQLExpression, _ scope: SQLScope) throws -> SQLBound {
        switch expression.kind {
        case .null: return SQLBound("NULL", .null, literal: .null)
        case .boolean(let flag):
            return SQLBound("Boolean(\(flag))", .boolean, literal: .boolean(flag))
        case .number(let digits): return Self.number(digits)
        case .string(let text): return SQLBound("Utf8(\"\(text)\")", .utf8, literal: .text(text))
        case .bytes(let bytes):
            let digits = Hexadecimal.text(bytes)
            return SQLBound("Binary(\"\(digits)\")", .binary, literal: .bytes(bytes))
        case .placeholder(let name):
            throw QueryError.execution(
                "Placeholder '\(name)' was not provided a value for execution.")
        case .column(let parts): return try column(parts, scope)
        case .interval(let text):
            guard let interval = SQLInterval(text) else {
                throw QueryError(400, "Arrow error: Parser error: Invalid interval '\(text)'")
            }
            return SQLBound(interval.name, .interval, literal: .interval(interval))
        case .unary(let name, let operand): return try unary(name, try bind(operand, scope))
        case .binary(let name, let left, let right):
            return try binary(name, try bind(left, scope), try bind(right, scope))
        case .chain(let word, let parts): return try chain(word, parts.map { try bind($0, scope) })
        case .test(let operand, let test): return Self.test(try bind(operand, scope), test)
        case .between(let operand, let low, let high, let isNegated):
            return try between(
                try bind(operand, scope), try bind(low, scope), try bind(high, scope), isNegated)
        case .inList(let operand, let list, let isNegated):
            return try inList(
                try bind(operand, scope), try list.map { try bind($0, scope) }, isNegated)
        case .like(let operand, let pattern, let like):
            return try self.like(try bind(operand, scope), try bind(pattern, scope), like)
        case .quantified(let operand, let name, let list, let isAll):
            return try quantified(try bind(operand, scope), name, try bind(list, scope), isAll)
        case .cast(let operand, let type, let isTry):
            return try cast(try bind(operand, scope), to: type, isTry: isTry)
        case .choice(let operand, let cases, let otherwise):
            return try choice(operand, cases, otherwise, scope)
        case .array(let elements): return try array(try elements.map { try bind($0, scope) })
        case .subscripted(let list, let place):
            return try element(of: try bind(list, scope), at: try bind(place, scope))
        case .extract(let field, _):
            throw QueryError.missing(
                "Extract not supported by ExprPlanner: [\(field.uppercased())]")
        case .atTimeZone(let operand, let zone):
            return try atTimeZone(try bind(operand, scope), try bind(zone, scope))
        case .exists, .subquery, .inQuery: return try subquery(expression, scope)
        case .call(let call): return try self.call(call, scope)
        }
    }

    static func number(_ digits: String) -> SQLBound {
        let isWhole = digits.utf8.allSatisfy { (48...57).contains($0) || $0 == 45 }
        if isWhole, let number = Int64(digits) {
            return SQLBound("Int64(\(number))", .int64, literal: .integer(number))
        }
        if isWhole, let number = UInt64(digits) {
            return SQLBound("UInt64(\(number))", .uint64, literal: .number(number))
        }
        let number = Double(digits) ?? .nan
        return SQLBound("Float64(\(decimal(number)))", .float64, literal: .real(number))
    }

    /// Writes a number as the server does in names: without an exponent, and without a fraction if
    /// it is whole.
    static func decimal(_ number: Double) -> String {
        let text = "\(number)"
        guard let mark = text.firstIndex(of: "e"),
            let exponent = Int(text[text.index(after: mark)...])
        else { return text.hasSuffix(".0") ? String(text.dropLast(2)) : text }
        let isNegative = text.hasPrefix("-")
        let digits = text[..<mark].filter(\.isNumber)
        let whole = exponent + 1
        let plain =
            whole <= 0
            ? "0." + String(repeating: "0", count: -whole) + digits
            : digits + String(repeating: "0", count: max(0, whole - digits.count))
        return (isNegative ? "-" : "") + plain
    }

    // MARK: Columns

    /// Resolves a column: in this scope, as an alias of SELECT, then in the scopes around it.
    func column(_ parts: [String], _ scope: SQLScope) throws -> SQLBound {
        var depth = 0
        var place: SQLScope? = scope
        while let here = place {
            if let column = try here.find(parts) {
                return try bound(column, depth, scope, in: here)
            }
            if depth == 0, parts.count == 1, let meant = scope.aliases[parts[0]] {
                // The alias is removed meanwhile, so that one that refers to itself is a missing
                // column and not an endless recursion.
                scope.aliases[parts[0]] = nil
                defer { scope.aliases[parts[0]] = meant }
                return try bind(meant, scope)
            }
            place = here.outer
            depth += 1
        }
        throw Self.unknown(parts, scope)
    }

    func bound(
        _ column: SQLColumn, _ depth: Int, _ scope: SQLScope, in here: SQLScope
    ) throws -> SQLBound {
        column.use()
        var index = column.index
        if depth > 0, here.aggregates != nil {
            guard let group = here.groups[column.plainName] else {
                throw SQLBinder.ungrouped(column.plainName, here)
            }
            index = group.index
        }
        let place = index
        var bound: SQLBound
        if depth == 0 {
            bound = SQLBound(column.plainName, column.type, nullable: column.isNullable) {
                $0.row[place]
            }
        } else {
            var inside: SQLScope? = scope
            for _ in 0..<depth {
                inside?.noteLookOutside()
                inside = inside?.outer
            }
            bound = SQLBound(column.plainName, column.type, nullable: column.isNullable) { frame in
                var frame = frame
                for _ in 0..<depth {
                    guard let outer = frame.outer else { return .null }
                    frame = outer
                }
                return frame.row[place]
            }
        }
        bound.field = (column.table, column.name)
        if depth == 0, here.aggregates != nil { bound.ungrouped = column.plainName }
        return bound
    }

    static func unknown(_ parts: [String], _ scope: SQLScope) -> QueryError {
        let name = parts.map(SQLColumn.quoted).joined(separator: ".")
        let valid = scope.columns.filter { !$0.isMerged }.map(\.fullName)
        let rest = valid.isEmpty ? "" : " Valid fields are \(valid.joined(separator: ", "))."
        return .schema("No field named \(name).\(rest)")
    }

    static func ungrouped(_ name: String, _ scope: SQLScope) -> QueryError {
        let known =
            Array(scope.groups.keys.sorted()) + (scope.aggregates?.places.keys.sorted() ?? [])
        let shown = known.map { "\"\($0 == "count(*)" ? "count(Int64(1))" : $0)\"" }
        return .planning(
            "Column in SELECT must be in GROUP BY or an aggregate function: While expanding wildcard, "
                + "column \"\(name)\" must appear in the GROUP BY clause or must be part of an aggregate "
                + "function, currently only \(shown.joined(separator: ", ")) appears in the SELECT clause "
                + "satisfies this requirement", status: 500)
    }

    // MARK: Simple operators

    /// Makes a bound expression over operands. It is nullable or ungrouped if one of them is.
    func over(
        _ operands: [SQLBound], _ name: String, _ type: SQLType, nullable: Bool? = nil,
        _ value: @escaping (SQLFrame) throws -> SQLValue
    ) -> SQLBound {
        var bound = SQLBound(
            name, type, nullable: nullable ?? operands.contains { $0.isNullable }, value)
        bound.ungrouped = operands.lazy.compactMap(\.ungrouped).first
        return bound
    }

    func unary(_ name: String, _ operand: SQLBound) throws -> SQLBound {
        let value = operand.value
        switch name {
        case "NOT":
            let flag = try cast(operand, to: .boolean).value
            return over([operand], "NOT \(operand.name)", .boolean) { frame in
                if case .boolean(let flag) = try flag(frame) { .boolean(!flag) } else { .null }
            }
        case "+": return operand
        default:
            guard
                operand.type.isNumber || operand.type == .interval || operand.type.isDuration
                    || operand.type == .null
            else {
                throw QueryError.planning(
                    "Negation only supports numeric, interval and timestamp types")
            }
            let type = operand.type == .uint64 || operand.type == .uint32 ? .int64 : operand.type
            return over([operand], "(- \(operand.name))", type) { frame in
                switch try value(frame) {
                case .integer(let number): .integer(0 &- number)
                case .real(let number): .real(-number)
                case .duration(let span): .duration(0 &- span)
                case .interval(let interval):
                    .interval(
                        SQLInterval(
                            months: 0 &- interval.months, days: 0 &- interval.days,
                            nanoseconds: 0 &- interval.nanoseconds))
                default: .null
                }
            }
        }
    }

    func chain(_ word: String, _ parts: [SQLBound]) throws -> SQLBound {
        let name = parts.map(\.name).joined(separator: " \(word) ")
        for part in parts where part.type != .boolean && part.type != .null {
            throw QueryError.planning(
                "Cannot infer common argument type for logical boolean operation "
                    + "\(parts[0].type.name) \(word) \(parts[1].type.name)")
        }
        let values = parts.map(\.value)
        let isAnd = word == "AND"
        return over(parts, name, .boolean) { frame in
            var result = SQLValue.boolean(isAnd)
            for value in values {
                guard case .boolean(let flag) = try value(frame) else {
                    result = .null
                    continue
                }
                if flag != isAnd { return .boolean(flag) }
            }
            return result
        }
    }

    static func test(_ operand: SQLBound, _ test: String) -> SQLBound {
        let value = operand.value
        let isNegated = test.hasPrefix("NOT ")
        let word = isNegated ? String(test.dropFirst(4)) : test
        var bound = SQLBound("\(operand.name) IS \(test)", .boolean, nullable: false) { frame in
            let value = try value(frame)
            let holds =
                switch word {
                case "TRUE": value == .boolean(true)
                case "FALSE": value == .boolean(false)
                default: value.isNull
                }
            return .boolean(holds != isNegated)
        }
        bound.ungrouped = operand.ungrouped
        return bound
    }

    func between(
        _ operand: SQLBound, _ low: SQLBound, _ high: SQLBound, _ isNegated: Bool
    ) throws -> SQLBound {
        let above = try comparison(">=", operand, low).value
        let below = try comparison("<=", operand, high).value
        let name =
            "\(operand.name)\(isNegated ? " NOT" : "") BETWEEN \(low.name) AND \(high.name)"
        return over([operand, low, high], name, .boolean) { frame in
            let (above, below) = (try above(frame), try below(frame))
            if above == .boolean(false) || below == .boolean(false) { return .boolean(isNegated) }
            return above.isNull || below.isNull ? .null : .boolean(!isNegated)
        }
    }

    func inList(
        _ operand: SQLBound, _ list: [SQLBound], _ isNegated: Bool
    ) throws -> SQLBound {
        var type = operand.type
        for element in list { type = try common(type, element.type, "IN") }
        let name =
            "\(operand.name)\(isNegated ? " NOT" : "") IN \(list.map(\.name).joined(separator: ", "))"
        let value = try cast(operand, to: type).value
        let elements = try list.map { try cast($0, to: type) }
        let literals = elements.compactMap(\.literal)
        // Long lists are mostly lists of ids, so literals are looked up in a set.
        let known = literals.count == elements.count ? Set(literals.filter { !$0.isNull }) : nil
        let hasNull = literals.contains(where: \.isNull)
        return over([operand] + list, name, .boolean) { frame in
            let value = try value(frame)
            if value.isNull { return .null }
            if let known {
                if known.contains(value) { return .boolean(!isNegated) }
                return hasNull ? .null : .boolean(isNegated)
            }
            var sawNull = false
            for element in elements {
                let other = try element.value(frame)
                if other.isNull {
                    sawNull = true
                } else if other == value {
                    return .boolean(!isNegated)
                }
            }
            return sawNull ? .null : .boolean(isNegated)
        }
    }

    func quantified(
        _ operand: SQLBound, _ name: String, _ list: SQLBound, _ isAll: Bool
    ) throws -> SQLBound {
        guard let element = list.type.element, !isAll, name == "=" else {
            throw QueryError.planning("Only '= ANY(list)' is known", status: 500)
        }
        let type = try common(operand.type, element, "=")
        let value = try cast(operand, to: type).value
        let values = try cast(list, to: .list(type)).value
        return over([operand, list], "array_has(\(list.name),\(operand.name))", .boolean) { frame in
            guard case .list(let values) = try values(frame) else { return .null }
            let value = try value(frame)
            return value.isNull ? .null : .boolean(values.contains(value))
        }
    }
}
