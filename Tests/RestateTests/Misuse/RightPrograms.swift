/// Programs that look like the wrong ones and must compile, without a word.
let rightPrograms: [Program] = [
    Program(
        "an actor's method that takes a context",
        """
        import Restate
        actor R1 {
            var naps = 0
            func nap(_ ctx: Context) async throws {
                naps += 1
                try await ctx.sleep(.seconds(1))
                naps += try await ctx.run("more") { 1 }
            }
        }
        """),
    Program(
        "a main actor's function that takes a context",
        """
        import Restate
        @MainActor func r2(_ ctx: ObjectContext) async throws -> Int {
            try await ctx.sleep(.seconds(1))
            return try await ctx.get(Ticket.seats)
        }
        """),
    Program(
        "helpers that take a context, of either kind of async",
        """
        import Restate
        func r3Plain(_ ctx: Context) async throws -> Int { try await ctx.run("a") { 1 } }
        nonisolated(nonsending) func r3Inherits(_ ctx: Context) async throws -> Int {
            try await ctx.run("b") { 2 }
        }
        func r3(_ ctx: Context) async throws -> Int {
            try await r3Plain(ctx) + r3Inherits(ctx)
        }
        """),
    Program(
        "all of a tuple keeps the types",
        """
        import Restate
        func r4(_ ctx: WorkflowContext) async throws -> String {
            let charge = ctx.start("charge") { 42 }
            let paid = ctx.promise(Checkout.paid).orTimeout(.seconds(900))
            let (cents, receipt) = try await ctx.all(charge, paid).value
            return receipt + String(cents + 1)
        }
        """),
    Program(
        "a delayed send, and the id of what was sent",
        """
        import Restate
        func r5(_ ctx: ObjectContext) async throws {
            ctx.object(Ticket.self, ctx.key).expire.send(after: .seconds(900))
            let sent = ctx.object(Ticket.self, ctx.key).reserve.send("alice", after: .seconds(1))
            ctx.cancel(try await sent.invocationID)
        }
        """),
    Program(
        "a saga whose closures use the context",
        """
        import Restate
        func r6(_ ctx: WorkflowContext, seats: [String]) async throws {
            var undo: [() async throws -> Void] = []
            do {
                for seat in seats {
                    undo.append { try await ctx.object(Ticket.self, seat).expire() }
                    _ = try await ctx.object(Ticket.self, seat).reserve("alice")
                }
            } catch let error as TerminalError {
                for step in undo.reversed() { try await step() }
                throw error
            }
        }
        """),
    Program(
        "a run that takes values along",
        """
        import Restate
        struct R7: Service {
            let send: @Sendable (String) async throws -> Int
            func mail(_ ctx: Context, text: String) async throws -> Int {
                let approval = ctx.awakeable(Bool.self)
                let id = try await ctx.run("mail") { [id = approval.id] in
                    try await send(text + id.rawValue)
                }
                _ = try await approval.value
                return id
            }
            struct API: HandlerTable { let mail = handler(R7.mail) }
        }
        """),
    Program(
        "futures of different types, selected",
        """
        import Restate
        enum R8 { case paid(Int), late }
        func r8(_ ctx: Context) async throws -> R8 {
            try await ctx.select(
                .when(ctx.start("pay") { 1 }) { .paid($0) },
                .when(ctx.timer(.seconds(1))) { .late })
        }
        """),
    Program(
        "an endpoint with services and routes",
        """
        import Restate
        func r9() async throws {
            await Endpoint(Ticket(), Checkout(), Mail())
                .route("GET", "/hello") { _ in .text("hello") }
                .serve(port: 9080)
        }
        """),
    Program(
        "closures of runs of all kinds",
        """
        import Restate
        func r10(_ ctx: Context) async throws -> Int? {
            try await ctx.run("discarded") { 1 }
            try await ctx.run("nothing") {}
            try await ctx.run("fails") { throw CancellationError() }
            try await ctx.run("statements") {
                let number = 1
                print(number)
            }
            try await ctx.run("either") { if ctxless { throw CancellationError() } }
            let none: Int? = try await ctx.run("none") { nil }
            _ = try await ctx.start("started") { 2 }.value
            return try await ctx.run("some") { () -> Int? in none }
        }
        let ctxless = true
        """),
    Program(
        "handlers that catch what ends an attempt",
        """
        import Restate
        func r11(_ ctx: Context) async throws {
            do {
                try await ctx.sleep(.seconds(1))
            } catch let end as AttemptEnd where end.isSuspension {
                throw end
            }
        }
        """),
    Program(
        "futures in their order, mapped, and state as one value",
        """
        import Restate
        struct R12: Codable, Sendable { var seats = 0; var owner: String? }
        func r12(_ ctx: ObjectContext, names: [String]) async throws -> [String] {
            let calls = names.map { ctx.object(Ticket.self, $0).reserve.start("alice") }
            var told: [String] = []
            for try await (index, booked) in ctx.inCompletionOrder(calls) {
                told.append(names[index] + (booked ? " booked" : " taken"))
            }
            let settled = calls.map { $0.mapResult { $0 } }
            for try await (_, result) in ctx.inCompletionOrder(settled) {
                if case .failure(let error) = result { told.append(error.message) }
            }
            let safe = calls.map { $0.map { _ in 1 }.recover { _ in 0 } }
            var state = try await ctx.state(R12.self, default: R12())
            state.seats = try await ctx.all(safe).value.reduce(0, +)
            ctx.setState(state)
            return told
        }
        """),
    Program(
        "handlers of another program",
        """
        import Restate
        struct R13: Workflow {
            struct API: HandlerTable {
                let run = remote("run", [String].self, returning: Int.self)
                let status = remote("status", returning: String?.self)
                let stop = remote("stop")
            }
        }
        func r13(_ ctx: Context) async throws -> Bool {
            let flow = ctx.workflow(R13.self, "key")
            flow.stop.send(after: .seconds(1))
            let id = try await flow.stop.start().invocationID
            let status = try await flow.status()
            let count: Int = try await flow.run(["a"])
            return try await ctx.output(of: id) == nil && status == nil && count > 0
        }
        """),
    Program(
        "a result of a run that is not Codable",
        says: "the result of a run must be Codable and Sendable",
        """
        import Restate
        func w2(_ ctx: Context) async throws -> Opaque {
            try await ctx.run("step") { Opaque() }  // wrong
        }
        """),
    Program(
        "a result of a run that nobody looks at and that is not Codable",
        says: "the result of a run must be Codable and Sendable",
        """
        import Restate
        func w3(_ ctx: Context) async throws {
            try await ctx.run("step") { Opaque() }  // wrong
        }
        """),
    Program(
        "two results of a run",
        says: "the result of a run must be Codable and Sendable",
        """
        import Restate
        func w4(_ ctx: Context) async throws -> (Int, Int) {
            try await ctx.run("step") { (1, 2) }  // wrong
        }
        """),
    Program(
        "a result of a started run that is not Codable",
        says: "the result of a run must be Codable and Sendable",
        """
        import Restate
        func w5(_ ctx: Context) async throws {
            _ = try await ctx.start("step") { Opaque() }.value  // wrong
        }
        """),
    Program(
        "a future that is made and dropped",
        says: "is unused",
        """
        import Restate
        func w1(_ ctx: Context) async throws {
            ctx.timer(.seconds(1))  // wrong
        }
        """),
]
