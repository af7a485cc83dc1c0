internal import CSQLite

/// The aggregates `first_value` and `last_value`, which SQLite knows for windows only.
///
/// With one argument: the value of the first row that comes. With three: that of the row whose
/// second argument is least (the third is 1) or greatest (-1); so `first_value(x ORDER BY y DESC)`
/// is written `first_value(x, y, -1)`.
enum FirstValue {
    static func add(to database: OpaquePointer) throws(SQLError) {
        for count in [Int32(1), 3] {
            let code = sqlite3_create_function_v2(
                database, "first_value", count, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nil, nil,
                { context, count, arguments in FirstValue.step(context, count, arguments) },
                { context in FirstValue.end(context) }, nil)
            guard code == SQLITE_OK else { throw SQLError("SQLite takes no function: \(code)") }
        }
    }

    /// SQLite gives these bytes, zeroed, to each group.
    private struct Held {
        var isSet: Bool
        var value: OpaquePointer?
        var key: OpaquePointer?
    }

    private static func step(
        _ context: OpaquePointer?, _ count: Int32,
        _ arguments: UnsafeMutablePointer<OpaquePointer?>?
    ) {
        guard let arguments,
            let memory = sqlite3_aggregate_context(context, Int32(MemoryLayout<Held>.size))
        else { return }
        let held = memory.assumingMemoryBound(to: Held.self)
        if held.pointee.isSet {
            guard count == 3, isBetter(arguments, than: held.pointee) else { return }
            sqlite3_value_free(held.pointee.value)
            sqlite3_value_free(held.pointee.key)
        }
        held.pointee = Held(
            isSet: true, value: sqlite3_value_dup(arguments[0]),
            key: count == 3 ? sqlite3_value_dup(arguments[1]) : nil)
    }

    private static func isBetter(
        _ arguments: UnsafeMutablePointer<OpaquePointer?>, than held: Held
    ) -> Bool {
        let order = compare(arguments[1], held.key)
        return sqlite3_value_int(arguments[2]) < 0 ? order > 0 : order < 0
    }

    /// Numbers before texts, nulls last, as `ORDER BY` on the server has it.
    private static func compare(_ a: OpaquePointer?, _ b: OpaquePointer?) -> Int {
        let types = (sqlite3_value_type(a), sqlite3_value_type(b))
        if types.0 == SQLITE_NULL || types.1 == SQLITE_NULL {
            return (types.0 == SQLITE_NULL ? 1 : 0) - (types.1 == SQLITE_NULL ? 1 : 0)
        }
        if types.0 != SQLITE_TEXT && types.1 != SQLITE_TEXT {
            let (a, b) = (sqlite3_value_double(a), sqlite3_value_double(b))
            return a < b ? -1 : a > b ? 1 : 0
        }
        let (first, second) = (text(a), text(b))
        return first < second ? -1 : first > second ? 1 : 0
    }

    private static func text(_ value: OpaquePointer?) -> String {
        sqlite3_value_text(value).map { String(cString: $0) } ?? ""
    }

    private static func end(_ context: OpaquePointer?) {
        guard let memory = sqlite3_aggregate_context(context, 0) else {
            return sqlite3_result_null(context)
        }
        let held = memory.assumingMemoryBound(to: Held.self)
        sqlite3_result_value(context, held.pointee.value)
        sqlite3_value_free(held.pointee.value)
        sqlite3_value_free(held.pointee.key)
        held.pointee = Held(isSet: false)
    }
}
