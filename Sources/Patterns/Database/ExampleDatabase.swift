/// The database of the example: its tables, its rows, and what the server must be told.
public enum ExampleDatabase {
    /// Where it is if nobody says anything else.
    public static let url = "postgres://restatedb:restatedb@localhost:5432/exampledb"

    /// The files for a container's folder of SQL that is executed at its first start.
    public static let files = ["1-settings.sql": settings, "2-tables.sql": tables]

    /// A server must be restarted for it, which a container does after its first start.
    private static let settings = "ALTER SYSTEM SET max_prepared_transactions = 100;\n"

    static let tables = """
        CREATE TABLE IF NOT EXISTS users (
            userid varchar(255) PRIMARY KEY,
            name varchar(255) NOT NULL,
            address varchar(255) NOT NULL,
            credits numeric NOT NULL,
            version numeric NOT NULL
        );
        CREATE TABLE IF NOT EXISTS user_idempotency (id varchar(255) PRIMARY KEY);
        INSERT INTO users (userid, name, address, credits, version) VALUES
            ('A', 'Don', '1600 Pennsylvania Avenue NW, Washington, DC 20500, USA', 1000, 0),
            ('B', 'Keir', '10 Downing St, London SW1A 2AB, UK', 1000, 0)
            ON CONFLICT DO NOTHING;

        """
}

#if PostgreSQL
public import Restate

extension Postgres {
    /// Makes the tables and the rows that are not there.
    /// - Throws: an error if no server answers.
    public func makeTables() async throws {
        try await perform { connection in
            for command in ExampleDatabase.tables.split(separator: ";") {
                let text = String(command)
                if text.contains(where: \.isLetter) { try connection.query(text) }
            }
        }
    }

    /// The services that use the database.
    public var services: [any RestateService] {
        [SimpleAccess(self), KeyedAccess(self), IdempotentUpdate(self), TwoPhaseCommit(self)]
    }
}
#endif
