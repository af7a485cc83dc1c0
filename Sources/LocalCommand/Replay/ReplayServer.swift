internal import CanonicalJSON
internal import RestateHTTP
internal import RestateJournals
internal import RestateRuntime

/// A server whose journals are asked for by SQL. Loop-confined.
struct ReplayServer {
    let connection: HTTPConnection
    let token: String?

    /// Whether the seed of random numbers follows from an invocation's id. Not with an option that servers have.
    private nonisolated(nonsending) func hasSeedsOfIDs() async throws -> Bool {
        struct Version: Decodable { var features: [String: Bool]? }
        let response = try await connection.ask("GET", "/version", headers: headers, body: [])
        let version = try? JSON.decode(Version.self, from: response.body[...])
        return version?.features?["unique_random_seeds"] != true
    }

    private var headers: HeaderFields {
        var headers: HeaderFields = [
            "content-type": "application/json", "accept": "application/json",
        ]
        if let token { headers.append(name: "authorization", value: "Bearer \(token)") }
        return headers
    }

    /// The journals of those invocations that the condition holds for, the newest first.
    nonisolated(nonsending) func journals(
        where condition: String?, limit: Int
    ) async throws -> [RecordedJournal] {
        // One that has not begun has no journal.
        let invocations: [RecordedJournal.InvocationRow] = try await query(
            "SELECT \(RecordedJournal.InvocationRow.columns) FROM sys_invocation "
                + "WHERE (\(condition ?? "status != 'completed'")) AND journal_size > 0 "
                + "ORDER BY created_at DESC LIMIT \(limit)")
        let hasSeeds = try await hasSeedsOfIDs()
        var journals: [RecordedJournal] = []
        for invocation in invocations {
            let rows: [RecordedJournal.EntryRow] = try await query(
                "SELECT \(RecordedJournal.EntryRow.columns) FROM sys_journal "
                    + "WHERE id = '\(invocation.id)'")
            // It has ended meanwhile, or its journal is kept no longer.
            if rows.isEmpty { continue }
            do {
                guard let id = InvocationIdentity(invocation.id) else {
                    throw ReplayFailure(description: "its id is none")
                }
                journals.append(
                    try RecordedJournal(
                        invocation, rows, idBytes: id.bytes,
                        seed: id.randomSeed, isSeedSure: hasSeeds, source: connection.name))
            } catch {
                throw ReplayFailure(
                    description: "the journal of \(invocation.id) cannot be replayed: \(error)")
            }
        }
        return journals
    }

    private nonisolated(nonsending) func query<Row: Decodable>(_ sql: String) async throws -> [Row]
    {
        let response = try await connection.ask(
            "POST", "/query", headers: headers, body: try JSON.encode(["query": sql]))
        guard response.status == 200 else {
            let text = String(decoding: response.body.prefix(400), as: UTF8.self)
            throw ReplayFailure(
                description: "\(connection.name) refuses a query with status "
                    + "\(response.status): \(text)")
        }
        guard let answer = try? JSON.decode([String: [Row]].self, from: response.body[...]) else {
            throw ReplayFailure(
                description: "\(connection.name) answers a query as no admin API does")
        }
        return answer["rows"] ?? []
    }
}
