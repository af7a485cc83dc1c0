internal import CanonicalJSON
internal import RestateProtocol

/// Journals in the form of a server's tables `sys_invocation` and `sys_journal`.
extension RecordedJournal {
    /// The columns that are needed of an invocation.
    package struct InvocationRow: Decodable, Sendable {
        package let id: String
        package let target_service_name: String
        package let target_handler_name: String
        package let target_service_key: String?
        package let pinned_service_protocol_version: Int?
        package let restarted_from: String?

        package static let columns =
            "id, target_service_name, target_handler_name, target_service_key, "
            + "pinned_service_protocol_version, restarted_from"
    }

    /// The columns that are needed of an entry. `raw` is in hexadecimal digits.
    package struct EntryRow: Decodable, Sendable {
        package let id: String
        package let index: Int
        package let entry_type: String
        package let raw: String?

        package static let columns = "id, index, entry_type, raw"
    }

    /// Makes a journal of rows.
    ///
    /// A server's tables have neither the state of a key nor the seed of random numbers. State that the
    /// program has read is in the journal; the seed follows from the id, mostly.
    ///
    /// - Parameters:
    ///   - idBytes: the bytes of the invocation's id.
    ///   - seed: the seed of random numbers that follows from the id.
    ///   - isSeedSure: whether this server takes that seed. A restart may have that of another invocation.
    package init(
        _ invocation: InvocationRow, _ rows: [EntryRow], idBytes: [UInt8], seed: UInt64,
        isSeedSure: Bool, source: String
    ) throws {
        guard
            let version = ProtocolVersion(rawValue: invocation.pinned_service_protocol_version ?? 6)
        else { throw JournalUnreadable("its protocol version is not known here") }
        var start = StartMessage()
        start.id = idBytes[...]
        start.debugID = invocation.id
        start.key = invocation.target_service_key ?? ""
        start.randomSeed = seed
        start.partialState = true
        let entries = try rows.sorted { $0.index < $1.index }.map { row in
            guard let type = MessageType(entryType: row.entry_type) else {
                throw JournalUnreadable(
                    "it has an entry '\(row.entry_type)', which is not known here")
            }
            guard let payload = HexDigits.bytes(of: row.raw ?? "") else {
                throw JournalUnreadable("the column 'raw' is not hexadecimal")
            }
            return Entry(frame: Frame(code: type.rawValue, payload: payload[...]), site: nil)
        }
        try self.init(
            source: source, invocation: invocation.id, service: invocation.target_service_name,
            handler: invocation.target_handler_name, version: version, start: start,
            entries: entries, hasFailed: false,
            // Before version 6 the endpoint makes its seed of the id.
            mayHaveOtherSeed: version >= .v6
                && !(isSeedSure && invocation.restarted_from == nil))
    }

    /// The journal as a file, so that it can be kept.
    package var file: JournalFile {
        var start = start
        start.knownEntries = UInt32(clamping: entries.count)
        let frames = [Frame(start)] + entries.map(\.frame)
        return JournalFile(
            story: "server", mode: "v\(version.rawValue)", recorder: "restate-local replay",
            service: service, handler: handler, invocation: invocation, version: version,
            steps: frames.map { .frame(RecordedFrame(isFromEndpoint: false, $0)) } + [.inputEnd])
    }
}

extension MessageType {
    /// Reads the column `entry_type`: `Command: Run`, `Notification: Run`.
    fileprivate init?(entryType text: String) {
        let found = Self.allCases.first { type in
            let name = "\(type)"
            let kind = MessageKind(code: type.rawValue)
            // `runCommand` and `runCompletion` are both called Run there.
            let suffixes = kind == .command ? ["Command"] : ["Completion", "Notification"]
            guard kind == .command || kind == .notification else { return false }
            guard let suffix = suffixes.first(where: { name.hasSuffix($0) }) else { return false }
            let short = name.dropLast(suffix.count)
            let word = kind == .command ? "Command" : "Notification"
            return text.lowercased() == "\(word): \(short)".lowercased()
        }
        guard let found else { return nil }
        self = found
    }
}
