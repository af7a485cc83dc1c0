import Restate

/// Cancellations that come down a tree of calls, and handlers that undo, go on or swallow them.
struct Tree: VirtualObject {
    static let log = StateKey<[String]>("log", default: [])

    func note(_ ctx: ObjectContext, line: String) async throws {
        ctx.set(Self.log, try await ctx.get(Self.log) + [line])
    }

    func logs(_ ctx: SharedObjectContext) async throws -> [String] { try await ctx.get(Self.log) }

    func top(_ ctx: ObjectContext, name: String) async throws -> String {
        do {
            return try await ctx.object(Tree.self, "mid-\(name)").mid(name)
        } catch let failure as TerminalError {
            try await write("top", failure, ctx)
            throw failure
        }
    }

    func mid(_ ctx: ObjectContext, name: String) async throws -> String {
        do {
            return try await ctx.object(Tree.self, "leaf-\(name)").leaf(name)
        } catch let failure as TerminalError {
            try await write("mid", failure, ctx)
            throw failure
        }
    }

    /// Undoes with waits of its own.
    func leaf(_ ctx: ObjectContext, name: String) async throws -> String {
        do {
            try await ctx.sleep(.seconds(3600))
            return "?"
        } catch let failure as TerminalError {
            try await ctx.sleep(.milliseconds(200))
            let line = "leaf \(failure.code) \(failure.isCancellation)"
            try await ctx.object(Tree.self, "log").note(line)
            throw failure
        }
    }

    nonisolated(nonsending) private func write(
        _ level: String, _ failure: TerminalError, _ ctx: ObjectContext
    ) async throws {
        try await ctx.object(Tree.self, "log").note(
            "\(level) \(failure.code) \(failure.isCancellation) \(failure.message)")
    }

    /// Cancelled while a step is under way; goes on with other steps, and then with that one.
    func cancelRun(_ ctx: ObjectContext, milliseconds: Int) async throws -> String {
        let run = ctx.start("r") { () -> String in
            try await Task.sleep(for: .milliseconds(milliseconds))
            counter.bump("cancelRun")
            return "done"
        }
        do {
            return try await run.value
        } catch let failure as TerminalError {
            let count = try await ctx.run("after") { counter.get("cancelRun") }
            let late = try await run.value
            return "cancelled \(failure.isCancellation) n=\(count) late=\(late)"
        }
    }

    /// Cancelled again while it undoes.
    func twice(_ ctx: ObjectContext) async throws -> String {
        do {
            try await ctx.sleep(.seconds(3600))
            return "?"
        } catch let first as TerminalError {
            do {
                try await ctx.sleep(.seconds(3))
                return "compensated \(first.isCancellation)"
            } catch let second as TerminalError {
                return "second \(second.isCancellation)"
            }
        }
    }

    func swallow(_ ctx: ObjectContext) async throws -> String {
        var swallowed = 0
        for _ in 0..<3 {
            do {
                try await ctx.sleep(.milliseconds(500))
            } catch {
                swallowed += 1
            }
        }
        return "n=\(swallowed)"
    }

    func callHold(_ ctx: ObjectContext, key: String) async throws -> String {
        try await ctx.object(Obj.self, key).hold(10)
    }

    struct API: HandlerTable {
        let note = exclusive(Tree.note)
        let logs = shared(Tree.logs)
        let leaf = exclusive(Tree.leaf)
        let mid = exclusive(Tree.mid)
        let top = exclusive(Tree.top)
        let cancelRun = exclusive(Tree.cancelRun)
        let twice = exclusive(Tree.twice)
        let swallow = exclusive(Tree.swallow)
        let callHold = exclusive(Tree.callHold)
    }
}
