internal import RestateHTTP
internal import RestateJournals
internal import RestateLocal
internal import RestateRuntime

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
    let served: ServedHandlers?

    /// Returns the first difference, or nil if the endpoint replays the journal to its end.
    nonisolated(nonsending) func replay(_ journal: RecordedJournal) async throws
        -> JournalDifference?
    {
        if let difference = served.flatMap(journal.difference(from:)) { return difference }
        var headers: HeaderFields = [
            "content-type": executesRuns ? journal.ordinaryContentType : journal.contentType,
            "x-restate-invocation-id": journal.invocation,
        ]
        signer?.sign(&headers, audience: journal.path, subject: journal.key, at: Self.now)
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

/// Finding out whether there is an endpoint, and which HTTP it speaks.
extension ReplayProgram {
    private static let discovery = "/discover"
    private static let manifests = RecordedJournal.manifests
    /// How long an endpoint may take to say what it serves.
    private static let patience = Duration.seconds(10)

    private static var now: UInt64 { UInt64(Date().timeIntervalSince1970 * 1000) }

    /// Connects to an endpoint. One that speaks only HTTP/1.1 does not understand how HTTP/2 begins; then it is asked
    /// again in its own words.
    nonisolated(nonsending) static func open(
        at asked: DeploymentEndpoint, signer: RequestSigner?, executesRuns: Bool,
        on loop: EventLoop
    ) async throws -> ReplayProgram {
        var address = asked
        while true {
            let connection = try await HTTPConnection.open(to: address, on: loop)
            var headers: HeaderFields = ["accept": manifests.joined(separator: ", ")]
            signer?.sign(&headers, audience: discovery, at: now)
            let answer = await connection.answer(
                "GET", discovery, headers: headers, within: patience)
            if let answer {
                try check(answer, from: address, isSigned: signer != nil)
                return ReplayProgram(
                    connection: connection, signer: signer, executesRuns: executesRuns,
                    served: ServedHandlers(manifest: answer.body))
            }
            connection.close()
            if address.usesHTTP11 { throw silence(of: asked) }
            address.usesHTTP11 = true
        }
    }

    /// - Parameter address: with the version of HTTP that the user has chosen.
    private static func silence(of address: DeploymentEndpoint) -> ReplayFailure {
        let (versions, advice) =
            address.usesHTTP11
            ? ("HTTP/1.1", ". An endpoint that speaks only HTTP/2 is asked without --http1")
            : ("HTTP/2, and none over HTTP/1.1", "")
        return ReplayFailure(
            description: "\(address.uri) gave no answer over \(versions): it said nothing for "
                + "\(patience), or closed the connection\(advice)")
    }

    private static func check(
        _ answer: WholeResponse, from address: DeploymentEndpoint, isSigned: Bool
    ) throws {
        let type = answer.headers["content-type"] ?? "none"
        if answer.status == 200, manifests.contains(type) { return }
        let question = "GET \(address.path(discovery))"
        let reason =
            switch answer.status {
            case 200: "it answers \(question) with the content type '\(type)'"
            case 401, 403:
                isSigned
                    ? "it does not accept the key of --identity-key-file (status \(answer.status))"
                    : "it wants signed requests (status \(answer.status)): give --identity-key-file"
            default: "it answers \(question) with status \(answer.status)"
            }
        let isRefusal = [401, 403].contains(answer.status)
        throw ReplayFailure(
            description: isRefusal
                ? "\(address.uri) cannot be asked: \(reason)"
                : "\(address.uri) is no endpoint of Restate: \(reason)")
    }
}
