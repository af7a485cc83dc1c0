/// A table that queries can name.
package struct TableDefinition: Sendable {
    package struct Column: Sendable {
        package var name: String
        package var type: SQLType
        package var isNullable = true

        package init(name: String, type: SQLType, isNullable: Bool = true) {
            self.name = name
            self.type = type
            self.isNullable = isNullable
        }
    }

    package let name: String
    package let columns: [Column]
    /// Whether `information_schema` lists it as a view. It is read like any other table.
    package let isView: Bool
    /// The text column for which the source is told the wanted values, so that `name = '…'` is a
    /// lookup instead of a scan.
    package let lookup: String?

    package init(name: String, columns: [Column], isView: Bool = false, lookup: String? = nil) {
        self.name = name
        self.columns = columns
        self.isView = isView
        self.lookup = lookup
    }
}

/// Provides the tables and their rows.
package protocol TableSource {
    /// The tables in the order of `SHOW TABLES`.
    var tables: [TableDefinition] { get }

    /// Passes on all rows of a table, with the values of the given columns in their order.
    /// - Parameters:
    ///   - wanted: the wanted values of the `lookup` column; nil for all rows.
    ///   - receive: is called for each row, until it returns false.
    func scan(
        _ table: String, _ columns: [String], wanted: [String]?,
        _ receive: ([SQLValue]) throws -> Bool
    ) throws
}
