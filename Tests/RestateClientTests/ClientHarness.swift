import Foundation
import Restate
import RestateClient
import RestateLocal

/// Runs `body` with a local runtime on free ports that has these services.
func withClient(
    _ services: any RestateService...,
    body: (_ client: RestateClient, _ admin: RestateAdmin) async throws -> Void
) async throws {
    try await withClient(of: services.isEmpty ? nil : Endpoint(services), body: body)
}

/// Runs `body` with a local runtime on free ports that has this endpoint.
func withClient(
    of endpoint: Endpoint?,
    body: (_ client: RestateClient, _ admin: RestateAdmin) async throws -> Void
) async throws {
    var settings = LocalServerSettings()
    settings.host = "127.0.0.1"
    settings.ingressPort = 0
    settings.adminPort = 0
    let server = try await LocalServer(settings).start()
    let result: Result<Void, any Error>
    do {
        if let endpoint { try await server.register(endpoint.quiet) }
        let client = RestateClient(ingress: try url(server.ingressURL))
        result = .success(try await body(client, RestateAdmin(try url(server.adminURL))))
    } catch {
        result = .failure(error)
    }
    await server.shutdown()
    try result.get()
}

func url(_ text: String) throws -> URL {
    guard let url = URL(string: text) else { throw URLError(.badURL) }
    return url
}

struct Greeter: Service {
    func greet(_ ctx: Context, name: String) async throws -> String { "Hello, \(name)" }
    func maybe(_ ctx: Context, name: String?) async throws -> String? { name }
    func nothing(_ ctx: Context) async throws {}
    func header(_ ctx: Context, name: String) async throws -> String? {
        ctx.request.header(name)
    }
    func refuse(_ ctx: Context, code: Int) async throws -> String {
        throw TerminalError("No", code: UInt16(code), metadata: ["why": "because"])
    }
    func wait(_ ctx: Context, counter: String) async throws -> String {
        let promise = ctx.awakeable(String.self)
        ctx.object(Counter.self, counter).note.send(promise.id.rawValue)
        return try await promise.value
    }

    struct API: HandlerTable {
        let greet = handler(Greeter.greet)
        let maybe = handler(Greeter.maybe)
        let nothing = handler(Greeter.nothing)
        let header = handler(Greeter.header)
        let refuse = handler(Greeter.refuse)
        let wait = handler(Greeter.wait)
    }
}

struct Counter: VirtualObject {
    static let count = StateKey<Int>("count", default: 0)
    static let lastNote = StateKey<String?>("noted")

    func add(_ ctx: ObjectContext, amount: Int) async throws -> Int {
        let sum = try await ctx.get(Self.count) + amount
        ctx.set(Self.count, sum)
        return sum
    }
    func get(_ ctx: SharedObjectContext) async throws -> Int { try await ctx.get(Self.count) }
    func note(_ ctx: ObjectContext, text: String) async throws { ctx.set(Self.lastNote, text) }
    func noted(_ ctx: SharedObjectContext) async throws -> String? {
        try await ctx.get(Self.lastNote)
    }

    struct API: HandlerTable {
        let add = exclusive(Counter.add)
        let get = shared(Counter.get)
        let note = exclusive(Counter.note)
        let noted = shared(Counter.noted)
    }
}

struct Signup: Workflow {
    static let approval = PromiseKey<Bool>("approval")

    func run(_ ctx: WorkflowContext, name: String) async throws -> String {
        try await ctx.promise(Self.approval).value ? "\(name) is in" : "\(name) is out"
    }
    func approve(_ ctx: SharedWorkflowContext) async throws {
        try await ctx.resolve(Self.approval, with: true)
    }

    struct API: HandlerTable {
        let run = workflow(Signup.run)
        let approve = shared(Signup.approve)
    }
}
