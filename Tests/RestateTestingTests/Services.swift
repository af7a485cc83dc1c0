import Foundation
import Restate
import Synchronization

/// An object with one number.
struct Counter: VirtualObject {
    static let count = StateKey<Int>("count", default: 0)
    static let note = StateKey<String?>("note")

    func add(_ ctx: ObjectContext, amount: Int) async throws -> Int {
        let sum = try await ctx.get(Self.count) + amount
        ctx.set(Self.count, sum)
        return sum
    }

    func get(_ ctx: SharedObjectContext) async throws -> Int { try await ctx.get(Self.count) }

    func explain(_ ctx: ObjectContext) async throws -> String? { try await ctx.get(Self.note) }

    struct API: HandlerTable {
        let add = exclusive(Counter.add)
        let get = shared(Counter.get)
        let explain = exclusive(Counter.explain).ingressPrivate()
    }
}

struct Broken: Error, CustomStringConvertible {
    var description: String { "broken" }
}

/// Handlers that fail and wait in all ways.
struct Shop: Service {
    var charge: @Sendable (Int) async throws -> String = { "receipt-\($0)" }

    func buy(_ ctx: Context, price: Int) async throws -> String {
        let charge = charge
        let receipt = try await ctx.run("charge") { try await charge(price) }
        _ = try await ctx.object(Counter.self, "sold").add(1)
        return receipt
    }

    func retry(_ ctx: Context) async throws -> String {
        let charge = charge
        return try await ctx.run("charge", retry: RunRetryPolicy(maxAttempts: 3)) {
            try await charge(1)
        }
    }

    func refuse(_ ctx: Context) async throws {
        throw TerminalError("Sold out", code: 409, metadata: ["seat": "7"])
    }

    func fail(_ ctx: Context) async throws { throw Broken() }

    func callFailing(_ ctx: Context) async throws { try await ctx.service(Shop.self).fail() }

    func sendFailing(_ ctx: Context) async throws { ctx.service(Shop.self).fail.send() }

    func sleep(_ ctx: Context, seconds: Int) async throws -> Date {
        try await ctx.sleep(.seconds(seconds))
        return try await ctx.now()
    }

    func approve(_ ctx: Context) async throws -> Bool {
        let approval = ctx.awakeable(Bool.self)
        try await ctx.run("ask") { [id = approval.id] in asked(id) }
        return try await approval.orTimeout(.seconds(3600)).value
    }

    func wait(_ ctx: Context) async throws -> Bool { try await ctx.awakeable(Bool.self).value }

    func both(_ ctx: Context) async throws -> [Int] {
        let one = ctx.start("one") { 1 }
        let two = ctx.start("two") { 2 }
        let (first, second) = try await ctx.all(one, two).value
        return [first, second]
    }

    func header(_ ctx: Context) async throws -> String? {
        ctx.request.headers.first { $0.name == "x-test" }?.value
    }

    func attempts(_ ctx: Context) async throws -> Int {
        passes.add()
        try await ctx.sleep(.seconds(1))
        try await ctx.sleep(.seconds(1))
        return passes.value
    }

    var asked: @Sendable (AwakeableID<Bool>) -> Void = { _ in }
    var passes = Passes()

    struct API: HandlerTable {
        let buy = handler(Shop.buy)
        let retry = handler(Shop.retry)
        let refuse = handler(Shop.refuse)
        let fail = handler(Shop.fail).retryPolicy(InvocationRetryPolicy(maxAttempts: 3))
        let callFailing = handler(Shop.callFailing)
        let sendFailing = handler(Shop.sendFailing)
        let sleep = handler(Shop.sleep)
        let approve = handler(Shop.approve)
        let wait = handler(Shop.wait)
        let both = handler(Shop.both)
        let header = handler(Shop.header)
        let attempts = handler(Shop.attempts)
    }
}

/// Counts from any thread.
final class Passes: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
}

struct Signup: Workflow {
    static let confirmed = PromiseKey<String>("confirmed")
    static let name = StateKey<String?>("name")

    func run(_ ctx: WorkflowContext, name: String) async throws -> String {
        ctx.set(Self.name, name)
        let by = try await ctx.promise(Self.confirmed).value
        return "\(name) confirmed by \(by)"
    }

    func confirm(_ ctx: SharedWorkflowContext, by: String) async throws {
        try await ctx.resolve(Self.confirmed, with: by)
    }

    struct API: HandlerTable {
        let run = workflow(Signup.run)
        let confirm = shared(Signup.confirm)
    }
}
