import Foundation
import Restate
import RestateTesting
import Testing

// docs/guide/runs.md

struct Payments: Service {
    let gateway: Gateway

    func pay(_ ctx: Context, order: Order) async throws -> String {
        let gateway = gateway
        let receipt = try await ctx.run("charge", retry: RunRetryPolicy(maxAttempts: 3)) {
            try await gateway.charge(order)
        }
        return receipt
    }

    struct API: HandlerTable {
        let pay = handler(Payments.pay)
    }
}

struct Chores: Service {
    func shapes(_ ctx: Context, path: String) async throws -> [String] {
        let size = try await ctx.run("size") {  // the result is Codable and Sendable
            try FileManager.default.attributesOfItem(atPath: path).count
        }
        try await ctx.run("note") { print("read \(path)") }  // no result
        let first = ctx.start("first") { 1 }  // a future: both run side by side
        let second = ctx.start("second") { 2 }
        let sum = try await ctx.all(first, second).map { $0 + $1 }.value
        let dice = Int.random(in: 1...6, using: &ctx.random)
        let id = ctx.uuid()
        let time = try await ctx.now()
        for (name, _) in ["b": 1, "a": 2].sorted(by: { $0.key < $1.key }) {
            try await ctx.run(name) {}
        }
        return ["\(size > 0)", "\(sum)", "\((1...6).contains(dice))", "\(id)", "\(time)"]
    }

    func policies(_ ctx: Context) async throws {
        let policy = RunRetryPolicy(
            initialInterval: .milliseconds(100),  // before the first retry
            factor: 2, maxInterval: .seconds(30),
            maxAttempts: 10,  // executions in all
            maxDuration: .seconds(600),  // since the first one
            onExhaustion: .pause)  // or .fail, which is what happens otherwise
        try await ctx.run("with a policy", retry: policy) {}
    }

    struct API: HandlerTable {
        let shapes = handler(Chores.shapes)
        let policies = handler(Chores.policies)
    }
}

struct RunsPage {
    @Test func `an order is paid once, though the gateway fails at first`() async throws {
        let gateway = Gateway()
        try await withRestate(Endpoint(Payments(gateway: gateway))) { restate in
            restate.fail("charge", times: 2)
            let receipt = try await restate.service(Payments.self).pay(Order(id: "7"))
            #expect(receipt == "receipt 7")
            #expect(restate.executions(of: "charge") == 3)
        }
    }

    @Test func `a run that is out of attempts ends the invocation`() async throws {
        try await withRestate(Endpoint(Payments(gateway: Gateway()))) { restate in
            restate.fail("charge", times: 3)
            await #expect(throws: TerminalError.self) {
                try await restate.service(Payments.self).pay(Order(id: "7"))
            }
        }
    }

    @Test func `steps of all shapes give their results`() async throws {
        try await withRestate(Endpoint(Chores())) { restate in
            let told = try await restate.service(Chores.self).shapes("/")
            #expect(told.prefix(3) == ["true", "3", "true"])
            try await restate.service(Chores.self).policies()
        }
    }
}
