/// Writes a result as an Arrow IPC stream: the schema, batches of rows, and the end mark.
///
/// The bytes are those that a Restate server writes for the same rows, as far as that was recorded.
/// So layout choices that Arrow leaves open are fixed here.
package enum ArrowStream {
    struct Column {
        var name: String
        var type: SQLType
        var isNullable: Bool
    }

    package static let contentType = "application/vnd.apache.arrow.stream"
    static let end: [UInt8] = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]

    /// Buffers begin at multiples of this number of bytes.
    private static let alignment = 64

    static func schema(_ columns: [Column]) -> [UInt8] {
        message(body: []) { buffer in
            let fields = columns.map { field($0, &buffer) }
            let list = buffer.offsets(fields)
            return (.schema, buffer.table { $0.field(1, at: list) })
        }
    }

    private enum Header: UInt8 { case schema = 1, recordBatch = 3 }

    /// Writes the schema of a column, after the schemas of what it contains.
    private static func field(_ column: Column, _ buffer: inout FlatBuffer) -> Int {
        var inner = children(of: column.type)
        // The entries of a map and their keys are never null, and readers require the schema to say
        // so.
        if column.name == "entries", !column.isNullable { inner[0].isNullable = false }
        let children = inner.map { field($0, &buffer) }
        let name = buffer.string(column.name)
        // For integers the server writes these two parts in the other order.
        let early = column.type.arrowCode == 2 ? buffer.offsets(children) : nil
        let type = column.type.arrowTable(&buffer)
        let list = early ?? buffer.offsets(children)
        return buffer.table { table in
            table.field(0, at: name)
            table.field(2, column.type.arrowCode)
            table.field(1, column.isNullable)
            table.field(5, at: list)
            table.field(3, at: type)
        }
    }

    /// The columns inside a list, a struct or a map.
    private static func children(of type: SQLType) -> [Column] {
        switch type {
        case .list(let element): [Column(name: "item", type: element, isNullable: true)]
        case .structure(let fields):
            fields.map { Column(name: $0.name, type: $0.type, isNullable: true) }
        case .map(let key, let value):
            [
                Column(
                    name: "entries",
                    type: .structure([
                        SQLType.Field(name: "key", type: key),
                        SQLType.Field(name: "value", type: value),
                    ]), isNullable: false)
            ]
        default: []
        }
    }

    /// The buffers of a batch, with the places and counts that its metadata lists.
    private struct Body {
        var bytes: [UInt8] = []
        var buffers: [(Int, Int)] = []
        var nodes: [(Int, Int)] = []

        mutating func add(_ buffer: [UInt8]) {
            buffers.append((bytes.count, buffer.count))
            bytes += buffer
            while bytes.count % ArrowStream.alignment != 0 { bytes.append(0) }
        }

        mutating func add(_ values: [SQLValue], _ type: SQLType) {
            nodes.append((values.count, values.count { $0.isNull }))
            // A column without a type has no buffers.
            if type == .null { return }
            add(ArrowStream.validity(values))
            for buffer in type.arrowBuffers(values) { add(buffer) }
            for (inner, type) in ArrowStream.contents(values, type) { add(inner, type) }
        }
    }

    /// The values inside lists, structs or maps, concatenated.
    private static func contents(_ values: [SQLValue], _ type: SQLType) -> [([SQLValue], SQLType)] {
        switch type {
        case .list(let element):
            return [(values.flatMap(\.elements), element)]
        case .structure(let fields):
            return fields.enumerated().map { index, field in
                let inner = values.map { value -> SQLValue in
                    let members = value.elements
                    return index < members.count ? members[index] : .null
                }
                return (inner, field.type)
            }
        case .map(let key, let value):
            let entries = SQLType.structure([
                SQLType.Field(name: "key", type: key), SQLType.Field(name: "value", type: value),
            ])
            return [(values.flatMap(\.elements), entries)]
        default: return []
        }
    }

    /// Encodes rows column by column.
    static func batch(_ columns: [Column], _ rows: [[SQLValue]]) -> [UInt8] {
        var body = Body()
        for (index, column) in columns.enumerated() {
            body.add(rows.map { $0[index] }, column.type)
        }
        return message(body: body.bytes) { buffer in
            let places = buffer.pairs(body.buffers)
            let counts = buffer.pairs(body.nodes)
            let table = buffer.table { table in
                table.field(0, Int64(rows.count))
                table.field(1, at: counts)
                table.field(2, at: places)
            }
            return (.recordBatch, table)
        }
    }

    /// Returns one bit for each row that is not null. Without nulls the unused bits of the last
    /// byte are set, too, as the server has it.
    private static func validity(_ values: [SQLValue]) -> [UInt8] {
        let size = (values.count + 7) / 8
        guard values.contains(where: \.isNull) else { return [UInt8](repeating: 0xff, count: size) }
        return SQLType.bits(values.map { !$0.isNull })
    }

    /// Encodes a message: a marker, the length of the metadata, the metadata, and the body.
    private static func message(
        body: [UInt8], _ header: (inout FlatBuffer) -> (Header, Int)
    ) -> [UInt8] {
        var buffer = FlatBuffer()
        let (kind, table) = header(&buffer)
        let root = buffer.table { message in
            message.field(0, Int16(4))  // Metadata version 5; versions are counted from 0.
            message.field(1, kind.rawValue)
            message.field(3, Int64(body.count))
            message.field(2, at: table)
        }
        var metadata = buffer.finish(root)
        while (metadata.count + 8) % alignment != 0 { metadata.append(0) }
        let length = withUnsafeBytes(of: UInt32(metadata.count).littleEndian) { Array($0) }
        return [0xff, 0xff, 0xff, 0xff] + length + metadata + body
    }
}
