import Restate
import RestateTesting
import Testing

// docs/guide/typescript.md

enum TypeScriptPage {
    struct Greeter: VirtualObject {
        static let count = StateKey<Int>("count", default: 0)

        func greet(_ ctx: ObjectContext, name: String) async throws -> String {
            let count = try await ctx.get(Self.count) + 1
            ctx.set(Self.count, count)
            let number = try await ctx.run("draw") { Int.random(in: 1...100) }
            try await ctx.sleep(.seconds(1))
            return "Hello \(name), for the \(count). time: \(number)"
        }

        struct API: HandlerTable {
            let greet = exclusive(Greeter.greet)
        }
    }

    struct Tests {
        @Test func `the greeter greets`() async throws {
            try await withRestate(Endpoint(Greeter())) { restate in
                let text = try await restate.object(Greeter.self, "hall").greet("Ada")
                #expect(text.hasPrefix("Hello Ada, for the 1. time: "))
            }
        }
    }
}
