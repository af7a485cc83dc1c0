import Primitives
import RestateMachine
import RestateProtocol
import Testing

@testable import Restate
@testable import RestateServices

/// Errors of the application that end an invocation.
@Suite(.timeLimit(.minutes(10)))
struct TerminalErrorTests {
    @Test func `an error that knows what it is to callers ends a handler`() async throws {
        let lines = try await lines { _ -> Int in throw SoldOut(seat: "A1") }
        #expect(lines == ["Output failure 409 sold out: A1 seat=A1", "End"])
    }

    @Test func `it ends a run, and the handler catches what callers would get`() async throws {
        let failed = try await lines { ctx in
            try await ctx.run("sell") { throw SoldOut(seat: "A1") }
            return 1
        }
        #expect(
            failed == [
                "Run 1 'sell'", "Propose 1 failure 409 sold out: A1 seat=A1",
                "Suspension [1, cancel]",
            ])
    }

    @Test func `it may come out of a transform, and be caught as what it is`() async throws {
        let journal = Journal(sleep(1), slept(1))
        let ended = try await lines(journal) { ctx -> Int in
            try await ctx.timer(.seconds(1)).map { throw SoldOut(seat: "B2") }.value
        }
        #expect(ended == ["Output failure 409 sold out: B2 seat=B2", "End"])
        let caught = try await lines(journal) { ctx -> String in
            do {
                return try await ctx.timer(.seconds(1)).map { throw SoldOut(seat: "B2") }.value
            } catch let error as SoldOut {
                return error.seat
            }
        }
        #expect(caught == [#"Output "B2""#, "End"])
    }

    // MARK: Types of others

    @Test func `errors of others are terminal where the options say so`() async throws {
        let options = ServiceOptions().terminalErrors { error in
            (error as? Foreign).map { TerminalError(wrapping: $0, code: 422) }
        }
        let known = try await lines(options: options) { _ -> Int in throw Foreign.known }
        #expect(known == ["Output failure 422 Foreign.known", "End"])
        let inRun = try await lines(options: options) { ctx in
            try await ctx.run("a") { throw Foreign.known }
            return 1
        }
        #expect(inRun.dropFirst().first == "Propose 1 failure 422 Foreign.known")
        let unknown = try await lines(options: options) { _ -> Int in throw Other() }
        #expect(unknown == ["Error 500 odd"])
    }

    @Test func `the handler is asked first, then the service, then the endpoint`() async throws {
        let endpoint = Endpoint(Choosy()).terminalErrors { _ in TerminalError("endpoint") }
        let handlers = try Router(endpoint).handlers
        func meaning(_ name: String, _ error: any Error) throws -> String {
            let handler = try #require(handlers.first { $0.name == name })
            switch handler.errors.meaning(of: error, at: "here") {
            case .terminal(let error): return error.message
            case .failure(let failure): return "retried: \(failure.message)"
            }
        }
        #expect(try meaning("own", Foreign.known) == "handler")
        #expect(try meaning("own", Foreign.unknown) == "service")
        #expect(try meaning("others", Foreign.known) == "service")
        #expect(try meaning("others", Other()) == "endpoint")
        // These say themselves what they are.
        #expect(try meaning("own", TerminalError("as it is")) == "as it is")
        #expect(try meaning("own", SoldOut(seat: "A1")) == "sold out: A1")
        #expect(try meaning("own", RetryableError("busy")) == "retried: busy")
        #expect(try meaning("own", PauseError("stop")) == "retried: stop")
    }

    @Test func `the end of an attempt is nobody's error`() async throws {
        let asked = Locked<[String]>([])
        let options = ServiceOptions().terminalErrors { error in
            asked.withLock { $0.append("\(error)") }
            return TerminalError("taken for the end")
        }
        let lines = try await lines(options: options) { ctx in
            try await ctx.sleep(.seconds(600))
            return 1
        }
        #expect(lines == ["Sleep 1", "Suspension [1, cancel]"])
        #expect(asked.withLock { $0 }.isEmpty)
    }

    // MARK: Details

    @Test func `a value travels with the error, as JSON in its metadata`() async throws {
        let error = TerminalError(
            "gone", code: 410, metadata: ["a": "b"], details: Seat(row: "c", number: 3))
        #expect(error.metadata == ["a": "b", "details": #"{"number":3,"row":"c"}"#])
        #expect(try error.details(as: Seat.self) == Seat(row: "c", number: 3))
        let lines = try await lines { _ -> Int in throw error }
        #expect(lines == [#"Output failure 410 gone a=b details={"number":3,"row":"c"}"#, "End"])
    }

    @Test func `a value of another type is an error, and none is nil`() throws {
        #expect(try TerminalError("x").details(as: Seat.self) == nil)
        let other = TerminalError("x", details: "a text")
        #expect(throws: DecodingError.self) { try other.details(as: Seat.self) }
    }

    @Test func `a value that JSON cannot express is not sent`() throws {
        let error = TerminalError("x", code: 400, details: Double.nan)
        #expect(error == TerminalError("x", code: 400))
    }

    @Test func `a wrapped error keeps its text`() {
        #expect(TerminalError(wrapping: Other(), code: 422) == TerminalError("odd", code: 422))
        #expect(TerminalError(wrapping: Foreign.known) == TerminalError("Foreign.known"))
    }

    // MARK: Time-outs

    @Test func `a time-out is told apart from a callee's own 408`() async throws {
        let late = try await lines(Journal(sleep(1), slept(1))) { ctx -> Bool in
            do {
                return try await ctx.awakeable(Bool.self).orTimeout(.seconds(1)).value
            } catch let error as TerminalError {
                return error.isTimeout && error == .timeout && !error.isCancellation
            }
        }
        #expect(late == ["Output true", "End"])
        let theirs = try await lines(
            Journal(sleep(1), failed(.sleepCompletion, 1, 408, "Timeout occurred"))
        ) { ctx -> Bool in
            do {
                try await ctx.sleep(.seconds(1))
                return true
            } catch let error as TerminalError {
                return error.isTimeout
            }
        }
        #expect(theirs == ["Output false", "End"])
    }
}

private struct SoldOut: TerminalConvertible {
    var seat: String
    var terminalError: TerminalError {
        TerminalError("sold out: \(seat)", code: 409, metadata: ["seat": seat])
    }
}

private enum Foreign: Error { case known, unknown }

private struct Other: Error, CustomStringConvertible {
    let description = "odd"
}

private struct Seat: Codable, Equatable {
    var row: String
    var number: Int
}

private struct Choosy: Service {
    static let options = ServiceOptions().terminalErrors { error in
        error is Foreign ? TerminalError("service") : nil
    }

    func go(_ ctx: Context) async throws {}

    struct API: HandlerTable {
        let own = handler(Choosy.go).terminalErrors { error in
            if case Foreign.known = error { TerminalError("handler") } else { nil }
        }
        let others = handler(Choosy.go)
    }
}
