import Restate

/// Steps that run once and whose results are kept.
extension Tour {
    func runs(_ ctx: Context) async throws -> Int {
        let a = ctx.start("a") { 1 }
        let b = ctx.start("b") { 2 }
        let c = ctx.start("c") { 3 }
        var digits = try await c.value
        digits = digits * 10 + (try await b.value)
        return digits * 10 + (try await a.value)
    }

    func runNothing(_ ctx: Context) async throws -> String {
        try await ctx.run("nothing") {}
        return "ran"
    }

    func runFails(_ ctx: Context) async throws -> String {
        do {
            try await ctx.run("fails") { throw TerminalError("no luck", code: 418) }
            return "ran"
        } catch let error as TerminalError {
            return told(error)
        }
    }
}
