import Support
import Restate
import RestateHTTP
import RestateProtocol
import Testing

@Suite(.timeLimit(.minutes(10)))
struct RunTests {
    @Test func `a result counts once the server has stored it`() async throws {
        try await onLoop { loop in
            let attempt = try Attempt(loop, Journal()) { ctx in try await ctx.run("a") { 5 } }
            #expect(await attempt.next() == "Run 1 'a'")
            #expect(await attempt.next() == "Propose 1 5")
            await settle()
            #expect(!attempt.stream.hasFrames)
            attempt.send(ran(1, "6"))
            #expect(await attempt.rest() == ["Output 6", "End"])
        }
    }

    @Test func `with protocol 7 an acknowledgement is enough`() async throws {
        try await onLoop { loop in
            var journal = Journal()
            journal.version = .v7
            let attempt = try Attempt(loop, journal) { ctx in try await ctx.run("a") { 5 } }
            #expect(await attempt.next() == "Run 1 'a'")
            #expect(await attempt.next() == "Propose 1 5 with ack")
            attempt.send(acknowledged(1))
            // Off the loop, it may have said before what it waits for.
            #expect(await attempt.rest().suffix(2) == ["Output 5", "End"])
        }
    }

    @Test func `what is in the journal is not run again`() async throws {
        let lines = try await lines(Journal(run(1, "a"), ran(1, "5"))) { ctx in
            try await ctx.run("a") { () -> Int in
                Issue.record("The closure was run")
                return 6
            }
        }
        #expect(lines == ["Output 5", "End"])
    }

    @Test func `a run without its result in the journal is run again`() async throws {
        let lines = try await lines(Journal(run(1, "a"))) { ctx in try await ctx.run("a") { 5 } }
        #expect(lines == ["Propose 1 5", "Suspension [1, cancel]"])
    }

    @Test func `a future that nobody awaits is never run`() async throws {
        let lines = try await lines { ctx in
            let _: DurableFuture<Int> = ctx.start("a") {
                Issue.record("The closure was run")
                return 6
            }
            return 1
        }
        #expect(lines == ["Run 1 'a'", "Output 1", "End"])
    }

    @Test func `closures run off the loop, and the handler on it`() async throws {
        let places = try await onLoop { loop in
            let attempt = try Attempt(loop, Journal()) { ctx in
                let before = loop.isCurrent
                let inside = try await ctx.run("where") { loop.isCurrent }
                return [before, inside, loop.isCurrent]
            }
            _ = await attempt.next()
            #expect(await attempt.next() == "Propose 1 false")
            attempt.send(ran(1, "false"))
            return await attempt.rest()
        }
        let home = !Elsewhere.isOn
        #expect(places == ["Output [\(home),false,\(home)]", "End"])
    }

    @Test func `closures that were started run side by side`() async throws {
        let meeting = Meeting(of: 3)
        let proposals = try await lines { ctx in
            let futures = ["a", "b", "c"].map { name in
                ctx.start(name) { () -> String in
                    // Each waits for the others: one after the other they would wait for ever.
                    await meeting.arrive()
                    return name
                }
            }
            return try await ctx.all(futures).value
        }
        #expect(proposals.prefix(3) == ["Run 1 'a'", "Run 2 'b'", "Run 3 'c'"])
        #expect(
            proposals.dropFirst(3).dropLast().sorted()
                == [#"Propose 1 "a""#, #"Propose 2 "b""#, #"Propose 3 "c""#])
        #expect(proposals.last == "Suspension [1, 2, 3, cancel]")
    }

    @Test func `only what the await is about is run`() async throws {
        let lines = try await lines { ctx in
            _ = ctx.start("a") { 1 }
            return try await ctx.start("b") { 2 }.value
        }
        #expect(lines == ["Run 1 'a'", "Run 2 'b'", "Propose 2 2", "Suspension [2, cancel]"])
    }

    @Test func `a run without a result proposes no bytes`() async throws {
        let lines = try await lines { ctx in
            try await ctx.run("a") {}
            return 1
        }
        #expect(lines == ["Run 1 'a'", "Propose 1", "Suspension [1, cancel]"])
    }

    @Test func `a terminal error is the run's result, with its metadata`() async throws {
        let lines = try await lines { ctx in
            try await ctx.run("a") {
                throw TerminalError("declined", code: 402, metadata: ["why": "card", "at": "x"])
            }
            return 1
        }
        #expect(
            lines == [
                "Run 1 'a'", "Propose 1 failure 402 declined at=x why=card",
                "Suspension [1, cancel]",
            ])
    }

    @Test func `the stored failure is thrown with its metadata`() async throws {
        let failure = failed(
            .runCompletion, 1, 402, "declined", metadata: [Header(key: "why", value: "card")])
        let lines = try await lines(Journal(run(1, "a"), failure)) { ctx in
            do {
                try await ctx.run("a") {}
                return ""
            } catch let error as TerminalError {
                return "\(error.code) \(error.message) \(error.metadata)"
            }
        }
        #expect(lines == [##"Output "402 declined [\"why\": \"card\"]""##, "End"])
    }

    @Test func `an ordinary error ends the attempt, and the server retries as it likes`()
        async throws
    {
        let lines = try await lines { ctx in
            try await ctx.run("a") { throw Unlucky() }
            return 1
        }
        #expect(lines == ["Run 1 'a'", "Error 500 no luck"])
    }

    @Test func `a retry policy says when to try again`() async throws {
        let policy = RunRetryPolicy(initialInterval: .milliseconds(50), factor: 3)
        var journal = Journal()
        #expect(
            try await failing(journal, policy) == [
                "Run 1 'a'", "Error 500 no luck (again in 50 ms)",
            ])
        // The server counts the attempts since the journal last grew.
        journal.known = [run(1, "a")]
        journal.start.retryCount = 2
        #expect(try await failing(journal, policy) == ["Error 500 no luck (again in 450 ms)"])
    }

    @Test func `intervals end at the longest one`() async throws {
        var journal = Journal(run(1, "a"))
        journal.start.retryCount = 40
        let policy = RunRetryPolicy(maxInterval: .milliseconds(800))
        #expect(try await failing(journal, policy) == ["Error 500 no luck (again in 800 ms)"])
    }

    @Test func `after the last attempt the run fails for good`() async throws {
        var journal = Journal(run(1, "a"))
        journal.start.retryCount = 2
        let policy = RunRetryPolicy(maxAttempts: 3)
        #expect(
            try await failing(journal, policy) == [
                "Propose 1 failure 500 no luck", "Suspension [1, cancel]",
            ])
    }

    @Test func `after the longest time the run fails for good`() async throws {
        var journal = Journal(run(1, "a"))
        journal.start.retryCount = 1
        journal.start.durationSinceLastEntry = 60_000
        let policy = RunRetryPolicy(maxDuration: .seconds(60))
        #expect(
            try await failing(journal, policy) == [
                "Propose 1 failure 500 no luck", "Suspension [1, cancel]",
            ])
    }

    @Test func `a result that JSON cannot say is an ordinary error`() async throws {
        let lines = try await lines { ctx in try await ctx.run("a") { Double.nan } }
        #expect(lines.count == 2)
        #expect(lines.last?.hasPrefix("Error 500 ") == true)
        #expect(lines.last?.lowercased().contains("nan") == true)
    }

    private func failing(_ journal: Journal, _ policy: RunRetryPolicy) async throws -> [String] {
        try await lines(journal) { ctx in
            try await ctx.run("a", retry: policy) { throw Unlucky() }
            return 1
        }
    }
}

private struct Unlucky: Error, CustomStringConvertible {
    let description = "no luck"
}

/// Holds those who arrive until all have.
private actor Meeting {
    private let size: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(of size: Int) {
        self.size = size
    }

    func arrive() async {
        await withCheckedContinuation { continuation in
            waiting.append(continuation)
            guard waiting.count == size else { return }
            for one in waiting { one.resume() }
            waiting = []
        }
    }
}
