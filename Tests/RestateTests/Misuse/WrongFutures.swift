/// Programs that use futures, whole state or handlers of other programs with wrong types.
let wrongFutures: [Program] = [
    Program(
        "a started read in the closure of a run",
        says: "capture of 'seats' with non-Sendable type 'DurableFuture<Int>'",
        """
        import Restate
        func f1(_ ctx: SharedObjectContext) async throws {
            let seats = ctx.startGet(Ticket.seats)
            try await ctx.run("step") {
                _ = try await seats.value  // wrong
            }
        }
        """),
    Program(
        "a sequence of futures in the closure of a run",
        says: "capture of 'order' with non-Sendable type 'CompletionOrder<Void>'",
        """
        import Restate
        func f2(_ ctx: Context) async throws {
            let order = ctx.inCompletionOrder([ctx.timer(.seconds(1))])
            try await ctx.run("step") {
                for try await _ in order {}  // wrong
            }
        }
        """),
    Program(
        "a loop over futures without await",
        says: "for-in loop requires 'CompletionOrder<Void>' to conform to 'Sequence'",
        """
        import Restate
        func f3(_ ctx: Context) throws {
            for _ in ctx.inCompletionOrder([ctx.timer(.seconds(1))]) {}  // wrong
        }
        """),
    Program(
        "futures of two types in one order",
        says: "cannot convert value of type 'DurableFuture<Int>' to expected element type",
        """
        import Restate
        func f4(_ ctx: Context) async throws {
            let number = ctx.start("number") { 1 }
            let timer = ctx.timer(.seconds(1))
            let order = ctx.inCompletionOrder([number, timer])  // wrong
            for try await _ in order {}
        }
        """),
    Program(
        "a value of another type instead of an error",
        says: "cannot convert value of type 'String' to closure result type 'Int'",
        """
        import Restate
        func f5(_ ctx: Context) async throws -> Int {
            let number = ctx.start("number") { 1 }
            return try await number.recover { $0.message }.value  // wrong
        }
        """),
    Program(
        "a text instead of an error",
        says: "to closure result type 'any Error'",
        """
        import Restate
        func f6(_ ctx: Context) async throws {
            let timer = ctx.timer(.seconds(1))
            try await timer.mapError { $0.message }.value  // wrong
        }
        """),
    Program(
        "waiting inside of a transform",
        says: "to parameter expecting synchronous function type",
        """
        import Restate
        func f7(_ ctx: Context, _ other: DurableFuture<Int>) -> DurableFuture<Int> {
            ctx.start("number") { 1 }.recover { _ in try await other.value }  // wrong
        }
        """),
    Program(
        "state as one value that is not Codable",
        says: "requires that 'Opaque' conform to",
        """
        import Restate
        func f8(_ ctx: ObjectContext) async throws {
            _ = try await ctx.state(Opaque.self)  // wrong
        }
        """),
    Program(
        "a write of all state in a shared handler",
        says: "value of type 'SharedObjectContext' has no member 'setState'",
        """
        import Restate
        struct F9: Codable, Sendable { var seats = 0 }
        func f9(_ ctx: SharedObjectContext) {
            ctx.setState(F9())  // wrong
        }
        """),
    Program(
        "an output of another program's handler that is not Codable",
        says: "the input and the output of a remote handler must be Codable and Sendable",
        """
        import Restate
        struct F10: Service {
            struct API: HandlerTable {
                let make = remote("make", String.self, returning: Opaque.self)  // wrong
            }
        }
        """),
    Program(
        "an input of another program's handler that is not Codable",
        says: "the input of a remote handler must be Codable and Sendable",
        """
        import Restate
        struct F11: Service {
            struct API: HandlerTable {
                let take = remote("take", Opaque.self)  // wrong
            }
        }
        """),
    Program(
        "an argument of another type for another program's handler",
        says: "cannot convert value of type 'Int' to expected argument type 'String'",
        """
        import Restate
        struct F12: Service {
            struct API: HandlerTable {
                let ship = remote("ship", String.self, returning: Int.self)
            }
        }
        func f12(_ ctx: Context) async throws -> Int {
            try await ctx.service(F12.self).ship(7)  // wrong
        }
        """),
    Program(
        "the output of an invocation used as if it were there",
        says: "value of optional type 'Int?' must be unwrapped",
        """
        import Restate
        func f13(_ ctx: Context, id: InvocationID<Int>) async throws -> Int {
            let output = try await ctx.output(of: id)
            return output + 1  // wrong
        }
        """),
]
