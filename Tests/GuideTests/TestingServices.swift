import Restate
import Synchronization

/// Charges a sale once, by its key.
final class Bank: Sendable {
    private let keys = Mutex<Set<String>>([])

    var charges: [String] { keys.withLock { $0.sorted() } }

    func charge(_ key: String) { keys.withLock { _ = $0.insert(key) } }
}

struct Till: Service {
    var bank = Bank()

    func sell(_ ctx: Context, seat: String) async throws -> String {
        let (bank, key) = (bank, ctx.request.id)
        let receipt = try await ctx.run("charge") {
            bank.charge(key)
            return "\(seat) for 100"
        }
        try await ctx.object(Seat.self, seat).take("till")
        return receipt
    }

    struct API: HandlerTable {
        let sell = handler(Till.sell)
    }
}

struct Seat: VirtualObject {
    static let owner = StateKey<String?>("owner")

    func reserve(_ ctx: ObjectContext, user: String) async throws {
        ctx.set(Self.owner, user)
        ctx.object(Seat.self, ctx.key).free.send(after: .seconds(900))
    }

    func take(_ ctx: ObjectContext, user: String) async throws { ctx.set(Self.owner, user) }

    func free(_ ctx: ObjectContext) async throws { ctx.clear(Self.owner) }

    func owner(_ ctx: SharedObjectContext) async throws -> String? {
        try await ctx.get(Self.owner)
    }

    struct API: HandlerTable {
        let reserve = exclusive(Seat.reserve)
        let take = exclusive(Seat.take)
        let free = exclusive(Seat.free)
        let owner = shared(Seat.owner)
    }
}

struct Approval: Workflow {
    static let approved = PromiseKey<Bool>("approved")

    func run(_ ctx: WorkflowContext, price: Int) async throws -> String {
        try await ctx.promise(Self.approved).value ? "sold for \(price)" : "not sold"
    }

    struct API: HandlerTable {
        let run = workflow(Approval.run)
    }
}
