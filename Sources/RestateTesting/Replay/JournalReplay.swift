public import Restate
public import RestateJournals

/// A replay runs the program of today against the journal of an invocation that an earlier version has
/// executed, and finds the first difference.
///
/// ```swift
/// @Test(arguments: try RecordedJournal.all(at: "journals"))
/// func `what was begun is continued`(journal: RecordedJournal) async throws {
///     let difference = try await JournalReplay(journal).run(against: Endpoint(Checkout()))
///     #expect(difference == nil, "\(difference!)")
/// }
/// ```
/// Nothing is executed but the handler: runs have their results from the journal, and calls are only
/// compared. A handler that comes to the journal's end replays it, whatever it would do next.
public struct JournalReplay: Sendable {
    private let journal: RecordedJournal

    /// Makes the replay of one journal. It can be run against several endpoints.
    public init(_ journal: RecordedJournal) { self.journal = journal }

    /// Replays the journal.
    ///
    /// - Returns: the first difference, or nil if the handler comes to the journal's end.
    /// - Throws: `EndpointError` if the services cannot be served, and `CancellationError`.
    public func run(against endpoint: Endpoint) async throws -> JournalDifference? {
        try await Self.run([journal], against: endpoint).first
    }

    /// Replays several journals, one after another, and returns the first difference of each that has one.
    public static func run(
        _ journals: [RecordedJournal], against endpoint: Endpoint
    ) async throws -> [JournalDifference] {
        let embedded = try EmbeddedEndpoint(endpoint.unguarded, loops: 1)
        let served = try await served(by: embedded)
        var differences: [JournalDifference] = []
        for journal in journals {
            if let difference = served.flatMap(journal.difference(from:)) {
                differences.append(difference)
                continue
            }
            let response = try await embedded.respond(
                to: EmbeddedRequest(
                    method: "POST", path: journal.path,
                    headers: [
                        ("content-type", journal.contentType),
                        ("x-restate-invocation-id", journal.invocation),
                    ]), body: journal.body)
            if let found = journal.difference(status: response.status, body: response.body) {
                differences.append(found)
            }
        }
        await embedded.shutdown(grace: .zero)
        return differences
    }

    /// Returns nil if the endpoint cannot describe itself; then each journal is told why.
    private static func served(by endpoint: EmbeddedEndpoint) async throws -> ServedHandlers? {
        let accepted = RecordedJournal.manifests.joined(separator: ", ")
        let answer = try await endpoint.respond(
            to: EmbeddedRequest(method: "GET", path: "/discover", headers: [("accept", accepted)]))
        return answer.status == 200 ? ServedHandlers(manifest: answer.body) : nil
    }
}
