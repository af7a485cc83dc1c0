import Restate
import RestateTesting
import Testing

// docs/guide/awakeables-and-signals.md

struct Expenses: Service {
    let mailer: any Mailer

    func claim(_ ctx: Context, amount: Int) async throws -> String {
        let approval = ctx.awakeable(Bool.self)
        let (mailer, id) = (mailer, approval.id)
        try await ctx.run("ask") {
            try await mailer.send("Approve \(amount)? \(id)", to: "boss@example.com")
        }
        return try await approval.value ? "paid" : "refused"
    }

    struct API: HandlerTable {
        let claim = handler(Expenses.claim)
    }
}

struct Inbox: Service {
    func decide(_ ctx: Context, decision: Decision) async throws {
        guard decision.approval.isWellFormed else {
            throw TerminalError("'\(decision.approval)' is no id of an approval", code: 400)
        }
        ctx.resolve(decision.approval, with: decision.isYes)
    }

    func lose(_ ctx: Context, approval: AwakeableID<Bool>) async throws {
        ctx.reject(approval, TerminalError("The letter was lost", code: 410))
    }

    struct API: HandlerTable {
        let decide = handler(Inbox.decide)
        let lose = handler(Inbox.lose)
    }
}

struct Decision: Codable, Sendable {
    var approval: AwakeableID<Bool>
    var isYes: Bool
}

struct Download: Service {
    func fetch(_ ctx: Context, url: String) async throws -> String {
        let stop = ctx.signal("stop", as: String.self)
        return try await ctx.select(
            .when(ctx.timer(.seconds(3600))) { "done: \(url)" },
            .when(stop) { "stopped: \($0)" })
    }

    struct API: HandlerTable {
        let fetch = handler(Download.fetch)
    }
}

struct Console: Service {
    func stop(_ ctx: Context, download: InvocationID<String>) async throws {
        ctx.sendSignal("stop", to: download, with: "by the console")
    }

    struct API: HandlerTable {
        let stop = handler(Console.stop)
    }
}

struct AwakeablesPage {
    @Test func `a claim goes on when it is decided`() async throws {
        let mail = SentMail()
        try await withRestate(Endpoint(Expenses(mailer: mail), Inbox())) { restate in
            let claims = restate.service(Expenses.self).claim
            let yes = try await claims.send(100)
            let lost = try await claims.send(200)
            try await restate.settle()
            let ids = mail.texts.sorted().map { AwakeableID<Bool>($0.split(separator: " ").last!) }
            let inbox = restate.service(Inbox.self)
            try await inbox.decide(Decision(approval: ids[0], isYes: true))
            try await inbox.lose(ids[1])
            let answer = try await yes.attach()
            #expect(answer == "paid")
            let error = await #expect(throws: TerminalError.self) { try await lost.attach() }
            #expect(error?.code == 410)
        }
    }

    @Test func `a decision about what is no approval is refused`() async throws {
        try await withRestate(Endpoint(Inbox())) { restate in
            let error = await #expect(throws: TerminalError.self) {
                try await restate.service(Inbox.self).decide(
                    Decision(approval: AwakeableID("the letter"), isYes: true))
            }
            #expect(error?.code == 400)
        }
    }

    @Test func `a signal by its name reaches the invocation`() async throws {
        try await withRestate(Endpoint(Download(), Console())) { restate in
            let download = try await restate.service(Download.self).fetch.send("a.zip")
            try await restate.settle()
            try await restate.service(Console.self).stop(download.id)
            let text = try await download.attach()
            #expect(text == "stopped: by the console")
        }
    }
}

extension AwakeableID {
    fileprivate init(_ text: Substring) { self.init(String(text)) }
}
