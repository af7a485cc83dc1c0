import Restate

/// Awakeables, foreign invocations, and failures of every code.
struct Awk: VirtualObject {
    static let id = StateKey<AwakeableID<String?>?>("id")

    /// Waits for an awakeable, whose id others may ask for, but not before that time.
    func wait(_ ctx: ObjectContext, milliseconds: Int) async throws -> String {
        let awakeable = ctx.awakeable(String?.self)
        ctx.set(Self.id, awakeable.id)
        try await ctx.sleep(.milliseconds(milliseconds))
        return try await told { String(describing: try await awakeable.value) }
    }

    func getID(_ ctx: SharedObjectContext) async throws -> String? {
        try await ctx.get(Self.id)?.rawValue
    }

    /// Resolves whatever the caller takes for an awakeable's id.
    func resolveWrong(_ ctx: SharedObjectContext, id: String) async throws -> String {
        counter.bump("wrong")
        ctx.resolve(AwakeableID<String>(id), with: "x")
        return "ok"
    }

    /// Attaches to whatever the caller takes for an invocation's id.
    func attachWrong(_ ctx: SharedObjectContext, id: String) async throws -> String {
        try await told { try await ctx.attach(to: InvocationID<String>(id)).value }
    }

    func outputOf(_ ctx: SharedObjectContext, id: String) async throws -> String {
        try await told { String(describing: try await ctx.output(of: InvocationID<String>(id))) }
    }

    /// The first of that many, which may be none.
    func emptyFirst(_ ctx: SharedObjectContext, count: Int) async throws -> String {
        let runs = (0..<max(0, count)).map { index in ctx.start("r") { "v\(index)" } }
        return try await ctx.first(of: runs).value
    }

    /// All of that many, which may be none.
    func emptyAll(_ ctx: SharedObjectContext, count: Int) async throws -> Int {
        let runs = (0..<max(0, count)).map { index in ctx.start("r") { "v\(index)" } }
        let settled = try await ctx.settled(runs).value
        return try await ctx.all(runs).value.count + settled.count
    }

    /// Fails with that code.
    func term(_ ctx: SharedObjectContext, code: Int) async throws -> String {
        counter.bump("term\(code)")
        throw TerminalError(
            "t \(code)", code: UInt16(clamping: code), metadata: ["a": "ü", "b": ""])
    }

    /// Fails with a code that looks like a success, where nothing is the answer of a success too.
    func term204(_ ctx: SharedObjectContext) async throws {
        throw TerminalError("nothing was done", code: 204)
    }

    struct API: HandlerTable {
        let wait = exclusive(Awk.wait)
        let getID = shared(Awk.getID)
        let resolveWrong = shared(Awk.resolveWrong)
        let attachWrong = shared(Awk.attachWrong)
        let outputOf = shared(Awk.outputOf)
        let emptyFirst = shared(Awk.emptyFirst)
        let emptyAll = shared(Awk.emptyAll)
        let term = shared(Awk.term)
        let term204 = shared(Awk.term204)
    }
}
