import RestateRuntime
import SQLite

/// What has to be changed in a folder of an earlier format, and the tables that it lacks.
///
/// It is found when the folder is read, and changed only when all of it was understood.
struct FolderMigration {
    /// The finished invocations of a folder of format 1, which stand among the open ones.
    var misplaced: [StoredData.Finished] = []
    /// The journals of a folder of format 1 or 2 that go before the results of their invocations.
    var journalEnds: [JournalEnd] = []

    /// The index has all that is read of a finished invocation at the start, in the order in which
    /// retentions end.
    static let tableOfFinished = """
        CREATE TABLE finished (serial INTEGER PRIMARY KEY, id BLOB NOT NULL,
            expires INTEGER NOT NULL, completed INTEGER NOT NULL, record BLOB NOT NULL);
        CREATE INDEX expiries ON finished (expires, completed, id);
        """

    /// A row for each journal that goes before the result of its invocation, as long as the journal
    /// is there.
    static let tableOfJournalEnds = """
        CREATE TABLE journal_ends (serial INTEGER PRIMARY KEY, expires INTEGER NOT NULL,
            id BLOB NOT NULL);
        CREATE INDEX journal_expiries ON journal_ends (expires);
        """

    /// The names of the tables whose values can be large.
    private static let large = ["journals", "states", "promises"]

    /// Their keys have indexes of their own. In a table that is its own index (`WITHOUT ROWID`), SQLite reads a row
    /// with its value for each comparison of keys, and one value of 30 MB slows down whatever is looked up near it.
    static let tablesOfLargeValues = """
        CREATE TABLE journals (serial INTEGER NOT NULL, first INTEGER NOT NULL,
            entries BLOB NOT NULL, UNIQUE (serial, first));
        CREATE TABLE states (service TEXT NOT NULL, key TEXT NOT NULL, name BLOB NOT NULL,
            value BLOB NOT NULL, UNIQUE (service, key, name));
        CREATE TABLE promises (service TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL,
            result BLOB NOT NULL, UNIQUE (service, key, name));
        """

    /// Brings a folder into today's format, in one transaction.
    func run(_ database: Database, from format: Int64) throws(SQLiteError) {
        try database.execute("BEGIN IMMEDIATE")
        if format < 2 { try moveFinished(database) }
        if format < 3 {
            try addJournalEnds(database)
            try giveIndexes(database)
        }
        try database.execute("PRAGMA user_version = \(DataFolder.format); COMMIT")
    }

    private func moveFinished(_ database: Database) throws(SQLiteError) {
        try database.execute(Self.tableOfFinished)
        let move = try database.prepare(
            "INSERT INTO finished SELECT serial, ?, ?, ?, record FROM invocations "
                + "WHERE serial = ?")
        let remove = try database.prepare("DELETE FROM invocations WHERE serial = ?")
        for ended in misplaced {
            let number = SQLiteValue.number(ended.serial)
            try move.run([
                .bytes(ended.id.bytes), .time(ended.expires), .time(ended.completedAt), number,
            ])
            try remove.run([number])
        }
    }

    private func giveIndexes(_ database: Database) throws(SQLiteError) {
        for table in Self.large {
            try database.execute("ALTER TABLE \(table) RENAME TO earlier_\(table)")
        }
        try database.execute(Self.tablesOfLargeValues)
        for table in Self.large {
            try database.execute(
                "INSERT INTO \(table) SELECT * FROM earlier_\(table); DROP TABLE earlier_\(table)")
        }
    }

    private func addJournalEnds(_ database: Database) throws(SQLiteError) {
        try database.execute(Self.tableOfJournalEnds)
        let add = try database.prepare("INSERT INTO journal_ends VALUES (?, ?, ?)")
        for end in journalEnds {
            try add.run([.number(end.serial), .time(end.expires), .bytes(end.id.bytes)])
        }
    }
}
