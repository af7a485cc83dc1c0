/// Binds one `SELECT` with its order and limit.
struct SQLSelectBinder {
    private let binder: SQLBinder
    private let select: SQLSelect
    private let order: [SQLOrder]
    private let limit: Int?
    private let offset: Int

    init(
        _ binder: SQLBinder, _ select: SQLSelect, _ order: [SQLOrder], limit: Int?, offset: Int
    ) {
        self.binder = binder
        self.select = select
        self.order = order
        self.limit = limit
        self.offset = offset
    }

    private struct Item {
        var bound: SQLBound
        var name: String
        /// The qualified name, which must be unique in the result.
        var fullName: String
        /// Whether each element of the value becomes a row (`unnest`).
        var isUnnested = false
    }

    func plan(_ outer: SQLScope?) throws -> SQLPlan {
        let from = try from(outer)
        let scope = SQLScope(from.columns, outer: outer)
        scope.namedWindows = select.windows
        let condition = try select.condition.map { try self.condition($0, scope) }
        for case .expression(let expression, let alias?) in select.items {
            scope.aliases[alias] = expression
        }
        let upper = try grouped(scope) ?? scope
        let windows = SQLWindows()
        let items = try items(in: upper, windows)
        let having = try select.having.map { try self.condition($0, upper) }
        upper.windows = windows
        let qualify = try select.qualify.map { try self.condition($0, upper) }
        let keys = try keys(in: upper, items)
        upper.windows = nil
        for bound in items.map(\.bound) + [having, qualify].compactMap({ $0 }) + keys.bounds {
            if let name = bound.ungrouped { throw SQLBinder.ungrouped(name, upper) }
        }
        try checkNames(items)
        let columns = items.map { item in
            SQLPlan.Column(
                name: item.name, table: item.bound.field?.table, type: item.bound.type,
                isNullable: item.bound.isNullable)
        }
        let run = SQLSelectRun(
            from: from, condition: condition?.value, groups: keyBounds(upper),
            aggregates: upper.aggregates?.calls, having: having?.value,
            windows: windows.calls, qualify: qualify?.value,
            items: items.map(\.bound.value),
            unnested: Set(items.indices.filter { items[$0].isUnnested }),
            isDistinct: select.isDistinct, keys: keys.keys, sources: keys.sources, limit: limit,
            offset: offset, budget: binder.budget)
        return SQLPlan(columns: columns) { outer, receive in try run.run(outer, receive) }
    }

    private func condition(_ expression: SQLExpression, _ scope: SQLScope) throws -> SQLBound {
        scope.isCondition = true
        defer { scope.isCondition = false }
        let bound = try binder.bind(expression, scope)
        guard bound.type == .boolean || bound.type == .null else {
            throw QueryError.planning(
                "Cannot create filter with non-boolean predicate '\(bound.name)' returning "
                    + bound.type.name)
        }
        return bound
    }

    private func from(_ outer: SQLScope?) throws -> SQLRelation {
        guard var table = select.from.first else {
            return SQLRelation(columns: [], width: 0) { _, receive in _ = try receive([]) }
        }
        for next in select.from.dropFirst() { table = .join(table, .inner, next, .none) }
        let hints = select.condition.map(SQLBinder.conjuncts) ?? []
        return try binder.relation(table, outer: outer, hints: hints)
    }

    // MARK: Groups

    /// Returns the scope behind the grouping; nil if the SELECT is not grouped.
    private func grouped(_ scope: SQLScope) throws -> SQLScope? {
        var expressions =
            order.map(\.expression) + [select.having, select.qualify].compactMap { $0 }
        for case .expression(let expression, _) in select.items { expressions.append(expression) }
        guard
            !select.groups.isEmpty || select.having != nil
                || expressions.contains(where: SQLBinder.isAggregate)
        else { return nil }
        let upper = SQLScope(scope.columns, outer: scope.outer)
        upper.aliases = scope.aliases
        upper.namedWindows = scope.namedWindows
        for group in select.groups {
            let bound = try binder.bind(try meant(group), scope)
            if upper.groups[bound.name] == nil {
                upper.groups[bound.name] = (upper.groups.count, bound)
            }
        }
        upper.aggregates = SQLAggregates()
        return upper
    }

    /// Resolves `GROUP BY 1`, which means the first item.
    private func meant(_ group: SQLExpression) throws -> SQLExpression {
        guard let index = try SQLBinder.position(group, select.items.count),
            case .expression(let expression, _) = select.items[index]
        else { return group }
        return expression
    }

    private func keyBounds(_ scope: SQLScope) -> [SQLBound] {
        scope.groups.values.sorted { $0.index < $1.index }.map(\.bound)
    }

    // MARK: Items

    private func items(in scope: SQLScope, _ windows: SQLWindows) throws -> [Item] {
        scope.windows = windows
        defer { scope.windows = nil }
        var items: [Item] = []
        for item in select.items {
            switch item {
            case .all(let table): items += try all(of: table, scope)
            case .expression(let expression, let alias):
                if case .call(let call) = expression.kind, call.name == "unnest", call.window == nil
                {
                    items.append(try unnested(call, alias, scope))
                    continue
                }
                let bound = try binder.bind(expression, scope)
                var named = bound
                if alias != nil { named.field = nil }
                items.append(
                    Item(
                        bound: named, name: alias ?? bound.field?.name ?? bound.name,
                        fullName: alias ?? bound.name))
            }
        }
        return items
    }

    private func unnested(_ call: SQLCall, _ alias: String?, _ scope: SQLScope) throws -> Item {
        guard call.arguments.count == 1 else {
            throw QueryError.planning("unnest() requires exactly one argument")
        }
        var bound = try binder.bind(call.arguments[0], scope)
        guard let element = bound.type.element else {
            throw QueryError.planning("unnest() can only be applied to array, struct and null")
        }
        bound.type = element
        bound.isNullable = true
        bound.field = nil
        let name = alias ?? "unnest(\(bound.name))"
        return Item(bound: bound, name: name, fullName: name, isUnnested: true)
    }

    private func all(of table: String?, _ scope: SQLScope) throws -> [Item] {
        if table == nil, select.from.isEmpty {
            throw QueryError.planning("SELECT * with no tables specified is not valid")
        }
        let columns = scope.columns.filter { column in
            table == nil ? !column.isMerged : column.table == table
        }
        if columns.isEmpty, let table { throw QueryError.planning("Invalid qualifier \(table)") }
        return columns.map { column in
            column.use()
            let index = scope.groups[column.plainName]?.index ?? column.index
            var bound = SQLBound(column.plainName, column.type, nullable: column.isNullable) {
                $0.row[index]
            }
            bound.field = (column.table, column.name)
            if scope.aggregates != nil, scope.groups[column.plainName] == nil {
                bound.ungrouped = column.plainName
            }
            return Item(bound: bound, name: column.name, fullName: column.plainName)
        }
    }

    /// Refuses two columns of one name, as the server does.
    private func checkNames(_ items: [Item]) throws {
        var places: [String: Int] = [:]
        for (index, item) in items.enumerated() {
            if let first = places[item.fullName] {
                throw QueryError.planning(
                    "Projections require unique expression names but the expression "
                        + "\"\(item.fullName)\" at position \(first) and \"\(item.fullName)\" at position "
                        + "\(index) have the same name. Consider aliasing (\"AS\") one of them.")
            }
            places[item.fullName] = index
        }
    }

    // MARK: Order

    private func keys(
        in scope: SQLScope, _ items: [Item]
    ) throws -> (keys: [SQLSortKey], sources: [SQLSelectRun.KeySource], bounds: [SQLBound]) {
        var keys: [SQLSortKey] = []
        var sources: [SQLSelectRun.KeySource] = []
        var bounds: [SQLBound] = []
        for order in order {
            if let index = try place(of: order.expression, in: items) {
                keys.append(SQLSortKey(items[index].bound, order))
                sources.append(.item(index))
                continue
            }
            let bound = try binder.bind(order.expression, scope)
            if let index = items.firstIndex(where: { $0.bound.name == bound.name && !$0.isUnnested }
            ) {
                sources.append(.item(index))
            } else {
                guard !select.isDistinct else {
                    throw QueryError.planning(
                        "For SELECT DISTINCT, ORDER BY expressions \(bound.name) must appear in select list"
                    )
                }
                sources.append(.value(bound.value))
                bounds.append(bound)
            }
            keys.append(SQLSortKey(bound, order))
        }
        return (keys, sources, bounds)
    }

    private func place(of expression: SQLExpression, in items: [Item]) throws -> Int? {
        if let index = try SQLBinder.position(expression, items.count) { return index }
        guard case .column(let parts) = expression.kind, parts.count == 1 else { return nil }
        return items.firstIndex { $0.name == parts[0] }
    }
}

/// Executes a `SELECT`: filter, groups, windows, items, distinct, order, limit.
struct SQLSelectRun {
    typealias Value = (SQLFrame) throws -> SQLValue

    /// Where a sort key comes from: a column of the result, or a value of its own.
    enum KeySource {
        case item(Int)
        case value(Value)
    }

    let from: SQLRelation
    let condition: Value?
    let groups: [SQLBound]
    let aggregates: [(type: SQLType, make: () -> any SQLAccumulator, input: SQLAggregateInput)]?
    let having: Value?
    let windows: [SQLWindows.Call]
    let qualify: Value?
    let items: [Value]
    let unnested: Set<Int>
    let isDistinct: Bool
    let keys: [SQLSortKey]
    let sources: [KeySource]
    let limit: Int?
    let offset: Int
    let budget: QueryBudget

    func run(_ outer: SQLFrame?, _ receive: SQLRelation.Receive) throws {
        var seen: Set<[SQLValue]> = []
        var sorter = SQLSorter(keys, limit: limit, offset: offset, budget)
        if limit == 0 { return }
        try frames(outer) { frame in
            for row in try rows(frame) {
                if isDistinct {
                    guard seen.insert(row).inserted else { continue }
                    try budget.hold(row.reduce(64) { $0 + $1.size })
                }
                let keys = try sources.map { source in
                    switch source {
                    case .item(let index): row[index]
                    case .value(let value): try value(frame)
                    }
                }
                guard try sorter.add(row, keys, receive) else { return false }
            }
            return true
        }
        try sorter.finish(receive)
    }

    /// Computes the items of a row. With `unnest` it becomes several rows.
    private func rows(_ frame: SQLFrame) throws -> [[SQLValue]] {
        var row: [SQLValue] = []
        row.reserveCapacity(items.count)
        for item in items { row.append(try item(frame)) }
        guard !unnested.isEmpty else { return [row] }
        let count = unnested.reduce(0) { max($0, row.list($1).count) }
        try budget.hold(count * (64 + 32 * row.count))
        return (0..<count).map { place in
            var own = row
            for index in unnested {
                let list = row.list(index)
                own[index] = place < list.count ? list[place] : .null
            }
            return own
        }
    }

    /// Produces the rows behind grouping and window functions. With window functions all rows have
    /// to be collected first.
    private func frames(_ outer: SQLFrame?, _ receive: (SQLFrame) throws -> Bool) throws {
        guard !windows.isEmpty else {
            return try beforeWindows(outer) { frame in
                if let qualify, try qualify(frame) != .boolean(true) { return true }
                return try receive(frame)
            }
        }
        var frames: [SQLFrame] = []
        try beforeWindows(outer) { frame in
            try budget.hold(frame.row.reduce(96) { $0 + $1.size } + windows.count * 64)
            frames.append(SQLFrame(frame.row, outer: outer))
            return true
        }
        for call in windows {
            let values = try SQLWindowFunction.values(call, of: frames, budget)
            for (index, frame) in frames.enumerated() { frame.windows.append(values[index]) }
        }
        for frame in frames {
            if let qualify, try qualify(frame) != .boolean(true) { continue }
            guard try receive(frame) else { return }
        }
    }

    private func beforeWindows(_ outer: SQLFrame?, _ receive: (SQLFrame) throws -> Bool) throws {
        let frame = SQLFrame(outer: outer)
        guard let aggregates else {
            return try from.run(outer) { row in
                frame.row = row
                if let condition, try condition(frame) != .boolean(true) { return true }
                return try receive(frame)
            }
        }
        try grouped(aggregates, frame, outer) { row in
            frame.row = row
            if let having, try having(frame) != .boolean(true) { return true }
            return try receive(frame)
        }
    }

    private func grouped(
        _ aggregates: [(type: SQLType, make: () -> any SQLAccumulator, input: SQLAggregateInput)],
        _ frame: SQLFrame, _ outer: SQLFrame?, _ receive: SQLRelation.Receive
    ) throws {
        var places: [[SQLValue]: Int] = [:]
        var found: [(key: [SQLValue], states: [SQLAggregateState])] = []
        func begin(_ key: [SQLValue]) throws {
            try budget.hold(key.reduce(96 + aggregates.count * 160) { $0 + $1.size })
            found.append((key, aggregates.map { SQLAggregateState($0) }))
        }
        try from.run(outer) { row in
            frame.row = row
            if let condition, try condition(frame) != .boolean(true) { return true }
            let key = try groups.map { try $0.value(frame) }
            if places[key] == nil {
                places[key] = found.count
                try begin(key)
            }
            for state in found[places[key] ?? 0].states { try state.add(frame, budget) }
            return true
        }
        if found.isEmpty, groups.isEmpty { try begin([]) }
        // Without ORDER BY the order is open. Sorting by the key gives the same order each time.
        found.sort { SQLValue.order($0.key, $1.key) < 0 }
        for (key, states) in found {
            guard try receive(key + states.map { try $0.result(budget) }) else { return }
        }
    }
}
