import CanonicalJSON
import Restate

/// Names of entries in the journal.
struct Tour2Named: Service {
    func call(_ ctx: Context, name: String) async throws -> JSONValue {
        try await ctx.service(Tour2.self).echo.named(name)(.string("n"))
    }

    func send(_ ctx: Context, name: String) async throws -> String {
        ctx.service(Tour2.self).echo.named(name).send(.string("n"), after: .milliseconds(5))
        return "sent"
    }

    func sleep(_ ctx: Context, name: String) async throws -> String {
        try await ctx.sleep(.milliseconds(5), name: name)
        return "slept"
    }

    func run(_ ctx: Context, name: String) async throws -> String {
        try await ctx.run(name) { "ran" }
    }

    struct API: HandlerTable {
        let call = handler(Tour2Named.call)
        let send = handler(Tour2Named.send)
        let sleep = handler(Tour2Named.sleep)
        let run = handler(Tour2Named.run)
    }
}
