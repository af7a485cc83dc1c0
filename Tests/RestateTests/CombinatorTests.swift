import Restate
import RestateProtocol
import Testing

@Suite(.timeLimit(.minutes(10)))
struct CombinatorTests {
    @Test func `all of a tuple waits once and keeps the types`() async throws {
        let journal = Journal(run(1, "a"), sleep(2), ran(1, "1"), slept(2))
        let lines = try await lines(journal) { ctx in
            let (number, _) = try await ctx.all(
                ctx.start("a") { 0 }, ctx.timer(.seconds(1))
            ).value
            return number
        }
        #expect(lines == ["Output 1", "End"])
    }

    @Test func `all fails as soon as one fails`() async throws {
        let journal = Journal(run(1, "a"), run(2, "b"), runFailed(2, 418, "no luck"))
        let lines = try await lines(journal) { ctx in
            try await ctx.all([ctx.start("a") { 1 }, ctx.start("b") { 2 }]).value
        }
        #expect(lines == ["Output failure 418 no luck", "End"])
    }

    @Test func `all of no futures is there at once`() async throws {
        let lines = try await lines { ctx in
            try await ctx.all([DurableFuture<Int>]()).value
        }
        #expect(lines == ["Output []", "End"])
    }

    @Test func `the first of no futures fails this invocation where it is awaited`() async throws {
        for (name, body) in Self.emptyWaits {
            let lines = try await lines { ctx in try await body(ctx) }
            let failure = try #require(lines.dropLast().last)
            #expect(lines.last == "End")
            #expect(
                failure.hasPrefix(
                    "Output failure 500 '\(name)' at RestateTests/CombinatorTests.swift:"))
            #expect(failure.hasSuffix("has no futures to wait for, so it would wait for ever"))
        }
    }

    private static let emptyWaits: [(String, @Sendable (WorkflowContext) async throws -> Int)] = [
        ("first(of:)", { ctx in try await ctx.first(of: []).value }),
        ("firstSuccess(of:)", { ctx in try await ctx.firstSuccess(of: []).value }),
        ("select", { ctx in try await ctx.select() }),
        (
            "first(of:)",
            { ctx in
                let none: DurableFuture<Int> = ctx.first(of: [])
                return try await ctx.all([none, ctx.timer(.seconds(1)).map { 1 }]).value.count
            }
        ),
    ]

    @Test func `a future that failed at once can be handled like any other`() async throws {
        let lines = try await lines { ctx in
            let none: DurableFuture<Int> = ctx.first(of: [])
            let settled = try await ctx.settled([none, none.map { $0 + 1 }]).value
            return settled.count
        }
        #expect(lines == ["Output 2", "End"])
    }

    @Test func `the first decides by the journal's order and not by the argument's`() async throws {
        let journal = Journal(sleep(1), sleep(2), slept(2), slept(1))
        let lines = try await lines(journal) { ctx in
            let futures = [
                ctx.timer(.seconds(1)).map { "one" }, ctx.timer(.seconds(2)).map { "two" },
            ]
            return try await ctx.first(of: futures).value
        }
        #expect(lines == [#"Output "two""#, "End"])
    }

    @Test func `the first may fail`() async throws {
        let journal = Journal(run(1, "a"), sleep(2), runFailed(1, 500, "bad"), slept(2))
        let lines = try await lines(journal) { ctx in
            try await ctx.first(of: ctx.start("a") {}, ctx.timer(.seconds(1))).value
            return "came"
        }
        #expect(lines == ["Output failure 500 bad", "End"])
    }

    @Test func `the first success passes over failures`() async throws {
        let journal = Journal(run(1, "a"), sleep(2), runFailed(1, 500, "bad"), slept(2))
        let lines = try await lines(journal) { ctx in
            try await ctx.firstSuccess(of: ctx.start("a") {}, ctx.timer(.seconds(1))).value
            return "came"
        }
        #expect(lines == [#"Output "came""#, "End"])
    }

    @Test func `the first success fails with the last argument's failure when all fail`()
        async throws
    {
        let journal = Journal(
            run(1, "a"), run(2, "b"), runFailed(2, 500, "early"), runFailed(1, 501, "late"))
        let lines = try await lines(journal) { ctx in
            try await ctx.firstSuccess(of: ctx.start("a") { 1 }, ctx.start("b") { 2 }).value
        }
        #expect(lines == ["Output failure 500 early", "End"])
    }

    @Test func `settled gives each one's outcome and never fails`() async throws {
        let journal = Journal(
            run(1, "a"), run(2, "b"), sleep(3), ran(1, "7"), runFailed(2, 404, "gone"), slept(3))
        let lines = try await lines(journal) { ctx in
            let results = try await ctx.settled(
                ctx.start("a") { 0 }, ctx.start("b") { "" }, ctx.timer(.seconds(1))
            ).value
            guard case .failure(let error as TerminalError) = results.1 else { return "" }
            return "\(try results.0.get()) \(error.code)"
        }
        #expect(lines == [#"Output "7 404""#, "End"])
    }

    @Test func `every combinator can be nested in every other`() async throws {
        let journal = Journal(
            sleep(1), sleep(2), sleep(3), run(4, "bad"), sleep(5), slept(2), slept(3),
            runFailed(4, 500, "bad"), slept(5))
        let lines = try await lines(journal) { ctx in
            let first = ctx.first(
                of: ctx.timer(.seconds(600)).map { "a" }, ctx.timer(.seconds(1)).map { "b" })
            let all = ctx.all(first, ctx.timer(.seconds(1)).map { "c" }).map { $0.0 + $0.1 }
            let success = ctx.firstSuccess(
                of: ctx.start("bad") { "d" }, ctx.timer(.seconds(2)).map { "e" })
            let both = try await ctx.settled([all, success]).value
            return try both.map { try $0.get() }
        }
        #expect(lines == [#"Output ["bc","e"]"#, "End"])
    }

    @Test func `what is not there yet is what the suspension names`() async throws {
        let journal = Journal(sleep(1), sleep(2), sleep(3), slept(1))
        let lines = try await lines(journal) { ctx in
            let both = ctx.all(ctx.timer(.seconds(1)), ctx.timer(.seconds(2)))
            let third = ctx.timer(.seconds(3)).map { ((), ()) }
            _ = try await ctx.first(of: both, third).value
            return "came"
        }
        #expect(lines == ["Suspension [2, 3, cancel]"])
    }

    @Test func `a future that is awaited twice gives the same value, without the server`()
        async throws
    {
        let journal = Journal(run(1, "a"), ran(1, "5"))
        let lines = try await lines(journal) { ctx in
            let future = ctx.start("a") { 0 }
            let all = ctx.all(future, future)
            let pair = try await all.value
            let again = try await all.value
            return [try await future.value, try await future.value, pair.0, pair.1, again.0]
        }
        #expect(lines == ["Output [5,5,5,5,5]", "End"])
    }

    @Test func `a failed future fails again`() async throws {
        let journal = Journal(run(1, "a"), runFailed(1, 418, "no luck"))
        let lines = try await lines(journal) { ctx in
            let future = ctx.start("a") { 0 }
            var codes: [UInt16] = []
            for _ in 0..<2 {
                do {
                    _ = try await future.value
                } catch let error as TerminalError {
                    codes.append(error.code)
                }
            }
            return codes
        }
        #expect(lines == ["Output [418,418]", "End"])
    }

    @Test func `a transform runs once, however often its future is awaited`() async throws {
        let journal = Journal(sleep(1), slept(1))
        let lines = try await lines(journal) { ctx in
            var count = 0
            let future = ctx.timer(.seconds(1)).map { () -> Int in
                count += 1
                return count
            }
            let other = future.map { $0 * 10 }
            let first = try await other.value
            return [first, try await other.value, try await future.value, count]
        }
        #expect(lines == ["Output [10,10,1,1]", "End"])
    }

    @Test func `a transform's error is its future's`() async throws {
        let journal = Journal(sleep(1), slept(1))
        let lines = try await lines(journal) { ctx in
            let future = ctx.timer(.seconds(1)).map { () throws -> Int in
                throw TerminalError("not this one", code: 422)
            }
            return try await ctx.firstSuccess(of: [
                future, ctx.all([DurableFuture<Int>]()).map { _ in 3 },
            ]).value
        }
        #expect(lines == ["Output 3", "End"])
    }

    @Test func `a time-out that comes first is a terminal 408`() async throws {
        let journal = Journal(sleep(1), slept(1))
        let lines = try await lines(journal) { ctx in
            try await ctx.awakeable(String.self).orTimeout(.seconds(1)).value
        }
        #expect(lines == ["Output failure 408 Timeout occurred", "End"])
    }

    @Test func `a value that comes before the time-out is the value`() async throws {
        let journal = Journal(sleep(1), signal(17, #""in time""#), slept(1))
        let lines = try await lines(journal) { ctx in
            try await ctx.awakeable(String.self).orTimeout(.seconds(1)).value
        }
        #expect(lines == [#"Output "in time""#, "End"])
    }

    @Test func `a value that comes after the time-out is late`() async throws {
        let journal = Journal(sleep(1), slept(1), signal(17, #""late""#))
        let lines = try await lines(journal) { ctx in
            try await ctx.awakeable(String.self).orTimeout(.seconds(1)).value
        }
        #expect(lines == ["Output failure 408 Timeout occurred", "End"])
    }

    @Test func `select runs the transform of the winner only`() async throws {
        let journal = Journal(run(1, "a"), sleep(2), slept(2))
        let lines = try await lines(journal) { ctx in
            let paid = ctx.start("a") { 1 }
            let late = ctx.timer(.seconds(1))
            return try await ctx.select(
                .when(paid) { (number: Int) throws -> String in
                    throw TerminalError("not this one: \(number)")
                },
                .when(late) { "late" })
        }
        #expect(lines == [#"Output "late""#, "End"])
    }

    @Test func `select fails with the winner's error`() async throws {
        let journal = Journal(run(1, "a"), sleep(2), runFailed(1, 402, "declined"))
        let lines = try await lines(journal) { ctx in
            try await ctx.select(
                .when(ctx.start("a") { 1 }) { "\($0)" }, .when(ctx.timer(.seconds(1))) { "late" })
        }
        #expect(lines == ["Output failure 402 declined", "End"])
    }
}
