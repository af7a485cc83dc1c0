import RestateMachine
import RestateProtocol
import Testing

@testable import Restate
@testable import RestateServices

/// Errors that say themselves what is to follow.
@Suite(.timeLimit(.minutes(10)))
struct RetriedErrorTests {
    // MARK: When to try again

    @Test(arguments: ProtocolVersion.allCases)
    func `a run can say when it is to be tried again`(version: ProtocolVersion) async throws {
        var journal = Journal()
        journal.version = version
        let lines = try await lines(journal) { ctx in
            try await ctx.run("a") { throw RetryableError("busy", retryAfter: .seconds(30)) }
            return 1
        }
        #expect(lines == ["Run 1 'a'", "Error 500 busy (again in 30000 ms)"])
    }

    @Test func `a handler can say so too, with a code of its own`() async throws {
        let lines = try await lines { _ -> Int in
            throw RetryableError("busy", retryAfter: .milliseconds(1500), code: 503)
        }
        #expect(lines == ["Error 503 busy (again in 1500 ms)"])
    }

    @Test func `what it does not say is left to the run's policy, else to the server`() async throws
    {
        let policy = RunRetryPolicy(initialInterval: .milliseconds(20))
        for (policy, line) in [
            (nil, "Error 500 busy"), (policy, "Error 500 busy (again in 20 ms)"),
        ] {
            let lines = try await lines { ctx in
                try await ctx.run("a", retry: policy) { throw RetryableError("busy") }
                return 1
            }
            #expect(lines == ["Run 1 'a'", line])
        }
    }

    @Test func `a run's attempts are counted, whatever delay it asks for`() async throws {
        var journal = Journal(run(1, "a"))
        for (failed, line) in [
            (1, "Error 503 busy (again in 30000 ms)"), (2, "Propose 1 failure 503 busy"),
        ] as [(UInt32, String)] {
            journal.start.retryCount = failed
            let lines = try await lines(journal) { ctx in
                try await ctx.run("a", retry: RunRetryPolicy(maxAttempts: 3)) {
                    throw RetryableError("busy", retryAfter: .seconds(30), code: 503)
                }
                return 1
            }
            #expect(lines.first == line)
        }
    }

    @Test func `a delay longer than the server can count is the longest that it can`() async throws
    {
        let lines = try await lines { _ -> Int in
            throw RetryableError("later", retryAfter: .seconds(Int64.max))
        }
        #expect(lines == ["Error 500 later (again in 631107417600000 ms)"])
    }

    // MARK: Standing still

    @Test(arguments: ProtocolVersion.allCases)
    func `a run can stop the invocation, whatever its policy`(
        version: ProtocolVersion
    ) async throws {
        var journal = Journal()
        journal.version = version
        for policy in [nil, RunRetryPolicy(maxAttempts: 1)] {
            let lines = try await lines(journal) { ctx in
                try await ctx.run("a", retry: policy) { throw PauseError("no rate") }
                return 1
            }
            #expect(lines == ["Run 1 'a'", "Error 500 no rate (pause)"])
        }
    }

    @Test func `so can a handler`() async throws {
        let lines = try await lines { _ -> Int in throw PauseError("no rate") }
        #expect(lines == ["Error 500 no rate (pause)"])
    }

    @Test(arguments: ProtocolVersion.allCases)
    func `a policy that is used up may stop the invocation`(version: ProtocolVersion) async throws {
        var journal = Journal()
        journal.version = version
        let policy = RunRetryPolicy(maxAttempts: 1, onExhaustion: .pause)
        let lines = try await lines(journal) { ctx in
            try await ctx.run("a", retry: policy) { throw RetryableError("busy", code: 503) }
            return 1
        }
        #expect(lines == ["Run 1 'a'", "Error 503 busy (pause)"])
    }

    // MARK: Code that does not follow its journal

    @Test(
        arguments: [
            (.retry, .v7, ""), (.pause, .v7, " (pause)"), (.fail, .v7, " (fail)"),
            (.pause, .v6, ""), (.fail, .v6, ""), (.pause, .v5, ""),
        ] as [(JournalMismatchReaction, ProtocolVersion, String)])
    func `what follows a mismatch is the handler's choice, from protocol 7 on`(
        reaction: JournalMismatchReaction, version: ProtocolVersion, end: String
    ) async throws {
        var journal = Journal(sleep(1))
        journal.version = version
        let lines = try await lines(
            journal, options: ServiceOptions().onJournalMismatch(reaction)
        ) { ctx in
            try await ctx.run("a") { 1 }
        }
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        #expect(line.hasPrefix("Error 570 Journal mismatch"))
        #expect(line.hasSuffix(end.isEmpty ? "under way." : end))
    }

    @Test func `a handler's own word on mismatches beats its service's, and that the endpoint's`()
        throws
    {
        func reaction(_ endpoint: Endpoint, _ name: String) throws -> ErrorBehavior {
            let handler = try Router(endpoint).handlers.first { $0.name == name }
            return try #require(handler).machineOptions.mismatchBehavior
        }
        let endpoint = Endpoint(Reacting()).onJournalMismatch(.pause)
        #expect(try reaction(endpoint, "own") == .retry)
        #expect(try reaction(endpoint, "others") == .fail)
        #expect(try reaction(Endpoint(Echo()).onJournalMismatch(.pause), "ping") == .pause)
        #expect(try reaction(Endpoint(Echo()), "ping") == .retry)
    }
}

private struct Reacting: Service {
    static let options = ServiceOptions().onJournalMismatch(.fail)

    func go(_ ctx: Context) async throws {}

    struct API: HandlerTable {
        let own = handler(Reacting.go).onJournalMismatch(.retry)
        let others = handler(Reacting.go)
    }
}
