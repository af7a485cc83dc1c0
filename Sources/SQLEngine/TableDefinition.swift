/// A table that queries may name.
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
    /// Said in `information_schema`; it is read like any other.
    package let isView: Bool
    /// The text column whose wanted values a source is told, so that `name = '…'` is looked up instead
    /// of read through.
    package let lookup: String?

    package init(name: String, columns: [Column], isView: Bool = false, lookup: String? = nil) {
        self.name = name
        self.columns = columns
        self.isView = isView
        self.lookup = lookup
    }
}

/// Where the tables' rows come from.
package protocol TableSource {
    /// In the order in which `SHOW TABLES` lists them.
    var tables: [TableDefinition] { get }

    /// All rows of a table with the values of these columns, in this order.
    /// - Parameters:
    ///   - wanted: the only values of the `lookup` column that are asked for; nil for all.
    ///   - receive: told one row after the other, until it has enough.
    func scan(
        _ table: String, _ columns: [String], wanted: [String]?,
        _ receive: ([SQLValue]) throws -> Bool
    ) throws
}
