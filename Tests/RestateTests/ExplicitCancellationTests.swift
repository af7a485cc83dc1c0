import RestateMachine
import RestateProtocol
import Testing

@testable import Restate
@testable import RestateServices

/// Cancellations that the handler deals with itself.
@Suite(.timeLimit(.minutes(10)))
struct ExplicitCancellationTests {
    private let explicit = ServiceOptions().explicitCancellation()

    @Test func `a cancellation ends no wait, and is not waited for`() async throws {
        let suspended = try await lines(Journal(later: [cancel()]), options: explicit) { ctx in
            try await ctx.sleep(.seconds(600))
            return 1
        }
        #expect(suspended == ["Sleep 1", "Suspension [1]"])
    }

    @Test func `it is a future, the same one until it comes, then another one`() async throws {
        let journal = Journal(later: [cancel(), cancel()])
        let lines = try await lines(journal, options: explicit) { ctx in
            let (one, same) = (ctx.cancellation, ctx.cancellation)
            try await one.value
            try await same.value
            try await ctx.cancellation.value
            try await ctx.cancellation.value
            return 1
        }
        #expect(lines == ["Suspension [cancel]"])
    }

    @Test func `one that comes while something else is waited for is kept`() async throws {
        let journal = Journal(sleep(1), cancel(), slept(1))
        let lines = try await lines(journal, options: explicit) { ctx in
            try await ctx.sleep(.seconds(1))
            try await ctx.cancellation.value
            return "heard"
        }
        #expect(lines == [#"Output "heard""#, "End"])
    }

    @Test func `without the option, the future says what is missing`() async throws {
        let lines = try await lines { ctx in
            try await ctx.cancellation.value
            return 1
        }
        #expect(
            lines == [
                "Error 500 'ctx.cancellation' is for handlers with '.explicitCancellation()': in others "
                    + "a cancellation ends each wait by itself, as a terminal error with code 409"
            ])
    }

    @Test func `what was called is cancelled when the handler says so, once`() async throws {
        let journal = Journal(later: [invocationID(1, "inv_a"), invocationID(3, "inv_b")])
        let lines = try await lines(journal, options: explicit) { ctx in
            _ = ctx.service(Echo.self).echo.start("a")
            ctx.service(Echo.self).echo.send("b")
            let ids = try await ctx.cancelStartedCalls().map(\.rawValue)
            return ids + ["\(try await ctx.cancelStartedCalls().count)"]
        }
        #expect(
            lines == [
                #"Call 2 Echo/echo "a""#, #"Send 3 Echo/echo "b""#, "Signal inv_a cancel",
                #"Output ["inv_a","0"]"#, "End",
            ])
    }

    @Test func `the ids of what was called are waited for first`() async throws {
        let lines = try await lines(options: explicit) { ctx in
            _ = ctx.service(Echo.self).echo.start("a")
            return try await ctx.cancelStartedCalls().count
        }
        #expect(lines == [#"Call 2 Echo/echo "a""#, "Suspension [1]"])
    }

    @Test func `it is an option of a handler, a service and an endpoint`() throws {
        func isExplicit(_ endpoint: Endpoint, _ name: String) throws -> Bool {
            let handler = try Router(endpoint).handlers.first { $0.name == name }
            return try #require(handler).machineOptions.implicitCancellation == .disabled
        }
        #expect(try isExplicit(Endpoint(Listening()), "all"))
        #expect(try !isExplicit(Endpoint(Listening()), "not"))
        #expect(try isExplicit(Endpoint(Echo()).explicitCancellation(), "ping"))
        #expect(try !isExplicit(Endpoint(Echo()), "ping"))
    }

    // MARK: Shields

    @Test func `a shielded part goes to its end, and the first wait after it is cancelled`()
        async throws
    {
        let journal = Journal(
            run(1, "a"), cancel(), ran(1, "1"), sleep(2), slept(2))
        let lines = try await lines(journal) { ctx in
            let kept = try await ctx.withoutCancellation {
                let one = try await ctx.run("a") { 0 }
                try await ctx.sleep(.seconds(1))
                return one
            }
            do {
                try await ctx.sleep(.seconds(1))
                return "came"
            } catch let error as TerminalError {
                return "\(kept) \(error.isCancellation)"
            }
        }
        #expect(lines == ["Sleep 3", #"Output "1 true""#, "End"])
    }

    @Test func `a shielded part suspends, and hears of a cancellation until it has come`()
        async throws
    {
        let body: @Sendable (WorkflowContext) async throws -> Int = { ctx in
            try await ctx.withoutCancellation { try await ctx.sleep(.seconds(600)) }
            return 1
        }
        #expect(try await lines(Journal(), body) == ["Sleep 1", "Suspension [1, cancel]"])
        // Else a server would make another attempt at once, and again.
        #expect(try await lines(Journal(later: [cancel()]), body) == ["Sleep 1", "Suspension [1]"])
        #expect(try await lines(Journal(sleep(1), cancel()), body) == ["Suspension [1]"])
        #expect(
            try await lines(Journal(sleep(1), cancel(), slept(1)), body) == ["Output 1", "End"])
    }

    @Test func `a shield in a shield ends with the outer one, and an error ends it too`()
        async throws
    {
        let lines = try await lines(Journal(later: [cancel()])) { ctx in
            do {
                try await ctx.withoutCancellation {
                    try await ctx.withoutCancellation { try await ctx.run("a") { 1 } }
                    throw TerminalError("inside")
                }
                return "through"
            } catch {
                do {
                    try await ctx.sleep(.seconds(600))
                    return "not cancelled"
                } catch let second as TerminalError {
                    return "\(error), \(second)"
                }
            }
        }
        #expect(lines.first == "Run 1 'a'")
        #expect(lines.last == "Suspension [1]")
    }
}

private struct Listening: Service {
    static let options = ServiceOptions().explicitCancellation()

    func go(_ ctx: Context) async throws {}

    struct API: HandlerTable {
        let all = handler(Listening.go)
        let not = handler(Listening.go).explicitCancellation(false)
    }
}
