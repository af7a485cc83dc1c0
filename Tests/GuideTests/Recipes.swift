import Foundation
import Restate

// docs/guide/recipes.md; RecipesPage runs them.

enum Recipes {
    struct Nightly: VirtualObject {
        static let next = StateKey<InvocationID<Void>?>("next")
        let mailer: any Mailer

        func start(_ ctx: ObjectContext) async throws {
            if try await ctx.get(Self.next) == nil { try await tickLater(ctx) }
        }

        func tick(_ ctx: ObjectContext) async throws {
            try await tickLater(ctx)  // first: a night that fails does not end the series
            let (mailer, address) = (mailer, ctx.key)
            try await ctx.run("report", retry: RunRetryPolicy(maxDuration: .seconds(3600))) {
                try await mailer.send("What was sold today", to: address)
            }
        }

        func stop(_ ctx: ObjectContext) async throws {
            if let next = try await ctx.get(Self.next) { ctx.cancel(next) }
            ctx.clear(Self.next)
        }

        private func tickLater(_ ctx: ObjectContext) async throws {
            let moment = Self.threeInTheNight(after: try await ctx.now())
            let tick = ctx.object(Nightly.self, ctx.key).tick.send(at: moment)
            ctx.set(Self.next, try await tick.invocationID)
        }

        private static func threeInTheNight(after date: Date) -> Date {
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = .gmt
            return calendar.nextDate(
                after: date, matching: DateComponents(hour: 3), matchingPolicy: .nextTime)!
        }

        struct API: HandlerTable {
            let start = exclusive(Nightly.start)
            let tick = exclusive(Nightly.tick).ingressPrivate()
            let stop = exclusive(Nightly.stop)
        }
    }

    struct Turnstile: VirtualObject {
        static let free = StateKey<Date>("free", default: .distantPast)

        func enter(_ ctx: ObjectContext, perMinute: Int) async throws -> Date {
            let moment = max(try await ctx.now(), try await ctx.get(Self.free))
            ctx.set(Self.free, moment.addingTimeInterval(60 / Double(perMinute)))
            return moment
        }

        struct API: HandlerTable {
            let enter = exclusive(Turnstile.enter)
        }
    }

    struct Maps: Service {
        let find: @Sendable (String) async throws -> String

        func locate(_ ctx: Context, address: String) async throws -> String {
            let moment = try await ctx.object(Turnstile.self, "maps").enter(10)
            let wait = moment.timeIntervalSince(try await ctx.now())
            if wait > 0 { try await ctx.sleep(.seconds(wait)) }
            let find = find
            return try await ctx.run("find") { try await find(address) }
        }

        struct API: HandlerTable {
            let locate = handler(Maps.locate)
        }
    }

    struct Hooks: Service {
        let secret: [UInt8]

        func receive(_ ctx: Context, body: [UInt8]) async throws {
            let signature = ctx.request.header("x-signature") ?? ""
            guard HMACSHA256.isValid(hex: signature, of: body, key: secret) else {
                throw TerminalError("The signature is wrong", code: 401)
            }
            guard let event = try? JSONDecoder().decode(PaymentEvent.self, from: Data(body)),
                !event.id.isEmpty, !event.invoice.isEmpty
            else { throw TerminalError("This is no event of a payment", code: 400) }
            let invoice = ctx.object(Invoice.self, event.invoice)
            invoice.pay.idempotencyKey(event.id).send(event)
        }

        struct API: HandlerTable {
            let receive = handler(Hooks.receive).rawInput()
        }
    }

    struct PaymentEvent: Codable, Sendable {
        var id: String
        var invoice: String
        var amount: Int
    }

    struct Invoice: VirtualObject {
        static let paid = StateKey<Int>("paid", default: 0)

        func pay(_ ctx: ObjectContext, event: PaymentEvent) async throws {
            ctx.set(Self.paid, try await ctx.get(Self.paid) + event.amount)
        }

        struct API: HandlerTable {
            let pay = exclusive(Invoice.pay).ingressPrivate()
        }
    }

    struct Book: Service {
        func print(_ ctx: Context, pages: [String]) async throws -> Printed {
            var waiting = pages[...]
            var running: [(page: String, call: StartedCall<Int>)] = []
            var printed = Printed()
            while !waiting.isEmpty || !running.isEmpty {
                while running.count < 3, let page = waiting.popFirst() {
                    running.append((page, ctx.service(Press.self).print.start(page)))
                }
                let ends = running.enumerated().map { place, job in
                    job.call.mapResult { (place, $0) }
                }
                let (place, result) = try await ctx.first(of: ends).value
                let page = running.remove(at: place).page
                switch result {
                case .success(let sheets): printed.sheets += sheets
                case .failure(let error): printed.failed[page] = error.message
                }
            }
            return printed
        }

        struct API: HandlerTable {
            let print = handler(Book.print)
        }
    }

    struct Printed: Codable, Equatable, Sendable {
        var sheets = 0
        var failed: [String: String] = [:]
    }

    struct Press: Service {
        func print(_ ctx: Context, page: String) async throws -> Int {
            try await ctx.sleep(.seconds(10))
            guard !page.isEmpty else { throw TerminalError("an empty page", code: 422) }
            return 1
        }

        struct API: HandlerTable {
            let print = handler(Press.print)
        }
    }

    struct Digest: VirtualObject {
        static let texts = StateKey<[String]>("texts", default: [])
        let mailer: any Mailer

        func add(_ ctx: ObjectContext, text: String) async throws {
            let texts = try await ctx.get(Self.texts)
            if texts.isEmpty {
                ctx.object(Digest.self, ctx.key).deliver.send(after: .seconds(600))
            }
            ctx.set(Self.texts, texts + [text])
        }

        func deliver(_ ctx: ObjectContext) async throws {
            let (mailer, address) = (mailer, ctx.key)
            let text = try await ctx.get(Self.texts).joined(separator: ", ")
            ctx.clear(Self.texts)
            try await ctx.run("mail") { try await mailer.send(text, to: address) }
        }

        struct API: HandlerTable {
            let add = exclusive(Digest.add)
            let deliver = exclusive(Digest.deliver).ingressPrivate()
        }
    }

    struct Conversion: Service {
        let converter: any Converter

        func convert(_ ctx: Context, file: String) async throws -> String {
            let converter = converter
            let job = try await ctx.run("submit") { try await converter.submit(file) }
            var pause = Duration.seconds(1)
            for _ in 1...100 {
                if let result = try await ctx.run("look", { try await converter.result(of: job) }) {
                    return result
                }
                try await ctx.sleep(pause)
                pause = min(pause * 2, .seconds(60))
            }
            throw TerminalError("The conversion of \(file) takes too long", code: 504)
        }

        struct API: HandlerTable {
            let convert = handler(Conversion.convert)
        }
    }

    protocol Converter: Sendable {
        func submit(_ file: String) async throws -> String
        func result(of job: String) async throws -> String?
    }

    struct Till: Service {
        let gateway: Gateway

        func charge(_ ctx: Context, order: Order) async throws {
            let gateway = gateway
            do {
                try await ctx.run("charge", retry: RunRetryPolicy(maxAttempts: 3)) {
                    try await gateway.charge(order)
                }
            } catch let error as TerminalError where !error.isCancellation {
                let letter = DeadLetter(order: order, reason: error.message)
                ctx.object(DeadLetters.self, "charges").keep.send(letter)
            }
        }

        struct API: HandlerTable {
            let charge = handler(Till.charge)
        }
    }

    struct DeadLetter: Codable, Sendable {
        var order: Order
        var reason: String
    }

    struct DeadLetters: VirtualObject {
        static let letters = StateKey<[DeadLetter]>("letters", default: [])

        func keep(_ ctx: ObjectContext, letter: DeadLetter) async throws {
            ctx.set(Self.letters, try await ctx.get(Self.letters) + [letter])
        }

        func list(_ ctx: SharedObjectContext) async throws -> [DeadLetter] {
            try await ctx.get(Self.letters)
        }

        func tryAgain(_ ctx: ObjectContext) async throws -> Int {
            let letters = try await ctx.get(Self.letters)
            for letter in letters { ctx.service(Till.self).charge.send(letter.order) }
            ctx.clear(Self.letters)
            return letters.count
        }

        struct API: HandlerTable {
            let keep = exclusive(DeadLetters.keep).ingressPrivate()
            let list = shared(DeadLetters.list)
            let tryAgain = exclusive(DeadLetters.tryAgain)
        }
    }
}
