import CanonicalJSON

/// Encodes the rows of a query as its answer.
protocol QueryWriter {
    mutating func add(_ row: [SQLValue]) throws
    mutating func finish() throws -> [UInt8]
}

extension QueryWriter {
    /// Checks the size of the answer.
    func check(_ count: Int, _ limit: Int) throws {
        guard count <= limit else {
            throw QueryError.bound(
                "the answer has more than \(limit) bytes; ask with a LIMIT, or for fewer columns")
        }
    }
}

/// Writes `{"rows":[…]}`. Nulls are left out, as by a server.
struct JSONRowsWriter: QueryWriter {
    private let columns: [SQLPlan.Column]
    private let names: [[UInt8]]
    private let limit: Int
    private var bytes = Array(#"{"rows":["#.utf8)
    private var isFirst = true

    init(_ columns: [SQLPlan.Column], limit: Int) {
        self.columns = columns
        self.limit = limit
        names = columns.map { Array("\(JSONLine.quoted($0.name)):".utf8) }
    }

    mutating func add(_ row: [SQLValue]) throws {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        bytes.append(UInt8(ascii: "{"))
        var isFirstMember = true
        for (index, value) in row.enumerated() where !value.isNull {
            if !isFirstMember { bytes.append(UInt8(ascii: ",")) }
            isFirstMember = false
            bytes += names[index]
            write(value, columns[index].type)
            try check(bytes.count, limit)
        }
        bytes.append(UInt8(ascii: "}"))
        try check(bytes.count, limit)
    }

    mutating func finish() throws -> [UInt8] {
        bytes += "]}".utf8
        return bytes
    }

    private mutating func write(_ value: SQLValue, _ type: SQLType) {
        switch value {
        case .null: bytes += "null".utf8
        case .boolean(let flag): bytes += (flag ? "true" : "false").utf8
        case .integer(let number): bytes += String(number).utf8
        case .unsigned(let number): bytes += String(number).utf8
        case .real(let number): bytes += (number.isFinite ? "\(number)" : "null").utf8
        case .text(let text): bytes += JSONLine.quoted(text).utf8
        case .list(let values):
            let element = type.element ?? .null
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                write(value, element)
            }
            bytes.append(UInt8(ascii: "]"))
        case .members(let values): write(members: values, type)
        default: bytes += JSONLine.quoted(SQLConversion.text(of: value, type)).utf8
        }
    }

    private mutating func write(members values: [SQLValue], _ type: SQLType) {
        var pairs: [(name: String, value: SQLValue, type: SQLType)] = []
        switch type {
        case .structure(let fields): pairs = zip(fields, values).map { ($0.name, $1, $0.type) }
        case .map(let key, let own):
            for case .members(let pair) in values where pair.count == 2 {
                pairs.append((SQLConversion.text(of: pair[0], key), pair[1], own))
            }
        default: break
        }
        bytes.append(UInt8(ascii: "{"))
        var isFirst = true
        for (name, value, type) in pairs where !value.isNull {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            bytes += "\(JSONLine.quoted(name)):".utf8
            write(value, type)
        }
        bytes.append(UInt8(ascii: "}"))
    }
}

/// Writes an Arrow stream, in batches of rows.
struct ArrowWriter: QueryWriter {
    /// The number of rows in a server's batches.
    private static let batchRows = 8192

    private let columns: [ArrowStream.Column]
    private let limit: Int
    private var bytes: [UInt8]
    private var rows: [[SQLValue]] = []
    private var size = 0

    init(_ columns: [SQLPlan.Column], limit: Int) {
        self.columns = columns.map {
            ArrowStream.Column(name: $0.name, type: $0.type, isNullable: $0.isNullable)
        }
        self.limit = limit
        bytes = ArrowStream.schema(self.columns)
    }

    mutating func add(_ row: [SQLValue]) throws {
        rows.append(row)
        for value in row { size += value.size / 4 + 1 }
        try check(bytes.count + size, limit)
        if rows.count == Self.batchRows { try flush() }
    }

    mutating func finish() throws -> [UInt8] {
        try flush()
        return bytes + ArrowStream.end
    }

    private mutating func flush() throws {
        guard !rows.isEmpty else { return }
        bytes += ArrowStream.batch(columns, rows)
        rows = []
        size = 0
        try check(bytes.count, limit)
    }
}
