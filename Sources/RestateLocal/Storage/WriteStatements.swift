import RestateProtocol
import RestateRuntime
import SQLite

/// The SQL statements that store a batch, compiled once.
final class WriteStatements {
    let begin: Statement
    let commit: Statement
    private let putInvocation: Statement
    private let removeInvocation: Statement
    private let putFinished: Statement
    private let removeFinished: Statement
    private let putJournalEnd: Statement
    private let removeJournalEnd: Statement
    private let putEntries: Statement
    private let removeJournal: Statement
    private let putState: Statement
    private let removeState: Statement
    private let removeStates: Statement
    private let putPromise: Statement
    private let removePromises: Statement
    private let putEdit: Statement
    private let removeEdit: Statement
    private let putRegistry: Statement

    init(_ database: Database) throws(SQLiteError) {
        begin = try database.prepare("BEGIN IMMEDIATE")
        commit = try database.prepare("COMMIT")
        putInvocation = try database.prepare("REPLACE INTO invocations VALUES (?, ?)")
        removeInvocation = try database.prepare("DELETE FROM invocations WHERE serial = ?")
        putFinished = try database.prepare("REPLACE INTO finished VALUES (?, ?, ?, ?, ?)")
        removeFinished = try database.prepare("DELETE FROM finished WHERE serial = ?")
        putJournalEnd = try database.prepare("REPLACE INTO journal_ends VALUES (?, ?, ?)")
        removeJournalEnd = try database.prepare("DELETE FROM journal_ends WHERE serial = ?")
        putEntries = try database.prepare("REPLACE INTO journals VALUES (?, ?, ?)")
        removeJournal = try database.prepare("DELETE FROM journals WHERE serial = ?")
        putState = try database.prepare("REPLACE INTO states VALUES (?, ?, ?, ?)")
        removeState = try database.prepare(
            "DELETE FROM states WHERE service = ? AND key = ? AND name = ?")
        removeStates = try database.prepare("DELETE FROM states WHERE service = ? AND key = ?")
        putPromise = try database.prepare("REPLACE INTO promises VALUES (?, ?, ?, ?)")
        removePromises = try database.prepare("DELETE FROM promises WHERE service = ? AND key = ?")
        putEdit = try database.prepare("REPLACE INTO edits VALUES (?, ?)")
        removeEdit = try database.prepare("DELETE FROM edits WHERE sequence = ?")
        putRegistry = try database.prepare("REPLACE INTO registry VALUES (1, ?)")
    }

    /// Writes a batch. Removals come before additions to the same rows.
    func write(_ batch: StoreBatch) throws(SQLiteError) {
        for (serial, record) in batch.invocations {
            let number = SQLiteValue.integer(Int64(serial))
            if let record {
                try putInvocation.run([number, .bytes(record)])
            } else {
                try removeInvocation.run([number])
                try removeFinished.run([number])
                try dropJournal(number)
            }
        }
        for ended in batch.finished {
            let number = SQLiteValue.integer(Int64(ended.serial))
            try removeInvocation.run([number])
            try putFinished.run([
                number, .bytes(ended.id.bytes), .time(ended.expires), .time(ended.completedAt),
                .bytes(ended.record),
            ])
            if let end = ended.journalExpires {
                try putJournalEnd.run([number, .time(end), .bytes(ended.id.bytes)])
            }
        }
        for serial in batch.droppedJournals { try dropJournal(.integer(Int64(serial))) }
        for entries in batch.journals {
            try putEntries.run([
                .integer(Int64(entries.serial)), .integer(Int64(entries.first)),
                .bytes(Array(entries.bytes)),
            ])
        }
        try writeStates(batch)
        for (sequence, record) in batch.edits {
            let number = SQLiteValue.integer(Int64(sequence))
            if let record {
                try putEdit.run([number, .bytes(record)])
            } else {
                try removeEdit.run([number])
            }
        }
        if let registry = batch.registry { try putRegistry.run([.bytes(registry)]) }
    }

    private func dropJournal(_ serial: SQLiteValue) throws(SQLiteError) {
        try removeJournal.run([serial])
        try removeJournalEnd.run([serial])
    }

    private func writeStates(_ batch: StoreBatch) throws(SQLiteError) {
        for owner in batch.clearedStates { try removeStates.run(values(owner)) }
        for (owner, key, value) in batch.states {
            let place = values(owner) + [.bytes(Array(key))]
            if let value {
                try putState.run(place + [.bytes(Array(value))])
            } else {
                try removeState.run(place)
            }
        }
        for owner in batch.forgottenPromises { try removePromises.run(values(owner)) }
        for (owner, name, result) in batch.promises {
            try putPromise.run(values(owner) + [.text(name), .bytes(result)])
        }
    }

    private func values(_ owner: StateOwner) -> [SQLiteValue] {
        [.text(owner.service), .text(owner.key)]
    }
}
