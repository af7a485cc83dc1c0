/// What a row is while a query runs: the values of the columns, those of window functions, and the
/// row around it that a subquery may look at.
final class SQLFrame {
    var row: [SQLValue]
    var windows: [SQLValue] = []
    let outer: SQLFrame?

    init(_ row: [SQLValue] = [], outer: SQLFrame?) {
        self.row = row
        self.outer = outer
    }
}

/// An expression that is understood: how the server names it, its type, and how its value is found.
struct SQLBound {
    var name: String
    var type: SQLType
    var isNullable = true
    /// The value, if it is the same for all rows and stands in the query.
    var literal: SQLValue?
    /// What its column is called in the result, with the table; nil if it is no column.
    var field: (table: String?, name: String)?
    /// A column that is neither grouped nor aggregated, where only those may stand.
    var ungrouped: String?
    var value: (SQLFrame) throws -> SQLValue

    init(
        _ name: String, _ type: SQLType, nullable: Bool = true,
        _ value: @escaping (SQLFrame) throws -> SQLValue
    ) {
        self.name = name
        self.type = type
        isNullable = nullable
        self.value = value
    }

    init(_ name: String, _ type: SQLType, literal: SQLValue) {
        self.init(name, type, nullable: literal.isNull) { _ in literal }
        self.literal = literal
    }
}

/// A column that expressions may name.
struct SQLColumn {
    var table: String?
    var name: String
    var type: SQLType
    var isNullable = true
    /// Where it stands in a row.
    var index: Int
    /// The same as another one, after `USING`: found only with its table's name.
    var isMerged = false
    /// Tells its table that it is looked at.
    var use: () -> Void = {}

    /// `sys_service.name`
    var fullName: String {
        let own = Self.quoted(name)
        return table.map { "\(Self.quoted($0)).\(own)" } ?? own
    }

    /// As a computed column's name has it: without quotes.
    var plainName: String { table.map { "\($0).\(name)" } ?? name }

    static func quoted(_ name: String) -> String {
        let isPlain = name.utf8.allSatisfy {
            (97...122).contains($0) || (48...57).contains($0) || $0 == 95
        }
        let first = name.utf8.first ?? 48
        return isPlain && !(48...57).contains(first)
            ? name : "\"\(name.replacing("\"", with: "\"\""))\""
    }
}

/// What names mean at one place of a query.
final class SQLScope {
    var columns: [SQLColumn]
    let outer: SQLScope?
    /// Expressions that have a name of their own in `SELECT`.
    var aliases: [String: SQLExpression] = [:]
    /// Of `GROUP BY`, by their names; and what is computed of each group.
    var groups: [String: (index: Int, bound: SQLBound)] = [:]
    var aggregates: SQLAggregates?
    var windows: SQLWindows?
    var namedWindows: [String: SQLWindow] = [:]
    /// `EXISTS` and the like are known in conditions only, as on the server.
    var isCondition = false
    /// Something in here looks at the row around.
    private(set) var looksOutside = false

    init(_ columns: [SQLColumn], outer: SQLScope?) {
        self.columns = columns
        self.outer = outer
    }

    /// The same names, where each is a column again: inside of an aggregate.
    var beforeGroups: SQLScope {
        let scope = SQLScope(columns, outer: outer)
        scope.inner = self
        return scope
    }

    private var inner: SQLScope?

    /// Nil if there is no such column here.
    func find(_ parts: [String]) throws -> SQLColumn? {
        let name = parts[parts.count - 1]
        // `restate.public.t.x` and `public.t.x` are `t.x`.
        let table = parts.count > 1 ? parts[parts.count - 2] : nil
        var found: SQLColumn?
        for column in columns where column.name == name {
            if let table {
                guard column.table == table else { continue }
            } else if column.isMerged {
                continue
            }
            guard found == nil else {
                throw QueryError.schema(
                    table == nil
                        ? "Ambiguous reference to unqualified field \(SQLColumn.quoted(name))"
                        : "Ambiguous reference to field \(column.fullName)")
            }
            found = column
        }
        return found
    }

    func noteLookOutside() {
        looksOutside = true
        inner?.noteLookOutside()
    }
}

/// The aggregates of a `SELECT`, each once.
final class SQLAggregates {
    var calls: [(type: SQLType, make: () -> any SQLAccumulator, input: SQLAggregateInput)] = []
    var places: [String: Int] = [:]
}

/// What an aggregate is fed with.
struct SQLAggregateInput {
    var arguments: [SQLBound]
    var isDistinct = false
    var order: [SQLSortKey] = []
    var filter: SQLBound?
    var ignoresNulls = false
    /// Only the first row in the order counts, or only the last; nil if all do.
    var keepsFirst: Bool?
}

/// The window functions of a `SELECT`, each once.
final class SQLWindows {
    struct Call {
        var name: String
        var arguments: [SQLBound]
        var partition: [SQLBound]
        var order: [SQLSortKey]
        var frame: SQLWindow.Frame
        var filter: SQLBound?
        /// Of an aggregate over a window.
        var make: (() -> any SQLAccumulator)?
    }

    var calls: [Call] = []
    var places: [String: Int] = [:]
}

/// What rows are sorted by.
struct SQLSortKey {
    var bound: SQLBound
    var isDescending: Bool
    var nullsFirst: Bool

    init(_ bound: SQLBound, _ order: SQLOrder) {
        self.bound = bound
        isDescending = order.isDescending
        nullsFirst = order.nullsFirst ?? order.isDescending
    }

    func order(_ a: SQLValue, _ b: SQLValue) -> Int {
        if a.isNull || b.isNull {
            if a.isNull && b.isNull { return 0 }
            return a.isNull == nullsFirst ? -1 : 1
        }
        let order = a.order(b)
        return isDescending ? -order : order
    }

    /// As a column's name has it.
    var text: String {
        "\(bound.name) \(isDescending ? "DESC" : "ASC") NULLS \(nullsFirst ? "FIRST" : "LAST")"
    }

    static func order(_ keys: [SQLSortKey], _ a: [SQLValue], _ b: [SQLValue]) -> Int {
        for (index, key) in keys.enumerated() {
            let order = key.order(a[index], b[index])
            if order != 0 { return order }
        }
        return 0
    }
}
