import CanonicalJSON
import Restate

/// Code as it is now, for journals that an earlier code has made: most do not fit. The services differ in what
/// they do about it.
struct Tour2Mismatching<Reaction: MismatchCase>: Service {
    static var name: String { Reaction.service }
    static var options: ServiceOptions {
        ServiceOptions().retryPolicy(endsSoon).onJournalMismatch(Reaction.reaction)
    }

    func kind(_ ctx: Context) async throws -> String {
        try await ctx.sleep(.milliseconds(10), name: "step")
        return "done"
    }

    func runName(_ ctx: Context) async throws -> Int {
        try await ctx.run("refund") { 2 }
    }

    func sleepName(_ ctx: Context) async throws -> String {
        try await ctx.sleep(.milliseconds(10), name: "two")
        return "slept"
    }

    func sleepLength(_ ctx: Context) async throws -> String {
        try await ctx.sleep(.milliseconds(10), name: "nap")
        return "slept"
    }

    func parameter(_ ctx: Context) async throws -> JSONValue {
        try await ctx.service(Tour2.self).echo(.string("two"))
    }

    func callee(_ ctx: Context) async throws -> String {
        try await ctx.service(Tour2.self).sleep(1)
    }

    func header(_ ctx: Context) async throws -> JSONValue {
        try await ctx.service(Tour2.self).echo.header("x-tour", "2")(.string("h"))
    }

    func callKind(_ ctx: Context) async throws -> String {
        ctx.service(Tour2.self).echo.send(.string("k"))
        return "sent"
    }

    func fewer(_ ctx: Context) async throws -> String {
        try await ctx.run("a") { 1 }
        return "fewer"
    }

    func more(_ ctx: Context) async throws -> String {
        try await ctx.run("a") { 1 }
        try await ctx.run("b") { 2 }
        try await ctx.sleep(long)
        return "more"
    }

    func none(_ ctx: Context) async throws -> String {
        "none"
    }

    func failsInstead(_ ctx: Context) async throws {
        throw TerminalError("instead", code: 410)
    }

    struct API: HandlerTable {
        let kind = handler(Tour2Mismatching.kind)
        let runName = handler(Tour2Mismatching.runName)
        let sleepName = handler(Tour2Mismatching.sleepName)
        let sleepLength = handler(Tour2Mismatching.sleepLength)
        let parameter = handler(Tour2Mismatching.parameter)
        let callee = handler(Tour2Mismatching.callee)
        let header = handler(Tour2Mismatching.header)
        let callKind = handler(Tour2Mismatching.callKind)
        let fewer = handler(Tour2Mismatching.fewer)
        let more = handler(Tour2Mismatching.more)
        let none = handler(Tour2Mismatching.none)
        let failsInstead = handler(Tour2Mismatching.failsInstead)
    }
}

/// The name of a service, and what it does about a journal that does not fit.
protocol MismatchCase: Sendable {
    static var service: String { get }
    static var reaction: JournalMismatchReaction { get }
}

enum RetriedMismatch: MismatchCase {
    static let service = "Tour2Mismatch"
    static let reaction = JournalMismatchReaction.retry
}

enum PausedMismatch: MismatchCase {
    static let service = "Tour2MismatchPause"
    static let reaction = JournalMismatchReaction.pause
}

enum FailedMismatch: MismatchCase {
    static let service = "Tour2MismatchFail"
    static let reaction = JournalMismatchReaction.fail
}
