import CanonicalJSON
import Restate

/// Awakeables and signals that come twice, early, or for nobody.
extension Tour2Futures {
    struct Race: Codable, Sendable {
        var names: [String]
        var send: String
        var value: String
    }

    struct Sending: Codable, Sendable {
        var name: String
        var values: [String]
    }

    struct Counted: Codable, Sendable {
        var name: String
        var count: Int
    }

    struct Woken: Codable, Sendable {
        var value: String
        var reason: String
        var refuseFirst: Bool
    }

    func signals(_ ctx: Context, names: [String]) async throws -> String {
        let signals = names.map { name in
            ctx.signal(name, as: String.self).map { "\(name): \($0)" }
        }
        return try await ctx.first(of: signals).value
    }

    func signalRace(_ ctx: Context, input: Race) async throws -> String {
        let call = ctx.service(Tour2Futures.self).signals.start(input.names)
        ctx.sendSignal(input.send, to: try await call.invocationID, with: input.value)
        return try await call.value
    }

    func lateSignal(_ ctx: Context, name: String) async throws -> String {
        try await ctx.sleep(.milliseconds(100))
        return try await ctx.signal(name, as: String.self).value
    }

    func signalTwice(_ ctx: Context, input: Sending) async throws -> String {
        let call = ctx.service(Tour2Futures.self).lateSignal.start(input.name)
        let id = try await call.invocationID
        for value in input.values { ctx.sendSignal(input.name, to: id, with: value) }
        return try await call.value
    }

    func signalsInTurn(_ ctx: Context, input: Counted) async throws -> [String] {
        var values: [String] = []
        for _ in 0..<input.count {
            values.append(try await ctx.signal(input.name, as: String.self).value)
        }
        return values
    }

    func sendInTurn(_ ctx: Context, input: Sending) async throws -> [String] {
        let call = ctx.service(Tour2Futures.self).signalsInTurn
            .start(Counted(name: input.name, count: input.values.count))
        let id = try await call.invocationID
        for value in input.values {
            try await ctx.sleep(.milliseconds(60))
            ctx.sendSignal(input.name, to: id, with: value)
        }
        return try await call.value
    }

    func unused(_ ctx: Context, value: JSONValue) async throws -> JSONValue {
        _ = ctx.awakeable(JSONValue.self)
        let awakeable = ctx.awakeable(JSONValue.self)
        ctx.service(Tour2.self).wake.send(Tour2.WakeUp(id: awakeable.id, value: value))
        return try await awakeable.value
    }

    func wokenTwice(_ ctx: Context, values: [String]) async throws -> JSONValue {
        let awakeable = ctx.awakeable(JSONValue.self)
        for value in values { try await Self.wake(awakeable.id, with: value, ctx) }
        try await ctx.sleep(.milliseconds(30))
        return try await awakeable.value
    }

    func wokenAgain(_ ctx: Context, values: [String]) async throws -> [String] {
        let awakeable = ctx.awakeable(JSONValue.self)
        var got: [String] = []
        for value in values {
            try await Self.wake(awakeable.id, with: value, ctx)
            got.append(try text(await awakeable.value))
            try await ctx.sleep(.milliseconds(10), name: got.joined(separator: ","))
        }
        return got
    }

    func wokenAndRefused(_ ctx: Context, input: Woken) async throws -> JSONValue {
        let awakeable = ctx.awakeable(JSONValue.self)
        let refusal = Tour2.Refusal(id: awakeable.id, code: 403, message: input.reason)
        let refuse = ctx.service(Tour2.self).refuse
        if input.refuseFirst { try await refuse(refusal) }
        try await Self.wake(awakeable.id, with: input.value, ctx)
        if !input.refuseFirst { try await refuse(refusal) }
        try await ctx.sleep(.milliseconds(30))
        return try await valueOrTold { try await awakeable.value }
    }

    func wokenInTime(_ ctx: Context, value: JSONValue) async throws -> JSONValue {
        let awakeable = ctx.awakeable(JSONValue.self)
        ctx.service(Tour2.self).wake.send(Tour2.WakeUp(id: awakeable.id, value: value))
        return try await awakeable.orTimeout(long).value
    }

    private nonisolated(nonsending) static func wake(
        _ id: AwakeableID<JSONValue>, with value: String, _ ctx: Context
    ) async throws {
        try await ctx.service(Tour2.self).wake(Tour2.WakeUp(id: id, value: .string(value)))
    }
}
