import Restate

/// The smallest handler there is: what one request costs.
struct Greeter: Service {
    func greet(_ ctx: Context, name: String) async throws -> String {
        "Hello, \(name)!"
    }

    struct API: HandlerTable {
        let greet = handler(Greeter.greet)
    }
}

/// As many steps as one likes: what a journal of that length costs.
struct Replay: Service {
    func runs(_ ctx: Context, count: Int) async throws -> Int {
        guard count >= 0 else { throw TerminalError("A negative number of runs", code: 400) }
        var sum = 0
        for _ in 0..<count { sum += try await ctx.run("step") { 1 } }
        return sum
    }

    struct API: HandlerTable {
        let runs = handler(Replay.runs)
    }
}
