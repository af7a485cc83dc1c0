import Restate

/// Executes programs, and counts. Three objects are the same but for their place: a program calls
/// only those of the next layer, so that no call waits for itself.
protocol ObjectInterpreter: VirtualObject where API == ObjectInterpreterAPI<Self> {
    static var layer: Int { get }
}

struct ObjectInterpreterL0: ObjectInterpreter {
    typealias API = ObjectInterpreterAPI<Self>
    static let layer = 0
}

struct ObjectInterpreterL1: ObjectInterpreter {
    typealias API = ObjectInterpreterAPI<Self>
    static let layer = 1
}

struct ObjectInterpreterL2: ObjectInterpreter {
    typealias API = ObjectInterpreterAPI<Self>
    static let layer = 2
}

struct ObjectInterpreterAPI<Object: ObjectInterpreter>: HandlerTable {
    let counter = shared(Object.counter)
    let interpret = exclusive(Object.interpret)
}

extension ObjectInterpreter {
    func counter(_ ctx: SharedObjectContext) async throws -> Int {
        try await ctx.get(counterKey)
    }

    func interpret(_ ctx: ObjectContext, program: Program) async throws {
        let me = InterpreterID(layer: Self.layer, key: ctx.key)
        let helper = ctx.service(ServiceInterpreterHelper.self)
        var pending: [Int: PendingResult] = [:]
        for (index, command) in program.commands.enumerated() {
            let hello = "hello-\(index)"
            switch command.kind {
            case .setState:
                let key = try required(command.key, "key")
                ctx.set(stateKey(key), "value-\(key)")
            case .getState:
                _ = try await ctx.get(stateKey(try required(command.key, "key")))
            case .clearState:
                ctx.clear(stateKey(try required(command.key, "key")))
            case .incrementCounter:
                ctx.set(counterKey, try await ctx.get(counterKey) + 1)
            case .incrementIndirectly:
                helper.incrementIndirectly.send(me)
            case .incrementIndirectlyLater:
                let delay = try required(command.duration, "duration")
                helper.incrementIndirectly.send(me, after: .milliseconds(delay))
            case .incrementViaAwakeableDance:
                try await dance(ctx, me)
            case .sleep:
                try await ctx.sleep(.milliseconds(try required(command.duration, "duration")))
            case .callEcho:
                pending[index] = .value(helper.echo.start(hello), expected: hello)
            case .callEchoLater:
                let later = ServiceInterpreterHelper.Later(
                    sleep: try required(command.sleep, "sleep"), parameter: hello)
                pending[index] = .value(helper.echoLater.start(later), expected: hello)
            case .run:
                let result = try await ctx.run("") { hello }
                guard result == hello else { throw unexpected(result, expected: hello) }
            case .flakyRun:
                try await ctx.run("") { if Bool.random() { throw OrdinaryError() } }
            case .slowRun:
                try await ctx.run("") { try await Task.sleep(for: .milliseconds(1)) }
            case .recoverFailure:
                try await PendingResult.failure(helper.terminalFailure.start()).check()
            case .callFailure:
                pending[index] = .failure(helper.terminalFailure.start())
            case .awaitPending:
                let position = try required(command.index, "index")
                guard let result = pending.removeValue(forKey: position) else {
                    throw TerminalError("Command \(position) left nothing to wait for")
                }
                try await result.check()
            case .resolvedAwakeable:
                let awakeable = ctx.awakeable(String.self)
                helper.resolveAwakeable.send(awakeable.id)
                pending[index] = .value(awakeable, expected: "ok")
            case .rejectedAwakeable:
                let awakeable = ctx.awakeable(String.self)
                helper.rejectAwakeable.send(awakeable.id)
                pending[index] = .failure(awakeable)
            case .callNextLayer:
                let next = InterpreterID(
                    layer: Self.layer + 1, key: "\(try required(command.key, "key"))")
                let program = try required(command.program, "program")
                pending[index] = .nothing(try ctx.interpret(at: next).start(program))
            }
        }
    }

    /// Two awakeables: the helper sends the id of its own to ours.
    private nonisolated(nonsending) func dance(
        _ ctx: ObjectContext, _ me: InterpreterID
    ) async throws {
        let ours = ctx.awakeable(AwakeableID<String>.self)
        ctx.service(ServiceInterpreterHelper.self).incrementViaAwakeableDance.send(
            ServiceInterpreterHelper.Dance(interpreter: me, txPromiseId: ours.id))
        ctx.resolve(try await ours.value, with: "ok")
    }
}

// A generic type cannot hold statics.

private let counterKey = StateKey<Int>("counter", default: 0)

private func stateKey(_ key: Int) -> StateKey<String?> { StateKey("key-\(key)") }

/// A result that a later command may wait for, and what it has to be. Many are never waited for.
private enum PendingResult {
    case value(DurableFuture<String>, expected: String)
    case failure(DurableFuture<String>)
    case nothing(DurableFuture<Void>)

    nonisolated(nonsending) func check() async throws {
        switch self {
        case .value(let future, let expected):
            let value = try await future.value
            guard value == expected else { throw unexpected(value, expected: expected) }
        case .failure(let future):
            let value: String
            do {
                value = try await future.value
            } catch let error as TerminalError where !error.isCancellation {
                return
            }
            throw unexpected(value, expected: "a failure")
        case .nothing(let future):
            try await future.value
        }
    }
}

private func unexpected(_ result: String, expected: String) -> TerminalError {
    TerminalError("'\(result)' instead of \(expected)")
}
