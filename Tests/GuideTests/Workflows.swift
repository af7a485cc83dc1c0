import Foundation
import Restate
import RestateTesting
import Testing

// docs/guide/workflows.md

struct Signup: Workflow {
    static let clicked = PromiseKey<String>("clicked")
    static let step = StateKey<String>("step", default: "new")
    let mailer: any Mailer

    func run(_ ctx: WorkflowContext, address: String) async throws -> Bool {
        let secret = try await ctx.run("secret") { UUID().uuidString }
        let mailer = mailer
        ctx.set(Self.step, "mailed")
        try await ctx.run("mail") { try await mailer.send(secret, to: address) }
        let answer = try await ctx.promise(Self.clicked).orTimeout(.seconds(86_400))
            .recover { error in
                guard error.isTimeout else { throw error }
                return ""
            }
            .value
        ctx.set(Self.step, answer == secret ? "verified" : "given up")
        return answer == secret
    }

    func click(_ ctx: SharedWorkflowContext, secret: String) async throws {
        try await ctx.resolve(Self.clicked, with: secret)
    }

    func status(_ ctx: SharedWorkflowContext) async throws -> String {
        try await ctx.get(Self.step)
    }

    struct API: HandlerTable {
        let run = workflow(Signup.run).workflowRetention(.seconds(7 * 86_400))
        let click = shared(Signup.click)
        let status = shared(Signup.status)
    }
}

struct Desk: Service {
    func signUp(_ ctx: Context, address: String) async throws -> String {
        let signup = ctx.workflow(Signup.self, address)
        signup.run.send(address)  // begins it, once per key
        let status = try await signup.status()
        return status
    }

    struct API: HandlerTable {
        let signUp = handler(Desk.signUp)
    }
}

struct Poll: Workflow {
    static let vote = PromiseKey<Int>("vote")

    func run(_ ctx: WorkflowContext) async throws -> Int { try await ctx.promise(Self.vote).value }

    func peek(_ ctx: SharedWorkflowContext) async throws -> Int? {
        let vote = try await ctx.peek(Self.vote)  // nil until it is completed
        if vote == nil {
            try await ctx.reject(Self.vote, TerminalError("Nobody voted", code: 410))
        }
        return vote
    }

    struct API: HandlerTable {
        let run = workflow(Poll.run)
        let peek = shared(Poll.peek)
    }
}

struct WorkflowsPage {
    @Test func `whoever clicks in time is verified`() async throws {
        let mail = SentMail()
        try await withRestate(Endpoint(Signup(mailer: mail), Desk())) { restate in
            let signup = restate.workflow(Signup.self, "ada")
            let sent = try await signup.run.send("ada")
            try await restate.settle()
            let secret = String(mail.texts[0].dropFirst(5))
            try await signup.click(secret)
            let verified = try await sent.attach()
            let status = try await signup.status()
            #expect((verified, status) == (true, "verified"))
            _ = try await restate.service(Desk.self).signUp("bob")
        }
    }

    @Test func `whoever does not click is given up`() async throws {
        try await withRestate(Endpoint(Signup(mailer: SentMail()))) { restate in
            let verified = try await restate.workflow(Signup.self, "eve").run("eve")
            #expect(!verified)
        }
    }

    @Test func `a promise that is rejected fails whoever waits for it`() async throws {
        try await withRestate(Endpoint(Poll())) { restate in
            let run = try await restate.workflow(Poll.self, "1").run.send()
            let peeked = try await restate.workflow(Poll.self, "1").peek()
            #expect(peeked == nil)
            await #expect(throws: TerminalError.self) { try await run.attach() }
        }
    }
}
