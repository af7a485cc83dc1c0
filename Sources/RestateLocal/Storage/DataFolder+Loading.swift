import RestateProtocol
import RestateRuntime
import SQLite

extension DataFolder {
    /// Reads everything that was stored. Nothing is written.
    func load() throws(StorageError) -> StoredData {
        var data = StoredData()
        if isNew { return data }
        do throws(SQLiteError) {
            try load(into: &data)
        } catch {
            throw StorageError(opening: path, error)
        }
        do throws(DamagedRecord) {
            try loadFinished(into: &data)
            try loadJournals(into: &data)
            try loadJournalEnds(into: &data)
        } catch {
            throw StorageError(damaged: path, error)
        }
        return data
    }

    private func load(into data: inout StoredData) throws(SQLiteError) {
        try each("SELECT serial, record FROM invocations ORDER BY serial") { row in
            data.invocations.append((row.number(0), row.bytes(1)[...]))
        }
        try each("SELECT service, key, name, value FROM states ORDER BY service, key, name") {
            row in
            let owner = StateOwner(service: row.text(0), key: row.text(1))
            data.states[owner, default: ObjectState()].set(row.bytes(2)[...], to: row.bytes(3)[...])
        }
        try each("SELECT service, key, name, result FROM promises ORDER BY service, key, name") {
            row in
            let owner = StateOwner(service: row.text(0), key: row.text(1))
            data.promises.append((owner, row.text(2), row.bytes(3)[...]))
        }
        try each("SELECT sequence, record FROM edits ORDER BY sequence") { row in
            data.edits.append((row.number(0), row.bytes(1)[...]))
        }
        try each("SELECT record FROM registry") { data.registry = $0.bytes(0) }
    }

    // MARK: Finished invocations

    /// Reads of finished invocations what the index has, without their records.
    private func loadFinished(into data: inout StoredData) throws(DamagedRecord) {
        if foundFormat < 2 { return try splitFinished(&data) }
        do {
            data.finished.reserveCapacity(
                Int(try database.number("SELECT count(*) FROM finished")))
            let rows = try database.prepare(
                "SELECT serial, id, expires, completed FROM finished ORDER BY expires")
            while let row = try rows.next() {
                let finished = StoredData.Finished(
                    serial: row.number(0), id: row.bytes(1), expires: row.number(2),
                    completedAt: row.number(3))
                guard let finished else {
                    throw DamagedRecord(
                        "invocation number \(row.number(0))", "its id has not 24 bytes")
                }
                data.finished.append(finished)
            }
        } catch let error as DamagedRecord {
            throw error
        } catch {
            throw DamagedRecord("the table of finished invocations", "\(error)")
        }
    }

    /// In format 1 the finished ones stand among the others, and their records must be read.
    private func splitFinished(_ data: inout StoredData) throws(DamagedRecord) {
        var open: [(serial: UInt64, record: Bytes)] = []
        for (serial, record) in data.invocations {
            if let finished = try StoredData.Finished(serial: serial, record: record) {
                data.finished.append(finished)
            } else {
                open.append((serial, record))
            }
        }
        data.invocations = open
        migration.misplaced = data.finished
    }

    // MARK: Journals

    /// Reads the journals of open invocations, and of finished ones the sizes.
    private func loadJournals(into data: inout StoredData) throws(DamagedRecord) {
        var sizes: [UInt64: Int] = [:]
        do {
            let open = Set(data.invocations.map(\.serial))
            // In the database's own order: so it is one pass, and nothing is looked up or sorted.
            let rows = try database.prepare("SELECT serial, length(entries) FROM journals")
            while let row = try rows.next() {
                let serial = row.number(0)
                if !open.contains(serial) { sizes[serial, default: 0] += Int(row.number(1)) }
            }
            let journals = try database.prepare(
                "SELECT j.serial, j.first, j.entries FROM invocations AS i "
                    + "CROSS JOIN journals AS j ON j.serial = i.serial ORDER BY i.serial, j.first")
            while let row = try journals.next() {
                let serial = row.number(0)
                guard open.contains(serial) else { continue }
                try data.append(
                    row.bytes(2), from: Int(truncatingIfNeeded: row.number(1)), to: serial)
            }
        } catch let error as DamagedRecord {
            throw error
        } catch {
            throw DamagedRecord("the table of journals", "\(error)")
        }
        for index in data.finished.indices {
            data.finished[index].journalSize =
                sizes.removeValue(forKey: data.finished[index].serial) ?? 0
        }
        if let stray = sizes.keys.min() {
            throw DamagedRecord(
                "the journal of invocation number \(stray)", "there is no such invocation")
        }
    }

    /// Finds when the next journal goes before its invocation does. Before format 3 nobody wrote that
    /// down, and the records of all that still have a journal must be read.
    private func loadJournalEnds(into data: inout StoredData) throws(DamagedRecord) {
        do {
            guard foundFormat < 3 else {
                let first = try database.prepare("SELECT min(expires) FROM journal_ends").next()
                if case .integer(let time)? = first?.first {
                    data.nextJournalEnd = UInt64(bitPattern: time)
                }
                return
            }
            // Each record is looked up by itself: to ask for a journal beside it reads large values in these formats.
            let records = try database.prepare(
                "SELECT record FROM \(foundFormat < 2 ? "invocations" : "finished") "
                    + "WHERE serial = ?")
            for finished in data.finished where finished.journalSize > 0 {
                guard let row = try records.rows([.number(finished.serial)]).first else { continue }
                // A damaged record is told when it is asked for, as in a folder of today: it does not keep
                // all others from being read.
                let end = try? JournalEnd(serial: finished.serial, record: row.bytes(0)[...])
                if let end { migration.journalEnds.append(end) }
            }
        } catch {
            throw DamagedRecord("the ends of journals", "\(error)")
        }
        data.nextJournalEnd = migration.journalEnds.map(\.expires).min()
    }

    private func each(_ sql: String, _ take: ([SQLiteValue]) -> Void) throws(SQLiteError) {
        let statement = try database.prepare(sql)
        while let row = try statement.next() { take(row) }
    }
}

/// Values of a row. A column of another type is read as zero or nothing, which no record can be, so
/// that the damage is reported when the record is decoded.
extension [SQLiteValue] {
    func number(_ column: Int) -> UInt64 {
        guard case .integer(let number) = self[column] else { return 0 }
        return UInt64(bitPattern: number)
    }

    func text(_ column: Int) -> String {
        guard case .text(let text) = self[column] else { return "" }
        return text
    }

    func bytes(_ column: Int) -> [UInt8] {
        guard case .bytes(let bytes) = self[column] else { return [] }
        return bytes
    }
}

/// Numbers as a database has them.
extension SQLiteValue {
    /// A serial number, which is below 2^62.
    static func number(_ number: UInt64) -> SQLiteValue { .integer(Int64(clamping: number)) }

    /// A moment. What comes after the largest number never comes.
    static func time(_ time: Timestamp) -> SQLiteValue { .integer(Int64(clamping: time)) }
}
