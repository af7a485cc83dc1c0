import Primitives
import Support
import RestateHTTP
import RestateProtocol
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

@testable import Restate
@testable import RestateServices

private struct Oops: Error, CustomStringConvertible {
    var description = "oops"
}

@Suite(.timeLimit(.minutes(10)))
struct LogTests {
    // MARK: What the endpoint tells

    @Test func `a failed attempt is a warning with its invocation and the handler`() async throws {
        let told = try await told(.info) { (ctx) async throws -> Int in throw Oops() }
        #expect(
            told == [
                "WARN The attempt failed and is tried again: oops restate.invocation.id=inv_1 "
                    + "restate.invocation.target=Probe/key/run code=500 at=\"handler Probe/run\""
            ])
    }

    @Test func `a failed step is told with its place in the code`() async throws {
        let logger = CollectingLogger()
        try await onLoop { loop in
            let attempt = try Attempt(loop, Journal(), settings: settings(logger)) { ctx in
                try await ctx.run("a", fileID: "App/File.swift", line: 7) {
                    () async throws -> Int in throw Oops()
                }
            }
            _ = await attempt.next()
            _ = await attempt.next()
            _ = await attempt.rest()
        }
        #expect(logger.records.map { $0["at"] } == ["run \"a\" at App/File.swift:7"])
    }

    @Test func `a mismatch is told as a whole, on one line`() async throws {
        let told = try await told(.info, Journal(sleep(1))) { ctx in
            try await ctx.run("a", fileID: "App/File.swift", line: 7) { 1 }
        }
        let line = try #require(told.first)
        #expect(line.hasPrefix("WARN The attempt failed and is tried again: Journal mismatch: "))
        #expect(line.contains(#"\n  recorded:  sleep\n  attempted: run 'a' at App/File.swift:7\n"#))
        #expect(line.contains("under way. restate.invocation.id=inv_1"))
        #expect(line.hasSuffix("code=570"))
    }

    @Test func `a terminal error is told once, and no failure`() async throws {
        let told = try await told(.info) { (ctx) async throws -> Int in
            throw TerminalError("sold", code: 409)
        }
        #expect(
            told == [
                "INFO The handler ended with a terminal error: sold restate.invocation.id=inv_1 "
                    + "restate.invocation.target=Probe/key/run code=409"
            ])
    }

    @Test func `each attempt is told at the lower levels`() async throws {
        let journal = Journal(run(1, "a"), ran(1, "1"))
        let told = try await told(.trace, journal) { ctx in try await ctx.run("a") { 1 } }
        let fields = "restate.invocation.id=inv_1 restate.invocation.target=Probe/key/run"
        #expect(
            told == [
                "TRACE An attempt begins \(fields) entries=2",
                "DEBUG The invocation is completed \(fields)",
            ])
        let suspended = try await self.told(.debug) { ctx in
            try await ctx.sleep(.seconds(1))
            return 1
        }
        #expect(suspended == ["DEBUG The invocation is suspended \(fields)"])
    }

    @Test func `a bad journal is told, though no handler began`() async throws {
        let logger = CollectingLogger()
        try await onLoop { loop in
            let attempt = try Attempt(
                loop, Journal(later: [acknowledged(7)]), settings: settings(logger)
            ) { ctx in
                try await ctx.sleep(.seconds(1))
                return 1
            }
            _ = await attempt.rest()
        }
        #expect(logger.records.map(\.level) == [.warn])
    }

    @Test func `the start and the end of an endpoint are told`() async throws {
        let logger = CollectingLogger()
        let running = try Endpoint(Plain(), Probe { _ in 1 }).logger(logger, level: .debug)
            .start(host: "127.0.0.1", port: 0, loops: 1)
        await running.shutdown(grace: .seconds(2))
        #expect(
            logger.lines == [
                "DEBUG Listening on 127.0.0.1 port \(running.port): Plain (3 handlers), Probe "
                    + "(1 handler); service protocol 5 to 7; requests are not validated: whoever "
                    + "reaches the port can invoke handlers",
                "DEBUG Shutting down: what runs gets 2.0 seconds to end",
                "DEBUG Shut down: all attempts have ended or suspended",
            ])
    }

    // MARK: Levels

    @Test func `what the level leaves out is not formatted`() async throws {
        let told = try await told(.warn) { ctx in
            @Sendable func costly() -> String {
                Issue.record("formatted")
                return ""
            }
            ctx.log.info(costly(), ["a": costly()])
            ctx.log.warn("yes")
            return 1
        }
        #expect(told.count == 1)
        let silent = AttemptSettings(log: EndpointLog(SilentLogger(), level: .trace))
        _ = try await lines(settings: silent) { ctx in
            ctx.log.error(
                {
                    Issue.record("formatted"); return ""
                }())
            return 1
        }
    }

    @Test func `the level's variable is read in any case, and a wrong value is refused`() throws {
        #expect(try LogLevel(variable: nil) == .info)
        #expect(try LogLevel(variable: "") == .info)
        #expect(try LogLevel(variable: "trace") == .trace)
        #expect(try LogLevel(variable: "ERROR") == .error)
        let error = #expect(throws: EndpointError.self) { try LogLevel(variable: "LO\nUD") }
        #expect(
            error?.description == #"RESTATE_LOGGING is 'LO\nUD', which is no level of the log. "#
                + "It can be TRACE, DEBUG, INFO, WARN or ERROR.")
    }

    @Test func `a wrong level in the environment ends the program with a sentence`() async throws {
        let ended = await #expect(
            processExitsWith: .exitCode(1), observing: [\.standardErrorContent]
        ) {
            setenv("RESTATE_LOGGING", "LOUD", 1)
            await Endpoint(Plain()).serve(port: 0)
        }
        let complaint = String(decoding: ended?.standardErrorContent ?? [], as: UTF8.self)
        #expect(complaint.hasPrefix("restate: RESTATE_LOGGING is 'LOUD'"))
    }

    // MARK: What handlers tell

    @Test func `a handler's lines have its fields and the invocation's`() async throws {
        let told = try await told(.info) { ctx in
            ctx.log.info("reserved", ["seat": "A 1", "empty": ""])
            return 1
        }
        #expect(
            told == [
                "INFO reserved restate.invocation.id=inv_1 "
                    + "restate.invocation.target=Probe/key/run seat=\"A 1\" empty=\"\""
            ])
    }

    @Test func `a replay is silent, also through a logger that was kept`() async throws {
        let logger = CollectingLogger()
        let journal = Journal(run(1, "a"), ran(1, "1"), run(2, "b"), ran(2, "2"))
        _ = try await lines(journal, settings: settings(logger)) { ctx in
            let log = ctx.log
            ctx.log.info("at first")
            log.info("kept at first")
            #expect(ctx.isReplaying)
            _ = try await ctx.run("a") { 1 }
            ctx.log.info("between")
            _ = try await ctx.run("b") { 2 }
            #expect(!ctx.isReplaying)
            ctx.log.info("new")
            log.info("kept")
            return 1
        }
        #expect(logger.records.map(\.message) == ["new", "kept"])
    }

    @Test func `a handler that goes on after its suspension is silent`() async throws {
        let told = try await told(.info) { ctx in
            try? await ctx.sleep(.seconds(1))
            ctx.log.info("after")
            return 1
        }
        #expect(told == [])
    }

    @Test func `in a step the same logger is there as a task-local`() async throws {
        let logger = CollectingLogger()
        #expect(InvocationLogger.current == nil)
        try await onLoop { loop in
            let attempt = try Attempt(loop, Journal(), settings: settings(logger)) { ctx in
                let log = ctx.log
                return try await ctx.run("a") {
                    InvocationLogger.current?.info("charging")
                    log.info("captured")
                    return 1
                }
            }
            _ = await attempt.next()
            _ = await attempt.next()
            _ = await attempt.rest()
        }
        #expect(logger.records.map(\.message) == ["charging", "captured"])
        #expect(logger.records.allSatisfy { $0["restate.invocation.id"] == "inv_1" })
    }

    // MARK: Text from outside

    @Test func `text from outside cannot break the line or hide`() {
        #expect(LogText.line("plain", limit: 100) == "plain")
        #expect(LogText.line("a\nb\r\tc", limit: 100) == #"a\nb\r\tc"#)
        #expect(LogText.line("\u{1B}[2J\u{7F}\u{85}", limit: 100) == #"\u{1b}[2J\u{7f}\u{85}"#)
        #expect(LogText.line("a\u{2028}b\u{202E}c", limit: 100) == #"a\u{2028}b\u{202e}c"#)
        #expect(LogText.line("Grüße 🎉", limit: 100) == "Grüße 🎉")
    }

    @Test func `long text is cut`() {
        let line = LogText.line(String(repeating: "é", count: 1000), limit: 100)
        #expect(line == String(repeating: "é", count: 50) + "… (2000 bytes)")
    }

    @Test func `names and values of a handler's own fields are escaped too`() async throws {
        let told = try await told(.info) { ctx in
            ctx.log.info("x\nWARN forged", ["a\nb": "c\nd \"e\""])
            return 1
        }
        #expect(told.count == 1)
        #expect(told.first?.hasPrefix(#"INFO x\nWARN forged "#) == true)
        #expect(told.first?.hasSuffix(#"a\nb="c\nd \"e\"""#) == true)
    }

    // MARK: Helpers

    private func told<Output: Codable & Sendable>(
        _ level: LogLevel, _ journal: Journal = Journal(),
        _ body: @escaping @Sendable (WorkflowContext) async throws -> Output
    ) async throws -> [String] {
        let logger = CollectingLogger()
        _ = try await lines(journal, settings: settings(logger, level), body)
        return logger.lines
    }
}

private func settings(
    _ logger: CollectingLogger, _ level: LogLevel = .info
) -> AttemptSettings {
    AttemptSettings(log: EndpointLog(logger, level: level))
}
