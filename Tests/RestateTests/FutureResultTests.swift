import Restate
import RestateProtocol
import Testing

/// Futures seen through a transform that looks at why they failed.
@Suite(.timeLimit(.minutes(10)))
struct FutureResultTests {
    private static let failing = Journal(run(1, "a"), runFailed(1, 404, "no"))
    private static let fine = Journal(run(1, "a"), ran(1, "7"))

    @Test func `a result is mapped whether it is a value or an error`() async throws {
        for (journal, told) in [(Self.fine, "value 7"), (Self.failing, "404 no")] {
            let lines = try await lines(journal) { ctx in
                try await ctx.start("a") { 1 }.mapResult { result in
                    switch result {
                    case .success(let value): "value \(value)"
                    case .failure(let error): "\(error.code) \(error.message)"
                    }
                }.value
            }
            #expect(lines == [#"Output "\#(told)""#, "End"])
        }
    }

    @Test func `an error becomes a value, and a value stays`() async throws {
        for (journal, value) in [(Self.fine, 7), (Self.failing, 404)] {
            let lines = try await lines(journal) { ctx in
                try await ctx.start("a") { 1 }.recover { Int($0.code) }.value
            }
            #expect(lines == ["Output \(value)", "End"])
        }
    }

    @Test func `an error becomes another error, and a value stays`() async throws {
        for (journal, told) in [(Self.fine, " 7"), (Self.failing, " failure 418 was no")] {
            let lines = try await lines(journal) { ctx in
                try await ctx.start("a") { 1 }
                    .mapError { TerminalError("was \($0.message)", code: 418) }.value
            }
            #expect(lines == ["Output\(told)", "End"])
        }
    }

    @Test func `a transform may fail as well`() async throws {
        let lines = try await lines(Self.failing) { ctx in
            try await ctx.start("a") { 1 }
                .recover { throw TerminalError("again \($0.message)", code: 400) }.value
        }
        #expect(lines == ["Output failure 400 again no", "End"])
    }

    @Test func `the transform runs once, however often the future is awaited`() async throws {
        let reached = Reached()
        let lines = try await lines(Self.failing) { ctx in
            let future = ctx.start("a") { 1 }.recover { _ in
                reached.note("the transform")
                return 0
            }
            return [try await future.value, try await future.value]
        }
        #expect(lines == ["Output [0,0]", "End"])
        #expect(reached.places == ["the transform"])
    }

    @Test func `a time-out can be recovered from`() async throws {
        let journal = Journal(sleep(1), sleep(2), slept(2))
        let lines = try await lines(journal) { ctx in
            try await ctx.timer(.seconds(9)).map { "came" }.orTimeout(.seconds(1))
                .recover { $0 == .timeout ? "late" : $0.message }.value
        }
        #expect(lines == [#"Output "late""#, "End"])
    }

    @Test func `a cancellation is no outcome of the future`() async throws {
        let reached = Reached()
        let lines = try await lines(Journal(sleep(1), later: [cancel()])) { ctx in
            try await ctx.timer(.seconds(1)).recover { _ in reached.note("recovered") }.value
            return 1
        }
        #expect(lines == ["Output failure 409 Cancelled", "End"])
        #expect(reached.places == [])
    }

    @Test func `a result that cannot be read fails the attempt, and is nothing to recover from`()
        async throws
    {
        let lines = try await lines(Journal(run(1, "a"), ran(1, #""text""#))) { ctx in
            try await ctx.start("a") { 1 }.recover { _ in 0 }.value
        }
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("Error 500 run \"a\" at") == true)
    }

    @Test func `mapped futures can be waited for together`() async throws {
        let journal = Journal(
            run(1, "a"), run(2, "b"), ran(1, "7"), runFailed(2, 404, "no"))
        let lines = try await lines(journal) { ctx in
            let futures = ["a", "b"].map { name in
                ctx.start(name) { 1 }.recover { -Int($0.code) }
            }
            return try await ctx.all(futures).value
        }
        #expect(lines == ["Output [7,-404]", "End"])
    }
}
