import CanonicalJSON

/// Answers one SQL query.
///
/// The text is parsed into a tree, the tree is bound to the tables (names, types and errors are the
/// server's), and the resulting closures produce the rows of the answer. Every step is bounded; see
/// ``QueryLimits``.
package enum Query {
    package enum Form { case json, arrow }

    package static func answer(
        _ query: String, on source: any TableSource, as form: Form, now: Int64,
        limits: QueryLimits = QueryLimits(),
        cancellation: QueryCancellation = QueryCancellation()
    ) throws(QueryError) -> [UInt8] {
        do {
            let budget = QueryBudget(limits, cancellation)
            let binder = SQLBinder(budget, Catalog(source: source), now: now)
            let plan = try plan(SQLParser.statement(query), binder)
            var writer: any QueryWriter =
                form == .json
                ? JSONRowsWriter(plan.columns, limit: limits.answer)
                : ArrowWriter(plan.columns, limit: limits.answer)
            try plan.run(nil) { row in
                try budget.work()
                try writer.add(row)
                return true
            }
            return try writer.finish()
        } catch let error as QueryError {
            throw error
        } catch {
            throw QueryError.execution("\(error)")
        }
    }

    private static func plan(_ statement: SQLStatement, _ binder: SQLBinder) throws -> SQLPlan {
        switch statement {
        case .query(let query): return try plan(query, binder)
        case .showTables:
            return try plan(of: "SELECT * FROM information_schema.tables", binder)
        case .showColumns(let name):
            return try plan(
                of: columns(
                    of: name, binder.source,
                    "table_catalog, table_schema, table_name, column_name, data_type, is_nullable"),
                binder)
        case .describe(let name):
            return try plan(
                of: columns(of: name, binder.source, "column_name, data_type, is_nullable"), binder)
        case .explain(let query):
            let columns = try plan(query, binder).columns.map { "\($0.name): \($0.type.name)" }
            return explanation("Projection: \(columns.joined(separator: ", "))")
        case .ignored: return SQLPlan(columns: []) { _, _ in }
        }
    }

    /// Binds a query twice. The first pass finds the columns that are used, so that the second one
    /// can read only those.
    private static func plan(_ query: SQLQuery, _ binder: SQLBinder) throws -> SQLPlan {
        binder.startPass(first: true)
        _ = try binder.query(query, outer: nil)
        binder.startPass(first: false)
        return try binder.query(query, outer: nil)
    }

    private static func plan(of text: String, _ binder: SQLBinder) throws -> SQLPlan {
        guard case .query(let query) = try SQLParser.statement(text) else { return explanation("") }
        return try plan(query, binder)
    }

    private static func columns(
        of name: [String], _ catalog: Catalog, _ items: String
    ) throws -> String {
        let table = name[name.count - 1]
        let schema = name.count > 1 ? name[name.count - 2] : "public"
        guard let known = catalog.find(table, in: schema) else {
            throw QueryError.planning("table 'restate.\(schema).\(table)' not found", status: 500)
        }
        return
            "SELECT \(items) FROM information_schema.columns WHERE table_name = '\(known.name)' "
            + "ORDER BY ordinal_position"
    }

    /// Answers EXPLAIN. A server shows two plans; here is only one, which is shown for both.
    private static func explanation(_ text: String) -> SQLPlan {
        let columns = ["plan_type", "plan"].map {
            SQLPlan.Column(name: $0, table: nil, type: .utf8, isNullable: false)
        }
        return SQLPlan(columns: columns) { _, receive in
            for type in ["logical_plan", "physical_plan"] {
                guard try receive([.text(type), .text(text)]) else { return }
            }
        }
    }
}
