import RestateProtocol
import Support
import Testing

/// On a replay a command is compared with the recorded one, field by field.
@Suite struct ComparedFieldTests {
    /// The column "not compared" of the table in `Protocol/README.md`, section 4.
    static let free: Set<String> = [
        "InputCommand.headers", "InputCommand.name", "InputCommand.value",
        "SleepCommand.wake_up_time", "SleepCommand.result_completion_id",
        "OneWayCallCommand.invoke_time",
        "GetEagerStateCommand.void", "GetEagerStateCommand.value",
        "GetEagerStateKeysCommand.value",
    ]

    @Test(arguments: MessageType.allCases.filter { $0.kind == .command })
    func `a command that differs in any field of the table is a mismatch`(
        type: MessageType
    ) throws {
        let tables = try MessageTables.load()
        let codec = TableCodec(tables)
        let command = try #require(type.command)
        for row in tables.fields(of: type.tableName) {
            let changed = try codec.encode(
                .object([row.name: tables.sample(row)]), as: type.tableName)
            let lines = try differences(command, from: changed[...])
            #expect(
                lines.isEmpty == Self.free.contains("\(row.message).\(row.name)"),
                "\(row.message).\(row.name): \(lines)")
        }
    }

    private func differences<C: CommandMessage>(
        _ type: C.Type, from recorded: Bytes
    ) throws -> [String] {
        var comparison = Comparison(checksPayloads: true)
        C().compare(with: try C(decoding: recorded), into: &comparison)
        return comparison.lines
    }
}
