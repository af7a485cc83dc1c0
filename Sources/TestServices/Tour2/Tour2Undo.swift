import CanonicalJSON
import Restate

/// Work after a cancellation, which ends what is awaited.
struct Tour2Undo: Service {
    func book(_ ctx: Context, steps: [String]) async throws -> [String] {
        do {
            for step in steps { try await ctx.run("book \(step)") { step } }
            try await ctx.sleep(long, name: "hold")
            return steps
        } catch let error as TerminalError {
            for step in steps.reversed() { try await ctx.run("undo \(step)") { step } }
            _ = try await ctx.service(Tour2.self).echo(.string("undone"))
            try await ctx.sleep(.milliseconds(5))
            throw error
        }
    }

    func goOn(_ ctx: Context, note: String) async throws -> String {
        do {
            try await ctx.sleep(long)
        } catch is TerminalError {
            ctx.service(Tour2.self).echo.send(.string(note))
            try await ctx.run("noted") { note }
            try await ctx.sleep(.milliseconds(5))
        }
        return note
    }

    func again(_ ctx: Context, note: String) async throws -> [JSONValue] {
        let first = try await toldOfSleep(ctx)
        try await ctx.run(note) { 1 }
        return [first, try await toldOfSleep(ctx)]
    }

    func withCalls(_ ctx: Context, count: Int) async throws -> [JSONValue] {
        let calls = (0..<count).map { _ in
            ctx.service(Tour2.self).sleep.start(longMilliseconds) as DurableFuture<String>
        }
        var told = [
            try await valueOrTold {
                .array(try await ctx.all(calls).value.map { .string($0) })
            }
        ]
        for call in calls {
            told.append(try await valueOrTold { .string(try await call.value) })
        }
        return told
    }

    func inCall(_ ctx: Context, ms: Int) async throws -> [JSONValue] {
        let first = try await valueOrTold {
            .string(try await ctx.service(Tour2.self).sleep(ms))
        }
        let second = try await valueOrTold {
            try await ctx.service(Tour2.self).echo(.string("after"))
        }
        return [first, second]
    }

    func sent(_ ctx: Context, ms: Int) async throws -> JSONValue {
        ctx.service(Tour2.self).sleep.send(ms)
        return try await toldOfSleep(ctx)
    }

    func nested(_ ctx: Context, name: String) async throws -> JSONValue {
        try await valueOrTold {
            let slow = ctx.timer(long).map { "slow" }
            let first = ctx.first(of: slow, ctx.signal(name))
            let awakeable = ctx.awakeable(String.self)
            let c = ctx.timer(long).map { "c" }
            let second = ctx.firstSuccess(of: awakeable, c)
            let both = try await ctx.all(first, second).value
            return .array([.string(both.0), .string(both.1)])
        }
    }

    func inRun(_ ctx: Context, ms: Int) async throws -> JSONValue {
        try await valueOrTold {
            .string(
                try await ctx.run("slow") {
                    try await Task.sleep(for: .milliseconds(ms))
                    return "ran"
                })
        }
    }

    func inAwakeable(_ ctx: Context) async throws -> [JSONValue] {
        let awakeable = ctx.awakeable(JSONValue.self)
        let first = try await valueOrTold { try await awakeable.value }
        let second = try await valueOrTold {
            try await awakeable.orTimeout(.milliseconds(5)).value
        }
        return [first, second]
    }

    private nonisolated(nonsending) func toldOfSleep(_ ctx: Context) async throws -> JSONValue {
        try await valueOrTold {
            try await ctx.sleep(long)
            return .string("slept")
        }
    }

    struct API: HandlerTable {
        let book = handler(Tour2Undo.book)
        let goOn = handler(Tour2Undo.goOn)
        let again = handler(Tour2Undo.again)
        let withCalls = handler(Tour2Undo.withCalls)
        let inCall = handler(Tour2Undo.inCall)
        let sent = handler(Tour2Undo.sent)
        let nested = handler(Tour2Undo.nested)
        let inRun = handler(Tour2Undo.inRun)
        let inAwakeable = handler(Tour2Undo.inAwakeable)
    }
}
