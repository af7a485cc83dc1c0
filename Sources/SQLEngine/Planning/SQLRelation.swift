/// A source of rows: a table, a subquery or a join.
struct SQLRelation {
    /// Called for each row, until it returns false.
    typealias Receive = ([SQLValue]) throws -> Bool

    var columns: [SQLColumn]
    /// The number of values in a row.
    var width: Int
    /// Produces the rows.
    ///
    /// - Parameter outer: the row around a subquery.
    var run: (_ outer: SQLFrame?, _ receive: Receive) throws -> Void
}

/// A bound query: its columns, and a closure that produces its rows.
struct SQLPlan {
    struct Column {
        var name: String
        var table: String?
        var type: SQLType
        var isNullable: Bool
    }

    var columns: [Column]
    var run: (_ outer: SQLFrame?, _ receive: SQLRelation.Receive) throws -> Void

    /// Makes the query a table of another query. Without an alias its columns keep the names of
    /// their tables, by which they can be addressed outside.
    func relation(_ alias: SQLTable.Alias?) throws -> SQLRelation {
        if let alias, alias.columns.count > columns.count {
            throw QueryError.planning(
                "Source table contains \(columns.count) columns but only \(alias.columns.count) names "
                    + "given as column alias", status: 500)
        }
        let own = columns.enumerated().map { index, column in
            let renamed = alias.flatMap { index < $0.columns.count ? $0.columns[index] : nil }
            return SQLColumn(
                table: alias?.name ?? column.table, name: renamed ?? column.name, type: column.type,
                isNullable: column.isNullable, index: index)
        }
        return SQLRelation(columns: own, width: columns.count, run: run)
    }
}

/// A common table expression of `WITH`.
final class SQLCommonTable {
    let query: SQLQuery
    let columns: [String]
    let isRecursive: Bool
    /// The common tables that were visible where it was defined.
    let around: [String: SQLCommonTable]
    /// Inside a recursive query, its columns and the rows of the last round.
    var working: (columns: [SQLPlan.Column], rows: SQLWorkingRows)?

    init(_ named: SQLQuery.Named, isRecursive: Bool, around: [String: SQLCommonTable]) {
        query = named.query
        columns = named.columns
        self.isRecursive = isRecursive
        self.around = around
    }
}

final class SQLWorkingRows {
    var rows: [[SQLValue]] = []
}

extension SQLBinder {
    /// Binds a table.
    ///
    /// - Parameter hints: conditions that will be applied to each row. They can spare reading some
    ///   rows.
    func relation(
        _ table: SQLTable, outer: SQLScope?, hints: [SQLExpression]
    ) throws -> SQLRelation {
        try countRelation()
        switch table {
        case .named(let parts, let alias): return try named(parts, alias, hints)
        case .query(let query, _, let alias):
            return try self.query(query, outer: outer).relation(alias)
        case .function(let name, let arguments, let alias):
            return try function(name, arguments, alias, outer)
        case .join(let left, let kind, let right, let condition):
            return try join(left, kind, right, condition, outer, hints)
        }
    }

    // MARK: Tables

    func named(
        _ parts: [String], _ alias: SQLTable.Alias?, _ hints: [SQLExpression]
    ) throws -> SQLRelation {
        let name = parts[parts.count - 1]
        if parts.count == 1, let common = commonTables[name] {
            return try self.common(name, common, alias)
        }
        let schema = parts.count > 1 ? parts[parts.count - 2] : "public"
        let catalog = parts.count > 2 ? parts[parts.count - 3] : "restate"
        guard catalog == "restate", parts.count <= 3,
            let table = source.find(name, in: schema)
        else {
            throw QueryError.planning("table '\(catalog).\(schema).\(name)' not found", status: 500)
        }
        let number = scanCount
        scanCount += 1
        let reads = isFirstPass ? Array(table.columns.indices) : (used[number] ?? []).sorted()
        let positions = Dictionary(uniqueKeysWithValues: reads.enumerated().map { ($1, $0) })
        let columns = table.columns.enumerated().map { index, column in
            SQLColumn(
                table: alias?.name ?? name,
                name: alias.flatMap { index < $0.columns.count ? $0.columns[index] : nil }
                    ?? column.name,
                type: column.type, isNullable: column.isNullable, index: positions[index] ?? -1,
                use: { [unowned self] in used[number, default: []].insert(index) })
        }
        let names = reads.map { table.columns[$0].name }
        let wanted = table.lookup.flatMap { Self.values(of: $0, in: hints, alias?.name ?? name) }
        let (source, budget) = (source, budget)
        return SQLRelation(columns: columns, width: reads.count) { _, receive in
            try source.scan(table.name, names, wanted: wanted) { row in
                try budget.row()
                return try receive(row)
            }
        }
    }

    /// Returns the wanted values of a column if a condition is `column = '…'` or `column IN ('…',
    /// …)`.
    static func values(
        of column: String, in hints: [SQLExpression], _ table: String
    ) -> [String]? {
        func isMeant(_ expression: SQLExpression) -> Bool {
            guard case .column(let parts) = expression.kind, parts.last == column else {
                return false
            }
            return parts.count == 1 || parts[parts.count - 2] == table
        }
        for hint in hints {
            switch hint.kind {
            case .binary("=", let left, let right):
                if isMeant(left), case .string(let text) = right.kind { return [text] }
                if isMeant(right), case .string(let text) = left.kind { return [text] }
            case .inList(let operand, let list, isNegated: false)
            where isMeant(operand) && !list.isEmpty:
                let texts = list.compactMap { element -> String? in
                    if case .string(let text) = element.kind { text } else { nil }
                }
                if texts.count == list.count { return texts }
            default: continue
            }
        }
        return nil
    }

    func common(
        _ name: String, _ common: SQLCommonTable, _ alias: SQLTable.Alias?
    ) throws -> SQLRelation {
        let shown = alias ?? SQLTable.Alias(name: name)
        if let (columns, working) = common.working {
            return try SQLPlan(columns: columns) { _, receive in
                for row in working.rows where try !receive(row) { return }
            }.relation(shown)
        }
        let here = commonTables
        commonTables = common.around
        defer { commonTables = here }
        if common.isRecursive, case .combined(let first, let rest) = common.query.body,
            rest.count == 1, rest[0].name == "UNION"
        {
            return try recursive(name, common, first, rest[0]).relation(shown)
        }
        var plan = try query(common.query, outer: nil)
        if !common.columns.isEmpty {
            guard common.columns.count <= plan.columns.count else {
                throw QueryError.planning(
                    "Source table contains \(plan.columns.count) columns but only "
                        + "\(common.columns.count) names given as column alias", status: 500)
            }
            for (index, column) in common.columns.enumerated() { plan.columns[index].name = column }
        }
        return try plan.relation(shown)
    }

    /// Binds a recursive query: each round runs over the rows of the last one, until a round finds
    /// none. As on the server, the columns have the names of the first query.
    func recursive(
        _ name: String, _ common: SQLCommonTable, _ first: SQLQuery.Body,
        _ rest: SQLQuery.Operation
    ) throws -> SQLPlan {
        let start = try body(first, outer: nil)
        let working = SQLWorkingRows()
        let inside = SQLCommonTable(
            SQLQuery.Named(name: name, columns: [], query: common.query), isRecursive: true,
            around: common.around)
        inside.working = (start.columns, working)
        commonTables[name] = inside
        let next = try body(rest.body, outer: nil)
        guard next.columns.count == start.columns.count else {
            throw QueryError.planning(
                "The parts of a recursive query have different numbers of columns")
        }
        let budget = budget
        return SQLPlan(columns: start.columns) { outer, receive in
            var seen: Set<[SQLValue]> = []
            var rows: [[SQLValue]] = []
            func take(_ row: [SQLValue]) throws -> Bool {
                if !rest.isAll, !seen.insert(row).inserted { return true }
                try budget.hold(row.reduce(48) { $0 + $1.size })
                rows.append(row)
                return true
            }
            try start.run(outer, take)
            while !rows.isEmpty {
                for row in rows where try !receive(row) { return }
                working.rows = rows
                rows = []
                try budget.work()
                try next.run(outer, take)
            }
        }
    }

    /// Binds a function that produces a table.
    func function(
        _ name: String, _ arguments: [SQLExpression], _ alias: SQLTable.Alias?, _ outer: SQLScope?
    ) throws -> SQLRelation {
        let scope = SQLScope([], outer: outer)
        let bound = try arguments.map { try bind($0, scope) }
        switch name {
        case "unnest":
            guard bound.count == 1, let element = bound[0].type.element else {
                throw QueryError.planning("unnest() requires a list")
            }
            let value = bound[0].value
            return try table(bound[0].name, element, alias) { outer, receive in
                guard case .list(let values) = try value(SQLFrame(outer: outer)) else { return }
                for value in values where try !receive([value]) { return }
            }
        case "generate_series", "range":
            guard (1...3).contains(bound.count), bound.allSatisfy({ $0.type.isInteger }) else {
                throw QueryError.planning("Argument #1 must be an INTEGER, TIMESTAMP, DATE or NULL")
            }
            let isClosed = name == "generate_series"
            return try table("value", .int64, alias) { [budget] outer, receive in
                let numbers = try bound.map { try $0.value(SQLFrame(outer: outer)) }
                let isShort = numbers.count == 1
                let series = try SQLSeries(
                    from: isShort ? 0 : numbers.integer(0), to: numbers.integer(isShort ? 0 : 1),
                    by: numbers.count == 3 ? numbers.integer(2) : 1, isClosed: isClosed)
                var index = 0
                while let number = series.number(index) {
                    try budget.work()
                    guard try receive([.integer(number)]) else { return }
                    index += 1
                }
            }
        default:
            throw QueryError.planning("table function '\(name)' not found", status: 500)
        }
    }

    func table(
        _ column: String, _ type: SQLType, _ alias: SQLTable.Alias?,
        _ run: @escaping (SQLFrame?, SQLRelation.Receive) throws -> Void
    ) throws -> SQLRelation {
        let columns = [SQLPlan.Column(name: column, table: nil, type: type, isNullable: true)]
        return try SQLPlan(columns: columns, run: run).relation(alias)
    }
}
