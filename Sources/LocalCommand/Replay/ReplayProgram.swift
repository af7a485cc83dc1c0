internal import RestateHTTP
internal import RestateJournals
internal import RestateLocal

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// An endpoint of today that replays journals. Loop-confined.
struct ReplayProgram {
    let connection: HTTPConnection
    let signer: RequestSigner?
    let executesRuns: Bool

    /// Returns the first difference, or nil if the endpoint replays the journal to its end.
    nonisolated(nonsending) func replay(_ journal: RecordedJournal) async throws
        -> JournalDifference?
    {
        var headers: HeaderFields = [
            "content-type": executesRuns ? journal.ordinaryContentType : journal.contentType,
            "x-restate-invocation-id": journal.invocation,
        ]
        signer?.sign(
            &headers, audience: journal.path, subject: journal.key,
            at: UInt64(Date().timeIntervalSince1970 * 1000))
        let response = try await connection.ask(
            "POST", journal.path, headers: headers, body: journal.body)
        if response.status == 415, !executesRuns {
            throw ReplayFailure(
                description: "\(connection.name) cannot be told to execute nothing. With "
                    + "--execute-runs it is asked all the same, and executes runs whose results the "
                    + "journals lack")
        }
        return journal.difference(status: response.status, body: response.body)
    }
}
