/// What a query gives, as rows.
struct QueryResult {
    struct Column {
        var name: String
        /// Nil for what was computed.
        var type: ColumnType?
    }

    var columns: [Column]
    var rows: [[SQLValue]]

    /// `{"rows":[…]}`; what is null is left out.
    var json: [UInt8] {
        JSONLine.object { line in
            line.member("rows") { line in
                line.array(rows) { line, row in
                    line.object { line in
                        for (column, value) in zip(columns, row) where value != .null {
                            line.member(column.name) { Self.write(value, column.type, to: &$0) }
                        }
                    }
                }
            }
        }
    }

    private static func write(
        _ value: SQLValue, _ type: ColumnType?, to line: inout JSONLine
    ) {
        switch value {
        case .null: line.null()
        case .integer(let number) where type == .boolean: line.value(number != 0)
        case .integer(let number): line.value(number)
        case .real(let number): line.value(number)
        case .text(let text) where type == .list || type == .digits: line.raw(text.utf8)
        case .text(let text): line.value(text)
        case .bytes(let bytes): line.value(hexadecimal(bytes))
        }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
    }

    /// Nil if a column is of a type that is not written here; its name says which.
    func arrow() throws(UnsupportedColumn) -> [UInt8] {
        var arrowColumns: [ArrowStream.Column] = []
        for (index, column) in columns.enumerated() {
            let type: ArrowType
            if let known = column.type {
                guard let written = ArrowType(known) else { throw UnsupportedColumn(column.name) }
                type = written
            } else {
                type = ArrowType(guessing: rows.lazy.map { $0[index] })
            }
            arrowColumns.append(
                ArrowStream.Column(
                    name: column.name, type: type, isNullable: Self.isNullable(column)))
        }
        return ArrowStream.bytes(columns: arrowColumns, rows: rows)
    }

    /// Counts and the status of an invocation are never null, and the server says so.
    private static func isNullable(_ column: Column) -> Bool {
        !(column.name.hasPrefix("count(") || column.name == "status")
    }
}

/// A column that is not written as Arrow.
struct UnsupportedColumn: Error, CustomStringConvertible {
    let name: String
    init(_ name: String) { self.name = name }

    var description: String {
        "The column '\(name)' is a list, which the local runtime writes as JSON only. "
            + "Ask with 'accept: application/json'."
    }
}
