/// Binds calls: scalar functions, aggregates and window functions.
extension SQLBinder {
    func call(_ call: SQLCall, _ scope: SQLScope) throws -> SQLBound {
        if let window = call.window { return try windowCall(call, window, scope) }
        if SQLAggregateFunction.names.contains(call.name) { return try aggregate(call, scope) }
        if SQLWindowFunction.names.contains(call.name) {
            throw QueryError.planning(
                "'\(call.name)' is a window function: it needs an OVER", status: 500)
        }
        guard SQLFunction.all[call.name] != nil else { throw Self.unknownFunction(call.name) }
        return try function(call.name, call.arguments.map { try bind($0, scope) })
    }

    /// Whether an expression contains an aggregate, so that its SELECT is grouped.
    static func isAggregate(_ expression: SQLExpression) -> Bool {
        switch expression.kind {
        case .call(let call):
            if call.window == nil, SQLAggregateFunction.names.contains(call.name) { return true }
            let window =
                (call.window?.partition ?? []) + (call.window?.order.map(\.expression) ?? [])
            return (call.arguments + window).contains(where: isAggregate)
        case .unary(_, let a), .test(let a, _), .cast(let a, _, _), .extract(_, let a),
            .inQuery(let a, _, _):
            return isAggregate(a)
        case .binary(_, let a, let b), .like(let a, let b, _), .quantified(let a, _, let b, _),
            .subscripted(let a, let b), .atTimeZone(let a, let b):
            return isAggregate(a) || isAggregate(b)
        case .chain(_, let parts), .array(let parts): return parts.contains(where: isAggregate)
        case .between(let a, let b, let c, _): return [a, b, c].contains(where: isAggregate)
        case .inList(let a, let list, _): return ([a] + list).contains(where: isAggregate)
        case .choice(let operand, let cases, let otherwise):
            let parts =
                [operand, otherwise].compactMap { $0 } + cases.flatMap { [$0.when, $0.then] }
            return parts.contains(where: isAggregate)
        default: return false
        }
    }

    /// Binds an aggregate to a column behind those of the groups. Equal calls share one column.
    func aggregate(_ call: SQLCall, _ scope: SQLScope) throws -> SQLBound {
        guard let aggregates = scope.aggregates else {
            throw QueryError.planning(
                "Aggregate functions are not allowed here: '\(call.name)'", status: 500)
        }
        let (input, name) = try self.input(of: call, scope.beforeGroups)
        let (type, isNullable, make) = try SQLAggregateFunction.make(
            call.name, input.arguments, isOfRows: call.isOfRows)
        let place: Int
        if let known = aggregates.places[name] {
            place = known
        } else {
            place = aggregates.calls.count
            aggregates.places[name] = place
            aggregates.calls.append((type, make, input))
        }
        let index = scope.groups.count + place
        return SQLBound(name, type, nullable: isNullable) { $0.row[index] }
    }

    /// Binds the arguments, order and filter of an aggregate, and returns them with the name that
    /// the server gives the column.
    func input(
        of call: SQLCall, _ scope: SQLScope
    ) throws -> (SQLAggregateInput, name: String) {
        var input = SQLAggregateInput(arguments: try call.arguments.map { try bind($0, scope) })
        input.isDistinct = call.isDistinct
        input.ignoresNulls = call.ignoresNulls
        input.keepsFirst =
            call.name == "first_value" ? true : call.name == "last_value" ? false : nil
        input.order = try call.order.map { SQLSortKey(try bind($0.expression, scope), $0) }
        input.filter = try call.filter.map { try cast(try bind($0, scope), to: .boolean) }
        let inside = call.isOfRows ? "*" : input.arguments.map(\.name).joined(separator: ",")
        var name = "\(call.name)(\(call.isDistinct ? "DISTINCT " : "")\(inside))"
        if let filter = input.filter { name += " FILTER (WHERE \(filter.name))" }
        if !input.order.isEmpty {
            name += " ORDER BY [\(input.order.map(\.text).joined(separator: ", "))]"
        }
        return (input, name)
    }

    // MARK: Windows

    /// Binds a window function to a place in the frame's window values. Equal calls share one
    /// place.
    func windowCall(
        _ call: SQLCall, _ window: SQLWindow, _ scope: SQLScope
    ) throws -> SQLBound {
        guard let windows = scope.windows else {
            throw QueryError.planning(
                "Window functions are not allowed here: '\(call.name)'", status: 500)
        }
        var window = window
        if let name = window.name {
            guard let known = scope.namedWindows[name] else {
                throw QueryError.planning("The window \(name) is not defined!")
            }
            window = known
        }
        let arguments = try call.arguments.map { try bind($0, scope) }
        var made: (() -> any SQLAccumulator)?
        let type: SQLType
        var isNullable = false
        if let own = try SQLWindowFunction.type(call.name, arguments) {
            type = own
            isNullable = !own.isInteger
        } else if SQLAggregateFunction.names.contains(call.name) {
            let (result, nullable, make) = try SQLAggregateFunction.make(
                call.name, arguments, isOfRows: call.isOfRows)
            (type, isNullable, made) = (result, nullable, make)
        } else {
            throw Self.unknownFunction(call.name)
        }
        let partition = try window.partition.map { try bind($0, scope) }
        let order = try window.order.map { SQLSortKey(try bind($0.expression, scope), $0) }
        let frame =
            window.frame
            ?? SQLWindow.Frame(
                isRows: false, start: .unboundedPreceding,
                end: order.isEmpty ? .unboundedFollowing : .current)
        let inside = call.isOfRows ? "*" : arguments.map(\.name).joined(separator: ",")
        var name = "\(call.name)(\(inside))"
        if !partition.isEmpty {
            name += " PARTITION BY [\(partition.map(\.name).joined(separator: ", "))]"
        }
        if !order.isEmpty { name += " ORDER BY [\(order.map(\.text).joined(separator: ", "))]" }
        name += " \(frame.text)"
        let place: Int
        if let known = windows.places[name] {
            place = known
        } else {
            place = windows.calls.count
            windows.places[name] = place
            windows.calls.append(
                SQLWindows.Call(
                    name: call.name, arguments: arguments, partition: partition, order: order,
                    frame: frame,
                    filter: try call.filter.map { try cast(try bind($0, scope), to: .boolean) },
                    make: made))
        }
        let parts = arguments + partition + order.map(\.bound)
        return over(parts, name, type, nullable: isNullable) { $0.windows[place] }
    }
}

extension SQLWindow.Frame {
    /// The frame as part of a column's name.
    var text: String {
        func text(_ bound: Bound) -> String {
            switch bound {
            case .unboundedPreceding: "UNBOUNDED PRECEDING"
            case .preceding(let count): "\(count) PRECEDING"
            case .current: "CURRENT ROW"
            case .following(let count): "\(count) FOLLOWING"
            case .unboundedFollowing: "UNBOUNDED FOLLOWING"
            }
        }
        return "\(isRows ? "ROWS" : "RANGE") BETWEEN \(text(start)) AND \(text(end))"
    }
}
