#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Restate

/// Runs scripts of awaitables and combinators.
struct VirtualObjectCommandInterpreter: VirtualObject {
    static let results = StateKey<[String]>("results", default: [])

    static func awakeable(_ key: String) -> StateKey<AwakeableID<String>?> {
        StateKey("awk-\(key)")
    }

    struct Script: Codable, Sendable {
        var commands: [AwaitableCommand]
    }

    struct AwakeableValue: Codable, Sendable {
        var awakeableKey: String
        var value: String
    }

    struct AwakeableRefusal: Codable, Sendable {
        var awakeableKey: String
        var reason: String
    }

    /// The result of the last command; those of all are kept.
    func interpretCommands(_ ctx: ObjectContext, script: Script) async throws -> String {
        var last = ""
        for command in script.commands {
            last = try await result(of: command, ctx)
            ctx.set(Self.results, try await ctx.get(Self.results) + [last])
        }
        return last
    }

    func resolveAwakeable(_ ctx: SharedObjectContext, value: AwakeableValue) async throws {
        ctx.resolve(try await registered(value.awakeableKey, ctx), with: value.value)
    }

    func rejectAwakeable(_ ctx: SharedObjectContext, refusal: AwakeableRefusal) async throws {
        ctx.reject(
            try await registered(refusal.awakeableKey, ctx), TerminalError(refusal.reason))
    }

    func hasAwakeable(_ ctx: SharedObjectContext, key: String) async throws -> Bool {
        try await ctx.get(Self.awakeable(key)) != nil
    }

    func getResults(_ ctx: SharedObjectContext) async throws -> [String] {
        try await ctx.get(Self.results)
    }

    struct API: HandlerTable {
        let interpretCommands = exclusive(VirtualObjectCommandInterpreter.interpretCommands)
        let resolveAwakeable = shared(VirtualObjectCommandInterpreter.resolveAwakeable)
        let rejectAwakeable = shared(VirtualObjectCommandInterpreter.rejectAwakeable)
        let hasAwakeable = shared(VirtualObjectCommandInterpreter.hasAwakeable)
        let getResults = shared(VirtualObjectCommandInterpreter.getResults)
    }
}

extension VirtualObjectCommandInterpreter {
    private nonisolated(nonsending) func result(
        of command: AwaitableCommand, _ ctx: ObjectContext
    ) async throws -> String {
        switch command.type {
        case .awaitOne:
            return try await created(required(command.command, "command"), ctx).value
        case .awaitAny, .awaitFirstCompleted:
            return try await ctx.first(of: atLeastOne(command, ctx)).value
        case .awaitAnySuccessful, .awaitFirstSucceededOrAllFailed:
            return try await ctx.firstSuccess(of: atLeastOne(command, ctx)).value
        case .awaitAllSucceededOrFirstFailed:
            return try await ctx.all(all(command, ctx)).value.joined(separator: "|")
        case .awaitAllCompleted:
            return try await ctx.settled(all(command, ctx)).value.map(told).joined(separator: "|")
        case .awaitAwakeableOrTimeout:
            let awakeable = registeredAwakeable(
                try required(command.awakeableKey, "awakeableKey"), ctx)
            let timer = ctx.timer(try timeout(command.timeoutMillis)).map { () -> String in
                throw TerminalError("await-timeout")
            }
            return try await ctx.first(of: awakeable, timer).value
        case .resolveAwakeable:
            let id = try await registered(required(command.awakeableKey, "awakeableKey"), ctx)
            ctx.resolve(id, with: try required(command.value, "value"))
            return ""
        case .rejectAwakeable:
            let id = try await registered(required(command.awakeableKey, "awakeableKey"), ctx)
            ctx.reject(id, TerminalError(try required(command.reason, "reason")))
            return ""
        case .getEnvVariable:
            let name = try required(command.envName, "envName")
            return try await ctx.run("") { ProcessInfo.processInfo.environment[name] ?? "" }
        }
    }

    /// Creates all of a command's awaitables, in order.
    private func all(
        _ command: AwaitableCommand, _ ctx: ObjectContext
    ) throws -> [DurableFuture<String>] {
        try required(command.commands, "commands").map { try created($0, ctx) }
    }

    private func atLeastOne(
        _ command: AwaitableCommand, _ ctx: ObjectContext
    ) throws -> [DurableFuture<String>] {
        let futures = try all(command, ctx)
        guard !futures.isEmpty else {
            throw TerminalError("The first of nothing never comes", code: 400)
        }
        return futures
    }

    private func created(
        _ awaitable: Awaitable, _ ctx: ObjectContext
    ) throws -> DurableFuture<String> {
        switch awaitable.type {
        case .createAwakeable:
            return registeredAwakeable(
                try required(awaitable.awakeableKey, "awakeableKey"), ctx)
        case .sleep:
            return ctx.timer(try timeout(awaitable.timeoutMillis)).map { "sleep" }
        case .runReturns:
            let value = try required(awaitable.value, "value")
            return ctx.start("") {
                try await Task.sleep(for: .milliseconds(1))
                return value
            }
        case .runThrowTerminalException:
            let reason = try required(awaitable.reason, "reason")
            return ctx.start("") { throw TerminalError(reason) }
        case .createSignal:
            return ctx.signal(try required(awaitable.signalName, "signalName"))
        }
    }

    /// A new awakeable, whose id others find under a name.
    private func registeredAwakeable(
        _ key: String, _ ctx: ObjectContext
    ) -> Awakeable<String> {
        let awakeable = ctx.awakeable(String.self)
        ctx.set(Self.awakeable(key), awakeable.id)
        return awakeable
    }

    private nonisolated(nonsending) func registered(
        _ key: String, _ ctx: SharedObjectContext
    ) async throws -> AwakeableID<String> {
        guard let id = try await ctx.get(Self.awakeable(key)) else {
            throw TerminalError("No awakeable is registered as '\(key)'")
        }
        return id
    }

    private func timeout(_ milliseconds: Int?) throws -> Duration {
        .milliseconds(try required(milliseconds, "timeoutMillis"))
    }

    private func told(_ result: Result<String, any Error>) -> String {
        switch result {
        case .success(let value): "ok:\(value)"
        case .failure(let error as TerminalError): "err:\(error.message)"
        case .failure(let error): "err:\(error)"
        }
    }
}
