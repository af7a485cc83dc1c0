import Foundation
import Restate
import RestateTesting
import Testing

// docs/guide/catching.md: what is wrong there compiles, too.

enum CatchingPage {
    struct Ticket: VirtualObject {
        func reserve(_ ctx: ObjectContext, buyer: String) async throws {}
        func get(_ ctx: SharedObjectContext) async throws -> String { ctx.key }

        struct API: HandlerTable {
            let reserve = exclusive(Ticket.reserve)
            let get = shared(Ticket.get)
        }
    }

    struct Bank: Service {
        func transfer(_ ctx: Context, amount: Int) async throws -> Int { amount }

        struct API: HandlerTable {
            let transfer = handler(Bank.transfer)
        }
    }

    struct Handlers: Service {
        let mailer = SentMail()

        func catchesAll(_ ctx: Context, seat: String) async throws {
            let (mailer, buyer) = (mailer, "ada")
            do {
                try await ctx.object(Ticket.self, seat).reserve(buyer)
                try await ctx.sleep(.seconds(900))
            } catch {
                try await mailer.send("Your booking failed: \(error)", to: buyer)
                throw error
            }
        }

        func catchesOutcomes(_ ctx: Context, seat: String) async throws {
            let (mailer, buyer) = (mailer, "ada")
            do {
                try await ctx.object(Ticket.self, seat).reserve(buyer)
            } catch let error as TerminalError {
                try await ctx.run("mail") {
                    try await mailer.send("Your booking failed: \(error)", to: buyer)
                }
                throw error
            }
        }

        func tellsApart(_ ctx: Context, seat: String) async throws {
            do {
                try await ctx.object(Ticket.self, seat).reserve("ada")
            } catch let end as AttemptEnd {
                throw end  // end.isSuspension tells why, if somebody wants to know
            } catch {
                ctx.log.error("\(error)")
                throw error
            }
        }

        func tries(_ ctx: Context) async throws -> String? {
            let seat = try? await ctx.object(Ticket.self, "A1").get()
            return seat
        }

        func triesRightly(_ ctx: Context) async throws -> String? {
            let seat: String?
            do {
                seat = try await ctx.object(Ticket.self, "A1").get()
            } catch is TerminalError {
                seat = nil
            }
            return seat
        }

        func defers(_ ctx: Context, file: String) async throws {
            defer { remove(file) }
            try await ctx.sleep(.seconds(60))
        }

        func removes(_ ctx: Context, file: String) async throws {
            try await ctx.sleep(.seconds(60))
            try await ctx.run("remove file") { remove(file) }
        }

        func loops(_ ctx: Context, amount: Int) async throws -> Int {
            while true {
                do { return try await ctx.service(Bank.self).transfer(amount) } catch { continue }
            }
        }

        func asksThrice(_ ctx: Context, amount: Int) async throws -> Int {
            for _ in 1...3 {
                do {
                    return try await ctx.service(Bank.self).transfer(amount)
                } catch let error as TerminalError where !error.isCancellation {
                    try await ctx.sleep(.seconds(60))
                }
            }
            throw TerminalError("The bank refuses")
        }

        struct API: HandlerTable {
            let catchesAll = handler(Handlers.catchesAll)
            let catchesOutcomes = handler(Handlers.catchesOutcomes)
            let tellsApart = handler(Handlers.tellsApart)
            let tries = handler(Handlers.tries)
            let triesRightly = handler(Handlers.triesRightly)
            let defers = handler(Handlers.defers)
            let removes = handler(Handlers.removes)
            let loops = handler(Handlers.loops)
            let asksThrice = handler(Handlers.asksThrice)
        }
    }

    struct Tests {
        @Test func `handlers that catch what is an outcome do what they should`() async throws {
            try await withRestate(Endpoint(Handlers(), Ticket(), Bank())) { restate in
                let handlers = restate.service(Handlers.self)
                try await handlers.catchesOutcomes("A1")
                try await handlers.tellsApart("A1")
                let seat = try await handlers.triesRightly()
                #expect(seat == "A1")
                try await handlers.removes("file")
                let amount = try await handlers.asksThrice(5)
                #expect(amount == 5)
            }
        }

        @Test func `a handler that catches everything writes a letter at a suspension`()
            async throws
        {
            let handlers = Handlers()
            try await withRestate(Endpoint(handlers, Ticket())) { restate in
                try await restate.service(Handlers.self).catchesAll("A1")
                #expect(!handlers.mailer.texts.isEmpty)
            }
        }
    }
}

private func remove(_ file: String) {}
