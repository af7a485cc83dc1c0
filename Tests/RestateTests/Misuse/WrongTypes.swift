/// Programs that the type checker refuses: one wrong line each.
let wrongTypes: [Program] = [
    // What happens inside a run has no order, so the context is out of reach there.
    Program(
        "a context in the closure of a run",
        says: "capture of 'ctx' with non-Sendable type 'ObjectContext' in a '@Sendable' closure",
        """
        import Restate
        func a1(_ ctx: ObjectContext) async throws {
            try await ctx.run("step") {
                try await ctx.sleep(.seconds(1))  // wrong
            }
        }
        """),
    Program(
        "a context in the closure of a started run",
        says: "capture of 'ctx' with non-Sendable type 'Context' in a '@Sendable' closure",
        """
        import Restate
        func a2(_ ctx: Context) async throws {
            _ = ctx.start("step") {
                _ = ctx.service(Mail.self).send.send("x")  // wrong
            }
        }
        """),
    Program(
        "random numbers of the context in the closure of a run",
        says: "capture of 'ctx' with non-Sendable type 'Context' in a '@Sendable' closure",
        """
        import Restate
        func a3(_ ctx: Context) async throws -> Int {
            try await ctx.run("dice") {
                Int.random(in: 1...6, using: &ctx.random)  // wrong
            }
        }
        """),
    Program(
        "a future in the closure of a run",
        says: "capture of 'timer' with non-Sendable type 'DurableFuture<Void>'",
        """
        import Restate
        func a4(_ ctx: Context) async throws {
            let timer = ctx.timer(.seconds(1))
            try await ctx.run("step") {
                try await timer.value  // wrong
            }
        }
        """),
    Program(
        "a client of another service in the closure of a run",
        says: "capture of 'mail' with non-Sendable type 'Client<Mail>'",
        """
        import Restate
        func a5(_ ctx: Context) async throws {
            let mail = ctx.service(Mail.self)
            try await ctx.run("step") {
                try await mail.send("x")  // wrong
            }
        }
        """),
    Program(
        "a variable changed in the closure of a run",
        says: "mutation of captured var 'attempts' in concurrently-executing code",
        """
        import Restate
        func a6(_ ctx: Context) async throws -> Int {
            var attempts = 0
            try await ctx.run("step") {
                attempts += 1  // wrong
            }
            return attempts
        }
        """),
    Program(
        "an object shared with the closure of a run",
        says: "capture of 'counter' with non-Sendable type 'Counter'",
        """
        import Restate
        func a7(_ ctx: Context) async throws {
            let counter = Counter()
            try await ctx.run("step") {
                counter.count += 1  // wrong
            }
        }
        """),
    Program(
        "an async call without await in the closure of a run",
        says: "expression is 'async' but is not marked with 'await'",
        """
        import Restate
        func a8Refund() async throws {}
        func a8(_ ctx: Context) async throws {
            try await ctx.run("step") {
                try a8Refund()  // wrong
            }
        }
        """),

    // Rights are types.
    Program(
        "a write in a shared handler",
        says: "value of type 'SharedObjectContext' has no member 'set'",
        """
        import Restate
        func b1(_ ctx: SharedObjectContext) async throws {
            ctx.set(Ticket.seats, 1)  // wrong
        }
        """),
    Program(
        "a write in a workflow's shared handler",
        says: "value of type 'SharedWorkflowContext' has no member 'clear'",
        """
        import Restate
        func b2(_ ctx: SharedWorkflowContext) async throws {
            ctx.clear(Ticket.seats)  // wrong
        }
        """),
    Program(
        "state in a service's handler",
        says: "value of type 'Context' has no member 'get'",
        """
        import Restate
        func b3(_ ctx: Context) async throws {
            _ = try await ctx.get(Ticket.seats)  // wrong
        }
        """),
    Program(
        "a promise in an object's handler",
        says: "value of type 'ObjectContext' has no member 'promise'",
        """
        import Restate
        func b4(_ ctx: ObjectContext) async throws {
            _ = try await ctx.promise(Checkout.paid).value  // wrong
        }
        """),
    Program(
        "a writing method registered as shared",
        says: "'shared' lists methods that take a SharedObjectContext or a SharedWorkflowContext; "
            + "with an ObjectContext it is 'exclusive'",
        """
        import Restate
        struct B5: VirtualObject {
            func write(_ ctx: ObjectContext, text: String) async throws -> Bool { true }
            struct API: HandlerTable {
                let write = shared(B5.write)  // wrong
            }
        }
        """),
    Program(
        "an object's method registered as a service's handler",
        says: "those of a Service by 'handler'",
        """
        import Restate
        struct B6: Service {
            func write(_ ctx: ObjectContext, text: String) async throws -> Bool { true }
            struct API: HandlerTable {
                let write = exclusive(B6.write)  // wrong
            }
        }
        """),
    Program(
        "an object's method registered as a service's",
        says: "an object's are listed by 'exclusive' or 'shared', a workflow's by 'workflow'",
        """
        import Restate
        struct B8: VirtualObject {
            func write(_ ctx: ObjectContext) async throws {}
            struct API: HandlerTable {
                let write = handler(B8.write)  // wrong
            }
        }
        """),
    Program(
        "a shared method registered as a workflow's run",
        says: "'workflow' lists a Workflow's run, which takes a WorkflowContext",
        """
        import Restate
        struct B9: VirtualObject {
            func run(_ ctx: ObjectContext, order: String) async throws {}
            struct API: HandlerTable {
                let run = workflow(B9.run)  // wrong
            }
        }
        """),
    Program(
        "an input that is not Codable",
        says: "the input and the output of a handler must be Codable and Sendable",
        """
        import Restate
        struct B7: Service {
            func take(_ ctx: Context, input: Opaque) async throws {}
            struct API: HandlerTable {
                let take = handler(B7.take)  // wrong
            }
        }
        """),
    Program(
        "an output that is not Sendable",
        says: "the input and the output of a handler must be Codable and Sendable",
        """
        import Restate
        struct B10: VirtualObject {
            func give(_ ctx: SharedObjectContext) async throws -> Counter { Counter() }
            struct API: HandlerTable {
                let give = shared(B10.give)  // wrong
            }
        }
        """),
    Program(
        "two inputs",
        says: "a handler takes its context and at most one input: put several into a struct",
        """
        import Restate
        struct B11: VirtualObject {
            func move(_ ctx: ObjectContext, from: String, to: String) async throws {}
            struct API: HandlerTable {
                let move = exclusive(B11.move)  // wrong
            }
        }
        """),
    Program(
        "an actor as a service",
        says: "a service is a struct and no actor; what must run one at a time is an exclusive",
        """
        import Restate
        actor B12: Service {
            func greet(_ ctx: Context, name: String) async throws -> String { name }
            struct API: HandlerTable {
                let greet = handler(B12.greet)  // wrong
            }
        }
        """),
    Program(
        "a property with the name of the function that makes it",
        says: "circular reference",
        """
        import Restate
        struct B13: VirtualObject {
            func get(_ ctx: SharedObjectContext) async throws -> Int { 1 }
            struct API: HandlerTable {
                let shared = shared(B13.get)  // wrong
            }
        }
        """),

    // Keys and clients know their types.
    Program(
        "a value of another type than the state key",
        says: "cannot convert value of type 'String' to expected argument type 'Int'",
        """
        import Restate
        func c1(_ ctx: ObjectContext) async throws {
            ctx.set(Ticket.seats, "many")  // wrong
        }
        """),
    Program(
        "a state key without a default whose type has no nil",
        says: "requires that 'Int' conform to 'ExpressibleByNilLiteral'",
        """
        import Restate
        let c2 = StateKey<Int>("count")  // wrong
        """),
    Program(
        "an argument of another type than the input",
        says: "cannot convert value of type 'Int' to expected argument type 'String'",
        """
        import Restate
        func c3(_ ctx: Context) async throws {
            _ = try await ctx.object(Ticket.self, "1").reserve(7)  // wrong
        }
        """),
    Program(
        "an argument of another type sent one way",
        says: "cannot convert value of type 'Int' to expected argument type 'String'",
        """
        import Restate
        func c4(_ ctx: Context) async throws {
            ctx.object(Ticket.self, "1").reserve.send(7, after: .seconds(1))  // wrong
        }
        """),
    Program(
        "an answer used as another type",
        says: "cannot convert value of type 'Int' to specified type 'String'",
        """
        import Restate
        func c5(_ ctx: Context) async throws {
            let seats: String = try await ctx.object(Ticket.self, "1").get()  // wrong
            _ = seats
        }
        """),
    Program(
        "no argument for a handler with an input",
        says: "'String'",
        """
        import Restate
        func c6(_ ctx: Context) async throws {
            _ = try await ctx.object(Ticket.self, "1").reserve()  // wrong
        }
        """),
    Program(
        "a handler that is not in the table",
        says: "NoHandlerOfThisNameInTheAPITable",
        """
        import Restate
        func c7(_ ctx: Context) async throws {
            _ = try await ctx.object(Ticket.self, "1").reserv("alice")  // wrong
        }
        """),
    Program(
        "a handler that is not in the table, sent to later",
        says: "has no dynamic member 'reserv'",
        """
        import Restate
        func c14(_ ctx: Context) async throws {
            ctx.object(Ticket.self, "1").reserv.send("alice", after: .seconds(1))  // wrong
        }
        """),
    Program(
        "an object called as a workflow",
        says: "requires that 'Ticket' conform to 'Workflow'",
        """
        import Restate
        func c8(_ ctx: Context) async throws {
            _ = ctx.workflow(Ticket.self, "1")  // wrong
        }
        """),
    Program(
        "an object called without its key",
        says: "requires that 'Ticket' conform to 'Service'",
        """
        import Restate
        func c9(_ ctx: Context) async throws {
            _ = ctx.service(Ticket.self)  // wrong
        }
        """),
    Program(
        "a promise completed with another type",
        says: "cannot convert value of type 'Int' to expected argument type 'String'",
        """
        import Restate
        func c10(_ ctx: SharedWorkflowContext) async throws {
            try await ctx.resolve(Checkout.paid, with: 7)  // wrong
        }
        """),
    Program(
        "an awakeable of a type that is not Codable",
        says: "'Opaque'",
        """
        import Restate
        func c11(_ ctx: Context) async throws {
            _ = ctx.awakeable(Opaque.self)  // wrong
        }
        """),
    Program(
        "the first of futures of different types",
        says: "cannot convert value of type 'DurableFuture<Bool>'",
        """
        import Restate
        func c12(_ ctx: Context, a: DurableFuture<Int>, b: DurableFuture<Bool>) async throws {
            _ = try await ctx.first(of: a, b).value  // wrong
        }
        """),
    Program(
        "a number as a duration",
        says: "cannot convert value of type 'Int' to expected argument type 'Duration'",
        """
        import Restate
        func c13(_ ctx: Context) async throws {
            try await ctx.sleep(5)  // wrong
        }
        """),
]
