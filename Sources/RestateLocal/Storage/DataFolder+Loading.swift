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
            try loadJournals(into: &data)
        } catch {
            throw StorageError(damaged: path, error)
        }
        return data
    }

    private func load(into data: inout StoredData) throws(SQLiteError) {
        try each("SELECT serial, record FROM invocations ORDER BY serial") { row in
            data.invocations.append((row.number(0), row.bytes(1)[...]))
        }
        try each("SELECT service, key, name, value FROM states") { row in
            let owner = StateOwner(service: row.text(0), key: row.text(1))
            data.states[owner, default: ObjectState()].set(row.bytes(2)[...], to: row.bytes(3)[...])
        }
        try each("SELECT service, key, name, result FROM promises") { row in
            let owner = StateOwner(service: row.text(0), key: row.text(1))
            data.promises.append((owner, row.text(2), row.bytes(3)[...]))
        }
        try each("SELECT sequence, record FROM edits ORDER BY sequence") { row in
            data.edits.append((row.number(0), row.bytes(1)[...]))
        }
        try each("SELECT record FROM registry") { data.registry = $0.bytes(0) }
    }

    private func loadJournals(into data: inout StoredData) throws(DamagedRecord) {
        do {
            let journals = try database.prepare(
                "SELECT serial, first, entries FROM journals ORDER BY serial, first")
            while let row = try journals.next() {
                try data.append(
                    row.bytes(2), from: Int(truncatingIfNeeded: row.number(1)), to: row.number(0))
            }
        } catch let error as DamagedRecord {
            throw error
        } catch {
            throw DamagedRecord("the table of journals", "\(error)")
        }
    }

    private func each(_ sql: String, _ take: ([SQLiteValue]) -> Void) throws(SQLiteError) {
        let statement = try database.prepare(sql)
        while let row = try statement.next() { take(row) }
    }
}

/// Values of a row. A column of another type is read as zero or nothing, which no record can be, so
/// that the damage is reported when the record is decoded.
extension [SQLiteValue] {
    fileprivate func number(_ column: Int) -> UInt64 {
        guard case .integer(let number) = self[column] else { return 0 }
        return UInt64(bitPattern: number)
    }

    fileprivate func text(_ column: Int) -> String {
        guard case .text(let text) = self[column] else { return "" }
        return text
    }

    fileprivate func bytes(_ column: Int) -> [UInt8] {
        guard case .bytes(let bytes) = self[column] else { return [] }
        return bytes
    }
}
