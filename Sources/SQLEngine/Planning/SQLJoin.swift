/// Binds joins.
extension SQLBinder {
    /// Binds a join. Equations between the two sides become keys, so that matching rows are found
    /// by hashing.
    func join(
        _ leftTable: SQLTable, _ kind: SQLTable.JoinKind, _ rightTable: SQLTable,
        _ condition: SQLTable.JoinCondition, _ outer: SQLScope?, _ hints: [SQLExpression]
    ) throws -> SQLRelation {
        let keepsLeft = kind == .inner || kind == .left || kind == .leftSemi || kind == .leftAnti
        let left = try relation(leftTable, outer: outer, hints: keepsLeft ? hints : [])
        let isLateral = if case .query(_, isLateral: true, _) = rightTable { true } else { false }
        let around = isLateral ? SQLScope(left.columns, outer: outer) : outer
        var right = try relation(
            rightTable, outer: around, hints: kind == .inner || kind == .right ? hints : [])
        let offset = left.width
        for index in right.columns.indices where right.columns[index].index >= 0 {
            right.columns[index].index += offset
        }
        var match = SQLJoinMatch()
        var merged: Set<String> = []
        switch condition {
        case .none: break
        case .on(let expression): try add(Self.conjuncts(expression), left, right, outer, &match)
        case .using(let names): merged = Set(names)
        case .natural:
            merged = Set(left.columns.map(\.name)).intersection(right.columns.map(\.name))
        }
        for name in merged.sorted() {
            let equal = try [left, right].map { side in
                try bind(
                    SQLExpression(kind: .column([name]), depth: 1), scope(side, outer))
            }
            try match.add(self, equal[0], equal[1])
        }
        if case .none = condition, kind == .inner {
            // In `FROM a, b WHERE a.x = b.y` the condition is applied later, but its equations can
            // serve as keys here.
            for case .binary("=", let a, let b) in hints.map(\.kind) {
                _ = try addKey(a, b, left, right, outer, &match)
            }
        }
        var columns = left.columns
        if kind != .leftSemi, kind != .leftAnti {
            columns += right.columns.map { column in
                var column = column
                if merged.contains(column.name) { column.isMerged = true }
                if kind == .left || kind == .full { column.isNullable = true }
                return column
            }
        }
        if kind == .right || kind == .full {
            for index in columns.indices { columns[index].isNullable = true }
        }
        let run = SQLJoinRun(kind, left, right, match, isLateral: isLateral, budget)
        let width = kind == .leftSemi || kind == .leftAnti ? left.width : left.width + right.width
        return SQLRelation(columns: columns, width: width) { outer, receive in
            try run.run(outer, receive)
        }
    }

    /// The operands of the outermost ANDs.
    static func conjuncts(_ expression: SQLExpression) -> [SQLExpression] {
        if case .chain("AND", let parts) = expression.kind { return parts.flatMap(conjuncts) }
        return [expression]
    }

    func scope(_ side: SQLRelation, _ outer: SQLScope?) -> SQLScope {
        SQLScope(side.columns, outer: outer)
    }

    func add(
        _ conditions: [SQLExpression], _ left: SQLRelation, _ right: SQLRelation,
        _ outer: SQLScope?, _ match: inout SQLJoinMatch
    ) throws {
        let both = SQLScope(left.columns + right.columns, outer: outer)
        both.isCondition = true
        for condition in conditions {
            if case .binary("=", let a, let b) = condition.kind,
                try addKey(a, b, left, right, outer, &match)
            {
                continue
            }
            match.conditions.append(try cast(try bind(condition, both), to: .boolean))
        }
    }

    /// Adds an equation with one side in each table as a key. Returns false if it is not one.
    func addKey(
        _ a: SQLExpression, _ b: SQLExpression, _ left: SQLRelation, _ right: SQLRelation,
        _ outer: SQLScope?, _ match: inout SQLJoinMatch
    ) throws -> Bool {
        for (a, b) in [(a, b), (b, a)] {
            if let here = try? bind(a, SQLScope(left.columns, outer: nil)), here.literal == nil,
                let there = try? bind(b, SQLScope(right.columns, outer: nil)), there.literal == nil,
                // A name that exists on both sides is left to the condition, which reports it as
                // ambiguous.
                (try? bind(a, SQLScope(right.columns, outer: nil))) == nil,
                here.type.common(with: there.type) != nil
            {
                try match.add(self, here, there)
                return true
            }
        }
        return false
    }
}

/// The condition of a join, split into equal keys and all else.
struct SQLJoinMatch {
    var leftKeys: [SQLBound] = []
    /// The keys of the right side. They refer to the columns of the joined row.
    var rightKeys: [SQLBound] = []
    var conditions: [SQLBound] = []

    mutating func add(_ binder: SQLBinder, _ left: SQLBound, _ right: SQLBound) throws {
        let type = try binder.common(left.type, right.type, "=")
        leftKeys.append(try binder.cast(left, to: type))
        rightKeys.append(try binder.cast(right, to: type))
    }
}

/// Executes a join: the rows of the right side are held by their keys, and those of the left side
/// pass by.
struct SQLJoinRun {
    private let kind: SQLTable.JoinKind
    private let left: SQLRelation
    private let right: SQLRelation
    private let match: SQLJoinMatch
    private let isLateral: Bool
    private let budget: QueryBudget

    init(
        _ kind: SQLTable.JoinKind, _ left: SQLRelation, _ right: SQLRelation,
        _ match: SQLJoinMatch, isLateral: Bool, _ budget: QueryBudget
    ) {
        (self.kind, self.left, self.right, self.match) = (kind, left, right, match)
        (self.isLateral, self.budget) = (isLateral, budget)
    }

    struct Kept {
        var rows: [[SQLValue]] = []
        var places: [[SQLValue]: [Int]] = [:]
        var isMatched: [Bool] = []
    }

    func run(_ outer: SQLFrame?, _ receive: SQLRelation.Receive) throws {
        var kept = isLateral ? Kept() : try keep(outer)
        let frame = SQLFrame(outer: outer)
        let nulls = [SQLValue](repeating: .null, count: right.width)
        var isDone = false
        try left.run(outer) { row in
            if isLateral { kept = try keep(SQLFrame(row, outer: outer)) }
            frame.row = row
            var isFound = false
            for place in try candidates(frame, kept) {
                try budget.work()
                frame.row = row + kept.rows[place]
                guard try holds(frame) else { continue }
                isFound = true
                kept.isMatched[place] = true
                if kind == .leftSemi || kind == .leftAnti { break }
                if try !receive(frame.row) {
                    isDone = true
                    return false
                }
            }
            let isAlone = !isFound && (kind == .left || kind == .full)
            if isAlone || kind == .leftSemi && isFound || kind == .leftAnti && !isFound {
                isDone = try !receive(isAlone ? row + nulls : row)
            }
            return !isDone
        }
        guard !isDone, kind == .right || kind == .full else { return }
        let empty = [SQLValue](repeating: .null, count: left.width)
        for (place, row) in kept.rows.enumerated() where !kept.isMatched[place] {
            guard try receive(empty + row) else { return }
        }
    }

    func keep(_ outer: SQLFrame?) throws -> Kept {
        var kept = Kept()
        let frame = SQLFrame(outer: outer)
        let padding = [SQLValue](repeating: .null, count: left.width)
        try right.run(outer) { row in
            try budget.hold(row.reduce(64) { $0 + $1.size })
            if !match.rightKeys.isEmpty {
                frame.row = padding + row
                let key = try match.rightKeys.map { try $0.value(frame) }
                if !key.contains(where: \.isNull) {
                    kept.places[key, default: []].append(kept.rows.count)
                }
            }
            kept.rows.append(row)
            kept.isMatched.append(false)
            return true
        }
        return kept
    }

    func candidates(_ frame: SQLFrame, _ kept: Kept) throws -> [Int] {
        if match.leftKeys.isEmpty { return Array(kept.rows.indices) }
        return kept.places[try match.leftKeys.map { try $0.value(frame) }] ?? []
    }

    func holds(_ frame: SQLFrame) throws -> Bool {
        for condition in match.conditions where try condition.value(frame) != .boolean(true) {
            return false
        }
        return true
    }
}
