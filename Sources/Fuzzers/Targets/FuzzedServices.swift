import Restate

/// Echoes under the names that the recorded questions use.
struct FuzzedService: Service {
    static let name = "Ser"

    func str(_ ctx: Context, body: [UInt8]) async throws -> [UInt8] { body }
    func opt(_ ctx: Context, value: String?) async throws -> String? { value }
    func typed(_ ctx: Context, value: [String: Int]) async throws -> [String: Int] { value }
    func count(_ ctx: Context) async throws -> Int { try await ctx.run("one") { 1 } }

    struct API: HandlerTable {
        let str = handler(FuzzedService.str).rawInput().rawOutput()
        let opt = handler(FuzzedService.opt)
        let typed = handler(FuzzedService.typed)
        let count = handler(FuzzedService.count)
    }
}

struct FuzzedObject: VirtualObject {
    static let name = "Obj"

    static let sum = StateKey<Int>("n", default: 0)

    func add(_ ctx: ObjectContext, amount: Int) async throws -> Int {
        let sum = try await ctx.get(Self.sum) &+ amount
        ctx.set(Self.sum, sum)
        return sum
    }
    func get(_ ctx: SharedObjectContext) async throws -> Int { try await ctx.get(Self.sum) }

    struct API: HandlerTable {
        let add = exclusive(FuzzedObject.add)
        let get = shared(FuzzedObject.get)
    }
}

struct FuzzedWorkflow: Workflow {
    static let name = "Flow"

    func run(_ ctx: WorkflowContext, value: String?) async throws -> String? { value }

    struct API: HandlerTable {
        let run = workflow(FuzzedWorkflow.run)
    }
}
