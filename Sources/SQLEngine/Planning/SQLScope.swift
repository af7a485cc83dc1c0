/// A row during evaluation: the values of its columns and window functions, and the row around it,
/// to which a subquery can refer.
final class SQLFrame {
    var row: [SQLValue]
    var windows: [SQLValue] = []
    let outer: SQLFrame?

    init(_ row: [SQLValue] = [], outer: SQLFrame?) {
        self.row = row
        self.outer = outer
    }
}

/// A bound expression: the name that the server gives it, its type, and a closure for its value.
struct SQLBound {
    var name: String
    var type: SQLType
    var isNullable = true
    /// The value, if it stands in the query and is the same for all rows.
    var literal: SQLValue?
    /// The name of the result's column and its table; nil if the expression is not a column.
    var field: (table: String?, name: String)?
    /// The name of a column in the expression that is neither grouped nor aggregated, in a SELECT
    /// where that is an error.
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

/// A column that expressions can refer to.
struct SQLColumn {
    var table: String?
    var name: String
    var type: SQLType
    var isNullable = true
    /// The index in a row; -1 in the second pass if the column is not read.
    var index: Int
    /// Whether `USING` has merged it with another column, so that it is found only by its qualified
    /// name.
    var isMerged = false
    /// Notes that the column is used.
    var use: () -> Void = {}

    /// `sys_service.name`
    var fullName: String {
        let own = Self.quoted(name)
        return table.map { "\(Self.quoted($0)).\(own)" } ?? own
    }

    /// The name in a computed column's name, without quotes.
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
    /// The expressions with an alias in `SELECT`.
    var aliases: [String: SQLExpression] = [:]
    /// The expressions of `GROUP BY` by their names. With `aggregates` this is the scope behind the
    /// grouping.
    var groups: [String: (index: Int, bound: SQLBound)] = [:]
    var aggregates: SQLAggregates?
    var windows: SQLWindows?
    var namedWindows: [String: SQLWindow] = [:]
    /// Whether a condition is being bound. As on the server, `EXISTS` is allowed only there.
    var isCondition = false
    /// Whether something in this scope refers to the row around it.
    private(set) var looksOutside = false

    init(_ columns: [SQLColumn], outer: SQLScope?) {
        self.columns = columns
        self.outer = outer
    }

    /// The scope for the arguments of an aggregate, in which names mean the ungrouped columns.
    var beforeGroups: SQLScope {
        let scope = SQLScope(columns, outer: outer)
        scope.inner = self
        return scope
    }

    private var inner: SQLScope?

    /// Returns a column by its name; nil if there is none in this scope.
    func find(_ parts: [String]) throws -> SQLColumn? {
        let name = parts[parts.count - 1]
        // The catalog and the schema are ignored: `restate.public.t.x` is `t.x`.
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

/// The aggregates of a `SELECT`. Equal ones are computed once.
final class SQLAggregates {
    var calls: [(type: SQLType, make: () -> any SQLAccumulator, input: SQLAggregateInput)] = []
    var places: [String: Int] = [:]
}

/// The input of an aggregate.
struct SQLAggregateInput {
    var arguments: [SQLBound]
    var isDistinct = false
    var order: [SQLSortKey] = []
    var filter: SQLBound?
    var ignoresNulls = false
    /// For `first_value` true and for `last_value` false, so that only one row of the order is
    /// needed; nil for all others.
    var keepsFirst: Bool?
}

/// The window functions of a `SELECT`. Equal ones are computed once.
final class SQLWindows {
    struct Call {
        var name: String
        var arguments: [SQLBound]
        var partition: [SQLBound]
        var order: [SQLSortKey]
        var frame: SQLWindow.Frame
        var filter: SQLBound?
        /// Makes the accumulator of an aggregate over a window; nil for other window functions.
        var make: (() -> any SQLAccumulator)?
    }

    var calls: [Call] = []
    var places: [String: Int] = [:]
}

/// A key by which rows are sorted.
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

    /// The key as part of a column's name.
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
