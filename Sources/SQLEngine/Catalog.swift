/// The tables of `information_schema`, in front of the source's own tables.
struct Catalog {
    let source: any TableSource

    private static func table(_ name: String, _ columns: String, numbers: Set<String> = [])
        -> TableDefinition
    {
        TableDefinition(
            name: "information_schema.\(name)",
            columns: columns.split(separator: " ").map { column in
                let name = String(column)
                return TableDefinition.Column(
                    name: name, type: numbers.contains(name) ? .uint64 : .utf8)
            })
    }

    static let tables = [
        table("tables", "table_catalog table_schema table_name table_type"),
        table("views", "table_catalog table_schema table_name definition"),
        table(
            "columns",
            "table_catalog table_schema table_name column_name ordinal_position column_default "
                + "is_nullable data_type character_maximum_length character_octet_length "
                + "numeric_precision numeric_precision_radix numeric_scale datetime_precision "
                + "interval_type",
            numbers: [
                "ordinal_position", "character_maximum_length", "character_octet_length",
                "numeric_precision", "numeric_precision_radix", "numeric_scale",
                "datetime_precision",
            ]),
        table("df_settings", "name value description"),
        table("schemata", "catalog_name schema_name schema_owner"),
        table(
            "routines", "specific_catalog specific_schema specific_name routine_name routine_type"),
        table(
            "parameters", "specific_catalog specific_schema specific_name parameter_name data_type"),
    ]

    func find(_ name: String, in schema: String) -> TableDefinition? {
        switch schema {
        case "public": source.tables.first { $0.name == name }
        case "information_schema": Self.tables.first { $0.name == "\(schema).\(name)" }
        default: nil
        }
    }

    /// Returns the rows of a table of this catalog as named values; nil for any other table.
    private func rows(of table: String) -> [[String: SQLValue]]? {
        switch table {
        case "information_schema.tables":
            source.tables.map { Self.row("public", $0.name, $0.isView ? "VIEW" : "BASE TABLE") }
                + Self.tables.map {
                    Self.row("information_schema", String($0.name.dropFirst(19)), "VIEW")
                }
        case "information_schema.columns":
            source.tables.flatMap { Self.columns(of: $0, "public", $0.name) }
        case "information_schema.schemata":
            ["public", "information_schema"].map {
                ["catalog_name": .text("restate"), "schema_name": .text($0)]
            }
        case "information_schema.df_settings":
            [
                ("datafusion.catalog.default_catalog", "restate"),
                ("datafusion.catalog.default_schema", "public"),
                ("datafusion.sql_parser.recursion_limit", "\(SQLParser.depthLimit)"),
            ].map { ["name": .text($0.0), "value": .text($0.1)] }
        case "information_schema.routines":
            SQLFunction.all.keys.sorted().map {
                [
                    "routine_name": .text($0), "specific_name": .text($0),
                    "routine_type": .text("FUNCTION"),
                ]
            }
        case _ where Self.tables.contains { $0.name == table }: []
        default: nil
        }
    }

    private static func row(_ schema: String, _ name: String, _ type: String) -> [String: SQLValue]
    {
        [
            "table_catalog": .text("restate"), "table_schema": .text(schema),
            "table_name": .text(name),
            "table_type": .text(type),
        ]
    }

    private static func columns(
        of table: TableDefinition, _ schema: String, _ name: String
    ) -> [[String: SQLValue]] {
        table.columns.enumerated().map { index, column in
            [
                "table_catalog": .text("restate"), "table_schema": .text(schema),
                "table_name": .text(name), "column_name": .text(column.name),
                "ordinal_position": .integer(Int64(index)),
                "is_nullable": .text(column.isNullable ? "YES" : "NO"),
                "data_type": .text(column.type.name),
            ]
        }
    }

    /// Passes on the rows of a table of the source or of this catalog.
    func scan(
        _ table: String, _ columns: [String], wanted: [String]?,
        _ receive: ([SQLValue]) throws -> Bool
    ) throws {
        guard let rows = rows(of: table) else {
            return try source.scan(table, columns, wanted: wanted, receive)
        }
        for row in rows {
            guard try receive(columns.map { row[$0] ?? .null }) else { return }
        }
    }
}
