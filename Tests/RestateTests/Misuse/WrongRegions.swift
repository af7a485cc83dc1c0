/// Programs with right types that would use a context from two places at once: found by region
/// isolation, which the compiler looks at once all types are right.
let wrongRegions: [Program] = [
    Program(
        "an async let over a run",
        says: "sending 'ctx' risks causing data races",
        """
        import Restate
        func e1(_ ctx: Context) async throws -> Int {
            async let a = ctx.run("a") { 1 }  // wrong
            return try await a
        }
        """),
    Program(
        "an async let over a call",
        says: "risks causing data races",
        """
        import Restate
        func e2(_ ctx: Context) async throws -> Int {
            async let seats = ctx.object(Ticket.self, "1").get()  // wrong
            return try await seats
        }
        """),
    Program(
        "an async let over a future",
        says: "sending 'timer' risks causing data races",
        """
        import Restate
        func e3(_ ctx: Context) async throws {
            let timer = ctx.timer(.seconds(1))
            async let done: Void = timer.value  // wrong
            try await done
        }
        """),
    Program(
        "a context in a task",
        says: "passing closure as a 'sending' parameter risks causing data races",
        """
        import Restate
        func e4(_ ctx: Context) async throws {
            let task = Task { try await ctx.sleep(.seconds(1)) }  // wrong
            try await task.value
        }
        """),
    Program(
        "a context in a detached task",
        says: "passing closure as a 'sending' parameter risks causing data races",
        """
        import Restate
        func e5(_ ctx: ObjectContext) async throws {
            let task = Task.detached { ctx.set(Ticket.seats, 1) }  // wrong
            await task.value
        }
        """),
    Program(
        "a context in a task group",
        says: "passing closure as a 'sending' parameter risks causing data races",
        """
        import Restate
        func e6(_ ctx: Context) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await ctx.sleep(.seconds(1)) }  // wrong
                try await group.waitForAll()
            }
        }
        """),
    Program(
        "a context given to an actor",
        says: "sending 'ctx' risks causing data races",
        """
        import Restate
        actor E7 {
            func nap(_ ctx: Context) async throws { try await ctx.sleep(.seconds(1)) }
        }
        func e7(_ ctx: Context, _ desk: E7) async throws {
            try await desk.nap(ctx)  // wrong
        }
        """),
    Program(
        "a context given to the main actor",
        says: "sending 'ctx' risks causing data races",
        """
        import Restate
        @MainActor func e8Nap(_ ctx: Context) async throws { try await ctx.sleep(.seconds(1)) }
        func e8(_ ctx: Context) async throws {
            try await e8Nap(ctx)  // wrong
        }
        """),
]
