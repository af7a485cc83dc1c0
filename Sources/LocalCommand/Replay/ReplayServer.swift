internal import CanonicalJSON
internal import RestateHTTP
internal import RestateJournals
internal import RestateRuntime

/// A server whose journals are asked for by SQL. Loop-confined.
struct ReplayServer {
    let connection: HTTPConnection
    let token: String?

    /// The journals of those invocations that the condition holds for, the newest first.
    nonisolated(nonsending) func journals(
        where condition: String?, limit: Int
    ) async throws -> [RecordedJournal] {
        // One that has not begun has no journal.
        let invocations: [RecordedJournal.InvocationRow] = try await query(
            "SELECT \(RecordedJournal.InvocationRow.columns) FROM sys_invocation "
                + "WHERE (\(condition ?? "status != 'completed'")) AND journal_size > 0 "
                + "ORDER BY created_at DESC LIMIT \(limit)")
        var journals: [RecordedJournal] = []
        for invocation in invocations {
            let rows: [RecordedJournal.EntryRow] = try await query(
                "SELECT \(RecordedJournal.EntryRow.columns) FROM sys_journal "
                    + "WHERE id = '\(invocation.id)'")
            // It has ended meanwhile, or its journal is kept no longer.
            if rows.isEmpty { continue }
            let id = InvocationIdentity(invocation.id)
            do {
                journals.append(
                    try RecordedJournal(
                        invocation, rows, idBytes: id?.bytes ?? [], seed: id?.randomSeed,
                        source: connection.name))
            } catch {
                throw ReplayFailure(
                    description: "the journal of \(invocation.id) cannot be replayed: \(error)")
            }
        }
        return journals
    }

    private nonisolated(nonsending) func query<Row: Decodable>(_ sql: String) async throws -> [Row]
    {
        var headers: HeaderFields = [
            "content-type": "application/json", "accept": "application/json",
        ]
        if let token { headers.append(name: "authorization", value: "Bearer \(token)") }
        let response = try await connection.ask(
            "POST", "/query", headers: headers, body: try JSON.encode(["query": sql]))
        guard response.status == 200 else {
            let text = String(decoding: response.body.prefix(400), as: UTF8.self)
            throw ReplayFailure(
                description: "\(connection.name) refuses a query with status "
                    + "\(response.status): \(text)")
        }
        return try JSON.decode([String: [Row]].self, from: response.body[...])["rows"] ?? []
    }
}
