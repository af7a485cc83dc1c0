internal import CanonicalJSON
internal import Primitives
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
    ///
    /// - Returns: them, and whether there are more than the limit.
    nonisolated(nonsending) func journals(
        where condition: String?, limit: Int
    ) async throws -> (journals: [RecordedJournal], hasMore: Bool) {
        // One that has not begun has no journal.
        var invocations: [RecordedJournal.InvocationRow] = try await query(
            "SELECT \(RecordedJournal.InvocationRow.columns) FROM sys_invocation "
                + "WHERE (\(condition ?? "status != 'completed'")) AND journal_size > 0 "
                + "ORDER BY created_at DESC LIMIT \(limit + 1)")
        let hasMore = invocations.count > limit
        if hasMore { invocations.removeLast() }
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
        return (journals, hasMore)
    }

    private nonisolated(nonsending) func query<Row: Decodable>(_ sql: String) async throws -> [Row]
    {
        let response = try await connection.ask(
            "POST", "/query", headers: headers, body: try JSON.encode(["query": sql]))
        guard response.status == 200 else { throw refusal(response) }
        guard let answer = try? JSON.decode([String: [Row]].self, from: response.body[...]) else {
            throw refusal(response)
        }
        return answer["rows"] ?? []
    }

    /// Says what came in place of rows: what a server says in JSON, or how another program's answer begins.
    private func refusal(_ response: WholeResponse) -> ReplayFailure {
        struct Refusal: Decodable { var message: String }
        if let refusal = try? JSON.decode(Refusal.self, from: response.body[...]) {
            return ReplayFailure(
                description: "\(connection.name) refuses a query with status \(response.status): "
                    + String(firstLineOf: refusal.message.utf8, limit: 1000))
        }
        let line = String(firstLineOf: response.body)
        let text = line.isEmpty ? "nothing" : "'\(line)'"
        return ReplayFailure(
            description: [401, 403].contains(response.status)
                ? "\(connection.name) wants the right --token: it answers with status "
                    + "\(response.status) and \(text)"
                : "\(connection.name) is no admin API of a Restate server: it answers POST "
                    + "\(connection.path("/query")) with status \(response.status) and \(text)")
    }
}
