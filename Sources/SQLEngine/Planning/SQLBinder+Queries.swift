/// Binds whole queries: WITH, set operations, VALUES, ORDER BY, and subqueries in expressions.
extension SQLBinder {
    func query(_ query: SQLQuery, outer: SQLScope?) throws -> SQLPlan {
        let around = commonTables
        defer { commonTables = around }
        for named in query.with {
            commonTables[named.name] = SQLCommonTable(
                named, isRecursive: query.isRecursive, around: commonTables)
        }
        let limit = try constant(query.limit, "LIMIT")
        let offset = try constant(query.offset, "OFFSET") ?? 0
        if case .select(let select) = query.body {
            return try SQLSelectBinder(self, select, query.order, limit: limit, offset: offset)
                .plan(outer)
        }
        let plan = try body(query.body, outer: outer)
        return try ordered(plan, query.order, limit, offset, outer)
    }

    /// Evaluates a limit or an offset, which may not depend on a row.
    func constant(_ expression: SQLExpression?, _ name: String) throws -> Int? {
        guard let expression else { return nil }
        let bound = try bind(expression, SQLScope([], outer: nil))
        switch try bound.value(SQLFrame(outer: nil)) {
        case .integer(let number) where number >= 0: return Int(clamping: number)
        case .null: return nil
        case .integer:
            throw QueryError.planning("\(name) must be >= 0, '\(bound.name)' was provided.")
        default: throw QueryError.planning("Expected \(name) to be an integer or null")
        }
    }

    func body(_ body: SQLQuery.Body, outer: SQLScope?) throws -> SQLPlan {
        switch body {
        case .select(let select):
            return try SQLSelectBinder(self, select, [], limit: nil, offset: 0).plan(outer)
        case .query(let query): return try self.query(query, outer: outer)
        case .values(let rows): return try values(rows, outer)
        case .combined(let first, let operations):
            let start = try self.body(first, outer: outer)
            let rest = try operations.map { ($0, try self.body($0.body, outer: outer)) }
            return try combined(start, rest)
        }
    }

    // MARK: VALUES

    func values(_ rows: [[SQLExpression]], _ outer: SQLScope?) throws -> SQLPlan {
        let scope = SQLScope([], outer: outer)
        let bound = try rows.map { try $0.map { try bind($0, scope) } }
        let width = bound[0].count
        guard width > 0 else { throw QueryError.planning("Values list cannot be zero length") }
        var types = [SQLType](repeating: .null, count: width)
        for (index, row) in bound.enumerated() {
            guard row.count == width else {
                throw QueryError.planning(
                    "Inconsistent data length across values list: got \(row.count) values in row "
                        + "\(index) but expected \(width)")
            }
            for (place, value) in row.enumerated() {
                guard let type = types[place].common(with: value.type) else {
                    throw QueryError.planning(
                        "Inconsistent data type across values list at row \(index) column \(place). Was "
                            + "\(types[place].name) but found \(value.type.name)")
                }
                types[place] = type
            }
        }
        let typed = try bound.map { row in
            try row.enumerated().map { try cast($1, to: types[$0]).value }
        }
        let columns = types.enumerated().map {
            SQLPlan.Column(name: "column\($0 + 1)", table: nil, type: $1, isNullable: true)
        }
        let budget = budget
        return SQLPlan(columns: columns) { outer, receive in
            let frame = SQLFrame(outer: outer)
            for row in typed {
                try budget.work()
                guard try receive(try row.map { try $0(frame) }) else { return }
            }
        }
    }

    // MARK: UNION, EXCEPT, INTERSECT

    /// Combines queries. `UNION ALL` passes rows on at once; the others have to collect them.
    func combined(
        _ start: SQLPlan, _ rest: [(operation: SQLQuery.Operation, plan: SQLPlan)]
    ) throws -> SQLPlan {
        var columns = start.columns
        for (operation, plan) in rest {
            guard plan.columns.count == columns.count else {
                throw QueryError.planning(
                    "\(operation.name) queries have different number of columns: left has "
                        + "\(columns.count) columns whereas right has \(plan.columns.count) columns"
                )
            }
            for (index, column) in plan.columns.enumerated() {
                guard let type = columns[index].type.common(with: column.type) else {
                    throw QueryError.planning(
                        "Incompatible inputs for \(operation.name): \(columns[index].type.name) and "
                            + column.type.name)
                }
                columns[index].type = type
                columns[index].isNullable = columns[index].isNullable || column.isNullable
            }
        }
        let budget = budget
        let types = columns.map(\.type)
        func run(
            _ plan: SQLPlan, _ outer: SQLFrame?, _ receive: SQLRelation.Receive
        ) throws {
            let own = plan.columns.map(\.type)
            if own == types { return try plan.run(outer, receive) }
            try plan.run(outer) { row in
                var row = row
                for index in row.indices {
                    row[index] = try SQLConversion.convert(
                        row[index], from: own[index], to: types[index])
                }
                return try receive(row)
            }
        }
        if rest.allSatisfy({ $0.operation.name == "UNION" && $0.operation.isAll }) {
            return SQLPlan(columns: columns) { outer, receive in
                for plan in [start] + rest.map(\.plan) {
                    var isDone = false
                    try run(plan, outer) {
                        isDone = try !receive($0)
                        return !isDone
                    }
                    if isDone { return }
                }
            }
        }
        return SQLPlan(columns: columns) { outer, receive in
            func gathered(_ plan: SQLPlan) throws -> [[SQLValue]] {
                var rows: [[SQLValue]] = []
                try run(plan, outer) { row in
                    try budget.hold(row.reduce(64) { $0 + $1.size })
                    rows.append(row)
                    return true
                }
                return rows
            }
            var rows = try gathered(start)
            for (operation, plan) in rest {
                let other = try gathered(plan)
                try budget.work(rows.count + other.count)
                if operation.name == "UNION" {
                    rows += other
                } else {
                    let known = Set(other)
                    let isWanted = operation.name == "INTERSECT"
                    rows = rows.filter { known.contains($0) == isWanted }
                }
                if !operation.isAll {
                    var seen: Set<[SQLValue]> = []
                    rows = rows.filter { seen.insert($0).inserted }
                }
            }
            for row in rows where try !receive(row) { return }
        }
    }

    /// Adds the order and the limit to a query that is not a single `SELECT`.
    func ordered(
        _ plan: SQLPlan, _ order: [SQLOrder], _ limit: Int?, _ offset: Int, _ outer: SQLScope?
    ) throws -> SQLPlan {
        if order.isEmpty, limit == nil, offset == 0 { return plan }
        let scope = SQLScope(try plan.relation(nil).columns, outer: outer)
        let keys = try order.map { order in
            if let index = try Self.position(order.expression, plan.columns.count) {
                let column = plan.columns[index]
                return SQLSortKey(SQLBound(column.name, column.type) { $0.row[index] }, order)
            }
            return SQLSortKey(try bind(order.expression, scope), order)
        }
        let budget = budget
        return SQLPlan(columns: plan.columns) { outer, receive in
            let frame = SQLFrame(outer: outer)
            var sorter = SQLSorter(keys, limit: limit, offset: offset, budget)
            try plan.run(outer) { row in
                frame.row = row
                return try sorter.add(row, try keys.map { try $0.bound.value(frame) }, receive)
            }
            try sorter.finish(receive)
        }
    }

    /// Returns the index of the column that an integer in ORDER BY or GROUP BY means.
    static func position(_ expression: SQLExpression, _ count: Int) throws -> Int? {
        guard case .number(let digits) = expression.kind, let number = Int(digits) else {
            return nil
        }
        guard (1...max(count, 1)).contains(number), count > 0 else {
            throw QueryError.planning(
                "Order by column out of bounds, specified: \(number), max: \(count)")
        }
        return number - 1
    }

    // MARK: Subqueries in expressions

    /// Binds a subquery in an expression. One that does not refer to the row around it is evaluated
    /// once.
    func subquery(_ expression: SQLExpression, _ scope: SQLScope) throws -> SQLBound {
        // This scope has no columns. It only notes whether the subquery refers to something
        // outside.
        let border = SQLScope([], outer: scope)
        let budget = budget
        switch expression.kind {
        case .subquery(let query):
            let plan = try self.query(query, outer: border)
            guard plan.columns.count == 1 else {
                throw QueryError.planning(
                    "Scalar subquery should only return one column, but found \(plan.columns.count)"
                )
            }
            let column = plan.columns[0]
            let isFixed = !border.looksOutside
            var known: SQLValue?
            return SQLBound(column.table.map { "\($0).\(column.name)" } ?? column.name, column.type)
            {
                if isFixed, let known { return known }
                var value: SQLValue?
                try plan.run(SQLFrame(outer: $0)) { row in
                    guard value == nil else {
                        throw QueryError.execution("Scalar subquery returned more than one row")
                    }
                    value = row[0]
                    return true
                }
                known = value ?? .null
                return value ?? .null
            }
        case .exists(let query, let isNegated):
            guard scope.isCondition else {
                throw QueryError.missing(
                    "Physical plan does not support logical expression Exists(…)")
            }
            let plan = try self.query(query, outer: border)
            let isFixed = !border.looksOutside
            var known: Bool?
            return SQLBound(isNegated ? "NOT EXISTS" : "EXISTS", .boolean, nullable: false) {
                frame in
                if isFixed, let known { return .boolean(known != isNegated) }
                var exists = false
                try plan.run(SQLFrame(outer: frame)) { _ in
                    exists = true
                    return false
                }
                known = exists
                return .boolean(exists != isNegated)
            }
        case .inQuery(let operand, let query, let isNegated):
            let operand = try bind(operand, scope)
            let plan = try self.query(query, outer: border)
            guard plan.columns.count == 1 else {
                throw QueryError.planning(
                    "InSubquery should only return one column, but found \(plan.columns.count)")
            }
            let source = plan.columns[0].type
            let type = try common(operand.type, source, "IN")
            let value = try cast(operand, to: type).value
            let isFixed = !border.looksOutside
            var known: (values: Set<SQLValue>, hasNull: Bool)?
            let name = "\(operand.name)\(isNegated ? " NOT" : "") IN (<subquery>)"
            return over([operand], name, .boolean) { frame in
                let value = try value(frame)
                if value.isNull { return .null }
                if known == nil || !isFixed {
                    var values: Set<SQLValue> = []
                    var hasNull = false
                    try plan.run(SQLFrame(outer: frame)) { row in
                        if row[0].isNull {
                            hasNull = true
                        } else {
                            let found = try SQLConversion.convert(row[0], from: source, to: type)
                            if values.insert(found).inserted { try budget.hold(found.size) }
                        }
                        return true
                    }
                    known = (values, hasNull)
                }
                guard let known else { return .null }
                if known.values.contains(value) { return .boolean(!isNegated) }
                return known.hasNull ? .null : .boolean(isNegated)
            }
        default: throw QueryError.planning("no subquery")
        }
    }
}

/// Sorts rows, and applies offset and limit.
struct SQLSorter {
    private let keys: [SQLSortKey]
    private let limit: Int?
    private let offset: Int
    private let budget: QueryBudget
    private var rows: [(keys: [SQLValue], row: [SQLValue], number: Int)] = []
    private var count = 0

    init(_ keys: [SQLSortKey], limit: Int?, offset: Int, _ budget: QueryBudget) {
        self.keys = keys
        self.limit = limit
        self.offset = offset
        self.budget = budget
    }

    /// Adds a row. Without an order it is passed on at once. Returns false when no more rows are
    /// needed.
    mutating func add(
        _ row: [SQLValue], _ values: [SQLValue], _ receive: SQLRelation.Receive
    ) throws -> Bool {
        if let limit, limit == 0 { return false }
        count += 1
        if keys.isEmpty {
            guard count > offset else { return true }
            guard try receive(row) else { return false }
            return limit.map { count - offset < $0 } ?? true
        }
        rows.append((values, row, count))
        // With a limit only the first rows are needed, so the others are dropped from time to time.
        if let limit, limit < 1 << 20, offset < 1 << 20, rows.count > 2 * (limit + offset) + 1000 {
            try sort()
            rows.removeSubrange((limit + offset)...)
        } else if limit == nil || rows.count == count {
            try budget.hold((row + values).reduce(96) { $0 + $1.size })
        }
        return true
    }

    mutating func sort() throws {
        let keys = keys
        let budget = budget
        try rows.sort {
            try budget.work()
            let order = SQLSortKey.order(keys, $0.keys, $1.keys)
            return order != 0 ? order < 0 : $0.number < $1.number
        }
    }

    mutating func finish(_ receive: SQLRelation.Receive) throws {
        guard !keys.isEmpty else { return }
        try sort()
        for row in rows.dropFirst(offset).prefix(limit ?? .max) {
            try budget.work()
            guard try receive(row.row) else { return }
        }
    }
}
