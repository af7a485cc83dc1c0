import Restate

// The services against which the HTTP questions were recorded, as far as those questions go: what
// none of them calls is there by name only.

struct Counter: VirtualObject {
    static let counter = StateKey<Int>("counter", default: 0)

    struct Change: Codable {
        var oldValue: Int
        var newValue: Int
    }

    func add(_ ctx: ObjectContext, number: Int) async throws -> Change {
        let old = try await ctx.get(Self.counter)
        ctx.set(Self.counter, old + number)
        return Change(oldValue: old, newValue: old + number)
    }

    func addThenFail(_ ctx: ObjectContext, number: Int) async throws {
        _ = try await add(ctx, number: number)
        throw TerminalError(ctx.key)
    }

    func get(_ ctx: ObjectContext) async throws -> Int { try await ctx.get(Self.counter) }

    func reset(_ ctx: ObjectContext) async throws { ctx.clear(Self.counter) }

    struct API: HandlerTable {
        let add = exclusive(Counter.add)
        let addThenFail = exclusive(Counter.addThenFail)
        let get = exclusive(Counter.get)
        let reset = exclusive(Counter.reset)
    }
}

struct MapObject: VirtualObject {
    struct Entry: Codable {
        var key: String
        var value: String
    }

    func set(_ ctx: ObjectContext, entry: Entry) async throws {
        ctx.set(StateKey<String?>(entry.key), entry.value)
    }

    func get(_ ctx: ObjectContext, key: String) async throws -> String {
        try await ctx.get(StateKey<String?>(key)) ?? ""
    }

    func clearAll(_ ctx: ObjectContext) async throws { ctx.clearAll() }

    struct API: HandlerTable {
        let set = exclusive(MapObject.set)
        let get = exclusive(MapObject.get)
        let clearAll = exclusive(MapObject.clearAll)
    }
}

struct BlockAndWaitWorkflow: Workflow {
    static let input = StateKey<String?>("input")
    static let released = PromiseKey<String>("released")

    func run(_ ctx: WorkflowContext, input: String) async throws -> String {
        ctx.set(Self.input, input)
        return try await ctx.promise(Self.released).value
    }

    func unblock(_ ctx: SharedWorkflowContext, output: String) async throws {
        try await ctx.resolve(Self.released, with: output)
    }

    func getState(_ ctx: SharedWorkflowContext) async throws -> String? {
        try await ctx.get(Self.input)
    }

    struct API: HandlerTable {
        let run = workflow(BlockAndWaitWorkflow.run)
        let unblock = shared(BlockAndWaitWorkflow.unblock)
        let getState = shared(BlockAndWaitWorkflow.getState)
    }
}

struct Proxy: Service {
    struct Request: Codable {
        var serviceName: String
    }

    func call(_ ctx: Context, request: Request) async throws -> [Int] { [] }

    struct API: HandlerTable {
        let call = handler(Proxy.call)
        let oneWayCall = handler(Proxy.call)
        let manyCalls = handler(Proxy.call)
    }
}

struct TestUtilsService: Service {
    func echo(_ ctx: Context, text: String) async throws -> String { text }

    func uppercaseEcho(_ ctx: Context, text: String) async throws -> String { text.uppercased() }

    func echoHeaders(_ ctx: Context) async throws -> [String: String] {
        Dictionary(ctx.request.headers.map { ($0.name, $0.value) }) { first, _ in first }
    }

    func rawEcho(_ ctx: Context, bytes: [UInt8]) async throws -> [UInt8] { bytes }

    struct API: HandlerTable {
        let echo = handler(TestUtilsService.echo)
        let uppercaseEcho = handler(TestUtilsService.uppercaseEcho)
        let echoHeaders = handler(TestUtilsService.echoHeaders)
        let rawEcho = handler(TestUtilsService.rawEcho).rawInput().rawOutput()
        let countExecutedSideEffects = handler(TestUtilsService.echo)
        let cancelInvocation = handler(TestUtilsService.echo)
        let resolveSignal = handler(TestUtilsService.echo)
        let rejectSignal = handler(TestUtilsService.echo)
    }
}

struct Failing: VirtualObject {
    struct Failure: Codable {
        var errorMessage: String
        var metadata: [String: String]?
    }

    func terminallyFailingCall(_ ctx: ObjectContext, failure: Failure) async throws {
        throw TerminalError(failure.errorMessage, metadata: failure.metadata ?? [:])
    }

    struct API: HandlerTable {
        let terminallyFailingCall = exclusive(Failing.terminallyFailingCall)
        let callTerminallyFailingCall = exclusive(Failing.terminallyFailingCall)
        let failingCallWithEventualSuccess = exclusive(Failing.terminallyFailingCall)
        let terminallyFailingSideEffect = exclusive(Failing.terminallyFailingCall)
        let sideEffectSucceedsAfterGivenAttempts = exclusive(Failing.terminallyFailingCall)
        let sideEffectFailsAfterGivenAttempts = exclusive(Failing.terminallyFailingCall)
    }
}

struct VirtualObjectCommandInterpreter: VirtualObject {
    struct Commands: Codable {
        struct Command: Codable {
            struct Inner: Codable {
                var type: String
                var awakeableKey: String
            }
            var type: String
            var command: Inner
        }
        var commands: [Command]
    }

    private func key(_ name: String) -> StateKey<String?> { StateKey("awk-\(name)") }

    /// Knows one command: wait for an awakeable whose id is kept under a name.
    func interpretCommands(_ ctx: ObjectContext, input: Commands) async throws -> String {
        var result = ""
        for command in input.commands {
            let awakeable = ctx.awakeable(String.self)
            ctx.set(key(command.command.awakeableKey), awakeable.id.text)
            result = try await awakeable.value
        }
        return result
    }

    func hasAwakeable(_ ctx: SharedObjectContext, name: String) async throws -> Bool {
        try await ctx.get(key(name)) != nil
    }

    struct API: HandlerTable {
        let interpretCommands = exclusive(VirtualObjectCommandInterpreter.interpretCommands)
        let hasAwakeable = shared(VirtualObjectCommandInterpreter.hasAwakeable)
        let resolveAwakeable = shared(VirtualObjectCommandInterpreter.hasAwakeable)
        let rejectAwakeable = shared(VirtualObjectCommandInterpreter.hasAwakeable)
        let getResults = shared(VirtualObjectCommandInterpreter.hasAwakeable)
    }
}
