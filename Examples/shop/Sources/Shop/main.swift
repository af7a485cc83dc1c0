import Restate

struct Greeter: Service {
    func greet(_ ctx: Context, name: String) async throws -> String {
        let number = try await ctx.run("draw") { Int.random(in: 1...100) }  // kept in the journal
        try await ctx.sleep(.seconds(1))  // durable
        return "Hello \(name), your number is \(number)"
    }

    struct API: HandlerTable {
        let greet = handler(Greeter.greet)
    }
}

await Endpoint(Greeter()).serve(port: 9080)
