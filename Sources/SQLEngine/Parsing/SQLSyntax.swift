/// An expression as a syntax tree. Names are in lower case unless they were quoted.
struct SQLExpression {
    indirect enum Kind {
        case null
        case boolean(Bool)
        case number(String)
        case string(String)
        case bytes([UInt8])
        case placeholder(String)
        /// The name of a column with the qualifiers before it.
        case column([String])
        case interval(String)
        /// One of `-`, `+` and `NOT`.
        case unary(String, SQLExpression)
        case binary(String, SQLExpression, SQLExpression)
        /// Any number of operands of `AND` or of `OR`.
        case chain(String, [SQLExpression])
        /// A test such as `IS NULL` or `IS NOT TRUE`, with the words after `IS`.
        case test(SQLExpression, String)
        case between(SQLExpression, SQLExpression, SQLExpression, isNegated: Bool)
        case inList(SQLExpression, [SQLExpression], isNegated: Bool)
        case inQuery(SQLExpression, SQLQuery, isNegated: Bool)
        case like(SQLExpression, SQLExpression, SQLLike)
        /// A comparison with `ANY(list)` or `ALL(list)`.
        case quantified(SQLExpression, String, SQLExpression, isAll: Bool)
        case exists(SQLQuery, isNegated: Bool)
        case subquery(SQLQuery)
        case cast(SQLExpression, SQLType, isTry: Bool)
        case choice(SQLExpression?, [(when: SQLExpression, then: SQLExpression)], SQLExpression?)
        case call(SQLCall)
        case array([SQLExpression])
        case subscripted(SQLExpression, SQLExpression)
        case extract(String, SQLExpression)
        case atTimeZone(SQLExpression, SQLExpression)
    }

    let kind: Kind
    /// The number of levels below this node.
    let depth: Int
}

struct SQLLike {
    var isNegated = false
    var ignoresCase = false
    var escape: Character?
}

struct SQLCall {
    var name: String
    var arguments: [SQLExpression] = []
    /// `count(*)`
    var isOfRows = false
    var isDistinct = false
    var order: [SQLOrder] = []
    var filter: SQLExpression?
    var window: SQLWindow?
    var ignoresNulls = false
}

struct SQLOrder {
    var expression: SQLExpression
    var isDescending = false
    var nullsFirst: Bool?
}

struct SQLWindow {
    struct Frame {
        enum Bound: Equatable {
            case unboundedPreceding, preceding(Int), current, following(Int), unboundedFollowing
        }
        var isRows: Bool
        var start: Bound
        var end: Bound
    }

    /// The name of a window that is defined by the `WINDOW` clause.
    var name: String?
    var partition: [SQLExpression] = []
    var order: [SQLOrder] = []
    var frame: Frame?
}

/// A query. It is a class, because expressions contain queries and queries contain expressions.
final class SQLQuery {
    struct Named {
        var name: String
        var columns: [String]
        var query: SQLQuery
    }

    indirect enum Body {
        case select(SQLSelect)
        case values([[SQLExpression]])
        case query(SQLQuery)
        /// Set operations, applied from left to right.
        case combined(Body, [Operation])
    }

    struct Operation {
        /// `UNION`, `EXCEPT` or `INTERSECT`.
        var name: String
        var isAll: Bool
        var body: Body
    }

    var with: [Named] = []
    var isRecursive = false
    var body: Body
    var order: [SQLOrder] = []
    var limit: SQLExpression?
    var offset: SQLExpression?

    init(_ body: Body) { self.body = body }
}

struct SQLSelect {
    enum Item {
        /// `*`, or `name.*`.
        case all(of: String?)
        case expression(SQLExpression, alias: String?)
    }

    var isDistinct = false
    var items: [Item] = []
    var from: [SQLTable] = []
    var condition: SQLExpression?
    var groups: [SQLExpression] = []
    var having: SQLExpression?
    var qualify: SQLExpression?
    var windows: [String: SQLWindow] = [:]
}

indirect enum SQLTable {
    struct Alias {
        var name: String
        var columns: [String] = []
    }

    enum JoinKind { case inner, left, right, full, leftSemi, leftAnti }

    enum JoinCondition {
        case none
        case on(SQLExpression)
        case using([String])
        case natural
    }

    case named([String], Alias?)
    case query(SQLQuery, isLateral: Bool, Alias?)
    case function(String, [SQLExpression], Alias?)
    case join(SQLTable, JoinKind, SQLTable, JoinCondition)
}

enum SQLStatement {
    case query(SQLQuery)
    case showTables
    case showColumns([String])
    case describe([String])
    case explain(SQLQuery)
    /// `SET` and `PREPARE`, which are accepted and have no effect.
    case ignored
}
