import Restate

/// Options with durations at both ends of what there is.
struct Odd: Service {
    func a(_ ctx: Context) async throws -> String { "a" }

    func b(_ ctx: Context) async throws -> String {
        counter.bump("oddb")
        throw Oops(description: "b")
    }

    func c(_ ctx: Context) async throws -> String {
        try await ctx.sleep(.seconds(1))
        return "c"
    }

    struct API: HandlerTable {
        let a = handler(Odd.a)
            .inactivityTimeout(.seconds(Int64.max))
            .abortTimeout(.seconds(Int64.max))
            .journalRetention(.seconds(Int64.max))
            .idempotencyRetention(.seconds(Int64.max))
        let b = handler(Odd.b)
            .retryPolicy(
                InvocationRetryPolicy(
                    initialInterval: .seconds(Int64.max), maxInterval: .seconds(Int64.max),
                    factor: 1e300, maxAttempts: 0, onMaxAttempts: .pause))
        let c = handler(Odd.c)
            .inactivityTimeout(.zero)
            .abortTimeout(.zero)
    }
}
