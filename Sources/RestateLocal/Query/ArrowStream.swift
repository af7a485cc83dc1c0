/// A result as an Arrow IPC stream: the schema, one batch of rows, the end.
///
/// Byte for byte what a Restate server writes for the same rows, as far as it was recorded.
struct ArrowStream {
    struct Column {
        var name: String
        var type: ArrowType
        var isNullable: Bool
    }

    static let contentType = "application/vnd.apache.arrow.stream"

    /// Buffers begin at multiples of this.
    private static let alignment = 64

    static func bytes(columns: [Column], rows: [[SQLValue]]) -> [UInt8] {
        var stream = message(body: []) { buffer in
            let fields = columns.map { field($0, &buffer) }
            let list = buffer.offsets(fields)
            return (.schema, buffer.table { $0.field(1, at: list) })
        }
        if !rows.isEmpty {
            stream += batch(columns, rows)
        }
        return stream + [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]
    }

    private enum Header: UInt8 { case schema = 1, recordBatch = 3 }

    private static func field(_ column: Column, _ buffer: inout FlatBuffer) -> Int {
        let name = buffer.string(column.name)
        // Numbers are laid down in the other order, so that the bytes are the recorded ones.
        let early = column.type.code == 2 ? buffer.offsets([]) : nil
        let type = column.type.table(&buffer)
        let children = early ?? buffer.offsets([])
        return buffer.table { table in
            table.field(0, at: name)
            table.field(2, column.type.code)
            table.field(1, column.isNullable)
            table.field(5, at: children)
            table.field(3, at: type)
        }
    }

    private static func batch(_ columns: [Column], _ rows: [[SQLValue]]) -> [UInt8] {
        var body: [UInt8] = []
        var buffers: [(Int, Int)] = []
        var nodes: [(Int, Int)] = []
        for (index, column) in columns.enumerated() {
            let values = rows.map { $0[index] }
            nodes.append((rows.count, values.count { $0 == .null }))
            for bytes in [validity(values)] + column.type.buffers(values) {
                buffers.append((body.count, bytes.count))
                body += bytes
                pad(&body)
            }
        }
        return message(body: body) { buffer in
            let places = buffer.pairs(buffers)
            let counts = buffer.pairs(nodes)
            let table = buffer.table { table in
                table.field(0, Int64(rows.count))
                table.field(1, at: counts)
                table.field(2, at: places)
            }
            return (.recordBatch, table)
        }
    }

    /// One bit a row. What follows the last row is set too, when no row is null.
    private static func validity(_ values: [SQLValue]) -> [UInt8] {
        let size = (values.count + 7) / 8
        guard values.contains(.null) else { return [UInt8](repeating: 0xff, count: size) }
        return ArrowType.bits(values.map { $0 != .null })
    }

    /// A marker, the metadata's length, the metadata, and the body.
    private static func message(
        body: [UInt8], _ header: (inout FlatBuffer) -> (Header, Int)
    ) -> [UInt8] {
        var buffer = FlatBuffer()
        let (kind, table) = header(&buffer)
        let root = buffer.table { message in
            message.field(0, Int16(4))  // Metadata version 5: they count from 0.
            message.field(1, kind.rawValue)
            message.field(3, Int64(body.count))
            message.field(2, at: table)
        }
        var metadata = buffer.finish(root)
        while (metadata.count + 8) % alignment != 0 { metadata.append(0) }
        let length = withUnsafeBytes(of: UInt32(metadata.count).littleEndian) { Array($0) }
        return [0xff, 0xff, 0xff, 0xff] + length + metadata + body
    }

    private static func pad(_ body: inout [UInt8]) {
        while body.count % alignment != 0 { body.append(0) }
    }
}
