import Foundation
import Restate
import RestateTesting
import Synchronization
import Testing

struct RecipesPage {
    @Test func `a report goes out every night until it is stopped`() async throws {
        let mail = SentMail()
        let settings = TestSettings { $0.start = Date(timeIntervalSince1970: 1_800_000_000) }
        try await withRestate(Endpoint(Recipes.Nightly(mailer: mail)), settings) { restate in
            let nightly = restate.object(Recipes.Nightly.self, "boss")
            try await nightly.start()
            try await nightly.start()  // A second start changes nothing.
            try await restate.clock.advance(by: .seconds(2 * 86_400))
            #expect(mail.texts == ["boss: What was sold today", "boss: What was sold today"])
            try await nightly.stop()
            try await restate.clock.advance(by: .seconds(3 * 86_400))
            #expect(mail.texts.count == 2)
            try await nightly.start()
            try await restate.clock.advance(by: .seconds(86_400))
            #expect(mail.texts.count == 3)
        }
    }

    @Test func `a night whose report fails for good is followed by the next one`() async throws {
        let mail = SentMail()
        try await withRestate(Endpoint(Recipes.Nightly(mailer: mail))) { restate in
            restate.fail("report", with: TerminalError("no such address"))
            try await restate.object(Recipes.Nightly.self, "boss").start()
            try await restate.clock.advance(by: .seconds(2 * 86_400))
            #expect(mail.texts == ["boss: What was sold today"])
        }
    }

    @Test func `ten requests go out in a minute, one every six seconds`() async throws {
        let maps = Recipes.Maps { "\($0) is here" }
        try await withRestate(Endpoint(maps, Recipes.Turnstile())) { restate in
            for house in 1...4 {
                try await restate.service(Recipes.Maps.self).locate.send("\(house)")
            }
            try await restate.settle()
            #expect(restate.executions(of: "find") == 1)
            try await restate.clock.advance(by: .seconds(7))
            #expect(restate.executions(of: "find") == 2)
            try await restate.clock.advance(by: .seconds(12))
            #expect(restate.executions(of: "find") == 4)
        }
    }

    @Test func `an event that is sent twice is counted once, and a forged one never`() async throws
    {
        let secret = Array("secret".utf8)
        let endpoint = Endpoint(Recipes.Hooks(secret: secret), Recipes.Invoice())
        try await withRestate(endpoint) { restate in
            let hook = restate.service(Recipes.Hooks.self).receive
            let body = Array(#"{"id": "e1", "invoice": "7", "amount": 30}"#.utf8)
            let signature = HMACSHA256.hex(of: body, key: secret)
            for _ in 1...2 { try await hook.header("x-signature", signature)(body) }
            let forged = await #expect(throws: TerminalError.self) {
                try await hook.header("x-signature", String(signature.reversed()))(body)
            }
            #expect(forged?.code == 401)
            let other = Array("[]".utf8)
            let unknown = await #expect(throws: TerminalError.self) {
                try await hook.header("x-signature", HMACSHA256.hex(of: other, key: secret))(other)
            }
            #expect(unknown?.code == 400)
            try await restate.settle()
            let invoice = restate.state(of: Recipes.Invoice.self, "7")
            try await #expect(invoice.get(Recipes.Invoice.paid) == 30)
        }
    }

    @Test func `seven pages are printed three at a time, although one of them fails`() async throws
    {
        try await withRestate(Endpoint(Recipes.Book(), Recipes.Press())) { restate in
            let began = restate.clock.now
            let pages = ["1", "2", "", "4", "5", "6", "7"]
            let printed = try await restate.service(Recipes.Book.self).print(pages)
            #expect(printed == Recipes.Printed(sheets: 6, failed: ["": "an empty page"]))
            #expect(restate.clock.now.timeIntervalSince(began) == 30)
        }
    }

    @Test func `what comes within ten minutes is one letter`() async throws {
        let mail = SentMail()
        try await withRestate(Endpoint(Recipes.Digest(mailer: mail))) { restate in
            let digest = restate.object(Recipes.Digest.self, "ada")
            try await digest.add("a")
            try await digest.add("b")
            try await restate.clock.advance(by: .seconds(600))
            try await digest.add("c")
            try await restate.clock.advance(by: .seconds(600))
            #expect(mail.texts == ["ada: a, b", "ada: c"])
        }
    }

    /// Has a result when it was asked often enough.
    final class Slow: Recipes.Converter {
        private let looks = Mutex(0)
        private let needed: Int

        init(needed: Int) { self.needed = needed }

        func submit(_ file: String) async throws -> String { "job \(file)" }

        func result(of job: String) async throws -> String? {
            let looks = looks.withLock { looks in
                looks += 1
                return looks
            }
            return looks < needed ? nil : "\(job) is done"
        }
    }

    @Test func `a job is looked for until it is done`() async throws {
        try await withRestate(Endpoint(Recipes.Conversion(converter: Slow(needed: 4)))) { restate in
            let began = restate.clock.now
            let result = try await restate.service(Recipes.Conversion.self).convert("film")
            #expect(result == "job film is done")
            #expect(restate.clock.now.timeIntervalSince(began) == 1 + 2 + 4)
        }
    }

    @Test func `what fails for good is kept, and can be tried again`() async throws {
        let gateway = Gateway(busyTimes: 3)
        try await withRestate(Endpoint(Recipes.Till(gateway: gateway), Recipes.DeadLetters())) {
            restate in
            try await restate.service(Recipes.Till.self).charge(Order(id: "7"))
            try await restate.settle()
            let letters = restate.object(Recipes.DeadLetters.self, "charges")
            let kept = try await letters.list()
            #expect(kept.map(\.order.id) == ["7"])
            #expect(gateway.balance == [:])
            try await #expect(letters.tryAgain() == 1)
            try await restate.settle()
            try await #expect(letters.list().isEmpty)
            #expect(gateway.balance == ["7": 100])
        }
    }
}
