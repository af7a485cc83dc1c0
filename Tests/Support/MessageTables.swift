/// Parses the tables of `Protocol/messages.md`.
///
/// They drive a second, generic codec of the protocol (`TableCodec`), which shares nothing with the
/// structs and so can check them.
package struct MessageTables: Sendable {
    package struct MessageRow: Sendable {
        package let code: UInt16
        package let name: String
        package let kind: String
        package let direction: String
        package let answeredBy: [String]
        package let since: Int
    }

    package struct FieldRow: Sendable {
        package let message: String
        package let number: Int
        package let name: String
        /// The type without the mark of a list.
        package let type: String
        package let isList: Bool
        package let presence: Presence
        package let versions: ClosedRange<Int>
    }

    package enum Presence: Equatable, Sendable {
        case plain, optional
        case choice(String)
    }

    package let messages: [MessageRow]
    package let fields: [FieldRow]
    /// The values of all enumerations: name of the enumeration, number.
    package let enumerations: [(name: String, number: UInt32)]
    private let byMessage: [String: [FieldRow]]
    private let byCode: [UInt16: MessageRow]

    /// Returns the tables of this package.
    package static func load() throws -> MessageTables { try shared.get() }
    private static let shared = Result {
        try MessageTables(parsing: try Fixtures.text(inPackage: "Protocol/messages.md"))
    }

    package init(parsing text: String) throws {
        let sections = Self.tables(in: text)
        messages = try sections["code", default: []].map(Self.messageRow)
        fields = try sections["message", default: []].map(Self.fieldRow)
        enumerations = try sections["enumeration", default: []].map { cells in
            guard cells.count == 3, let number = UInt32(cells[1]) else { throw Self.bad(cells) }
            return (cells[0], number)
        }
        guard !messages.isEmpty, !fields.isEmpty, !enumerations.isEmpty else {
            throw FixtureError("Protocol/messages.md lacks a table")
        }
        byMessage = Dictionary(grouping: fields, by: \.message)
        byCode = Dictionary(messages.map { ($0.code, $0) }) { first, _ in first }
    }

    /// Returns the fields of a message or a part. All notifications have the same fields.
    package func fields(of name: String) -> [FieldRow] {
        if let fields = byMessage[name] { return fields }
        let isNotification = messages.contains { $0.name == name && $0.kind == "notification" }
        return isNotification ? byMessage["Notification", default: []] : []
    }

    package func message(code: UInt16) -> MessageRow? { byCode[code] }

    // MARK: Reading the tables

    /// Returns the rows below each table head, by the head's first cell. Tables with the same head
    /// are joined.
    package static func tables(in text: String) -> [String: [[String]]] {
        var tables: [String: [[String]]] = [:]
        var current: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("|") else {
                current = nil
                continue
            }
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                .dropFirst().dropLast().map { trimmed($0) }
            guard let first = cells.first else { continue }
            if let current {
                if !first.hasPrefix("---") { tables[current, default: []].append(cells) }
            } else {
                current = first
            }
        }
        return tables
    }

    private static func trimmed(_ cell: Substring) -> String {
        let isEdge: (Character) -> Bool = { $0 == " " || $0 == "`" }
        var cell = cell.drop(while: isEdge)
        while let last = cell.last, isEdge(last) { cell.removeLast() }
        return String(cell)
    }

    private static func messageRow(_ cells: [String]) throws -> MessageRow {
        guard cells.count == 6, let code = UInt16(cells[0], radix: 16), let since = Int(cells[5])
        else { throw bad(cells) }
        let answers = cells[4].split(separator: ",").map { trimmed($0) }
        return MessageRow(
            code: code, name: cells[1], kind: cells[2], direction: cells[3], answeredBy: answers,
            since: since)
    }

    private static func fieldRow(_ cells: [String]) throws -> FieldRow {
        guard cells.count == 6, let number = Int(cells[1]) else { throw bad(cells) }
        let presence: Presence
        switch cells[4] {
        case "": presence = .plain
        case "optional": presence = .optional
        case let name where name.hasPrefix("\"") && name.hasSuffix("\""):
            presence = .choice(String(name.dropFirst().dropLast()))
        default: throw bad(cells)
        }
        let versions = cells[5].split(separator: "–").compactMap { Int($0) }
        guard cells[5].isEmpty || !versions.isEmpty else { throw bad(cells) }
        return FieldRow(
            message: cells[0], number: number, name: cells[2],
            type: cells[3].hasSuffix("[]") ? String(cells[3].dropLast(2)) : cells[3],
            isList: cells[3].hasSuffix("[]"), presence: presence,
            versions: (versions.first ?? 5)...(versions.last ?? 7))
    }

    private static func bad(_ cells: [String]) -> FixtureError {
        FixtureError("Protocol/messages.md: this row is not understood: \(cells)")
    }
}
