import Restate

/// Values from outside: awakeables, which have an id of their own, and signals, which have a name.
extension Tour {
    struct WakeUp: Codable, Sendable {
        var id: AwakeableID<String>
        var value: String
    }

    struct Refusal: Codable, Sendable {
        var id: AwakeableID<String>
        var reason: String
    }

    func awakeable(_ ctx: Context) async throws -> String {
        let sleeper = ctx.awakeable(String.self)
        ctx.service(Tour.self).wake.send(WakeUp(id: sleeper.id, value: "good morning"))
        return try await sleeper.value
    }

    func awakeableRejected(_ ctx: Context) async throws -> String {
        let sleeper = ctx.awakeable(String.self)
        ctx.service(Tour.self).refuse.send(Refusal(id: sleeper.id, reason: "still asleep"))
        do {
            return try await sleeper.value
        } catch let error as TerminalError {
            return told(error)
        }
    }

    func wake(_ ctx: Context, input: WakeUp) async throws {
        ctx.resolve(input.id, with: input.value)
    }

    func refuse(_ ctx: Context, input: Refusal) async throws {
        ctx.reject(input.id, TerminalError(input.reason))
    }

    func waitSignal(_ ctx: Context, name: String) async throws -> String {
        try await ctx.signal(name, as: String.self).value
    }

    func signalChild(_ ctx: Context) async throws -> String {
        let child = ctx.service(Tour.self).waitSignal.start("go")
        ctx.sendSignal("go", to: try await child.invocationID, with: "went")
        return try await child.value
    }

    func signalChildRejected(_ ctx: Context) async throws -> String {
        let child = ctx.service(Tour.self).waitSignal.start("go")
        ctx.sendSignal("go", to: try await child.invocationID, failing: TerminalError("stop"))
        do {
            return try await child.value
        } catch let error as TerminalError {
            return told(error)
        }
    }

    func signalOrTimer(_ ctx: Context) async throws -> String {
        let signal = ctx.signal("never", as: String.self)
        let timer = ctx.timer(.milliseconds(20)).map { "timer" }
        return try await ctx.first(of: signal, timer).value
    }
}
