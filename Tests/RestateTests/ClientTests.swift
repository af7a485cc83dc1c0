import Foundation
import Restate
import RestateProtocol
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ClientTests {
    @Test func `a call is named by the table's property`() async throws {
        let lines = try await lines { ctx in try await ctx.service(Echo.self).echo("x") }
        #expect(lines == [#"Call 2 Echo/echo "x""#, "Suspension [2, cancel]"])
    }

    @Test func `no argument and nil are zero bytes`() async throws {
        let lines = try await lines { ctx in
            ctx.service(Echo.self).maybe.send()
            ctx.service(Echo.self).maybe.send(nil)
            ctx.service(Echo.self).maybe.send("x")
            ctx.service(Echo.self).ping.send()
            ctx.call(service: "Elsewhere", handler: "do").send([])
            return 1
        }
        #expect(
            lines == [
                "Send 1 Echo/maybe ", "Send 2 Echo/maybe ", #"Send 3 Echo/maybe "x""#,
                "Send 4 Echo/ping ", "Send 5 Elsewhere/do ", "Output 1", "End",
            ])
    }

    @Test func `an output that is nil is zero bytes, for both sides`() async throws {
        let journal = Journal(later: [completed(.callCompletion, 2, "")])
        let lines = try await lines(journal) { ctx in
            try await ctx.service(Echo.self).same("x")
        }
        #expect(lines == [#"Call 2 Echo/same "x""#, "Output", "End"])
    }

    @Test func `a delay makes a send later, and none does not`() async throws {
        let lines = try await lines { ctx in
            ctx.service(Echo.self).ping.send(after: .seconds(1))
            ctx.service(Echo.self).ping.send(after: .zero)
            ctx.service(Echo.self).ping.send(after: .seconds(-1))
            return 1
        }
        #expect(
            lines == [
                "Send 1 Echo/ping  later", "Send 2 Echo/ping ", "Send 3 Echo/ping ", "Output 1",
                "End",
            ])
    }

    @Test func `a moment beyond the year 9999 is its last millisecond`() async throws {
        let moments = try await times { ctx in
            let ping = ctx.service(Echo.self).ping
            ping.send(after: .seconds(Int64.max))
            ctx.service(Echo.self).echo.send("x", at: Date(timeIntervalSince1970: 1e300))
            ctx.service(Echo.self).echo.send("x", at: Date(timeIntervalSince1970: .nan))
            ctx.service(Echo.self).echo.send("x", at: Date(timeIntervalSince1970: -5))
            _ = ctx.timer(.seconds(Int64.max))
            _ = ctx.timer(.seconds(1e19))
            return 1
        }
        let latest: UInt64 = 253_402_300_799_999
        #expect(moments == [latest, latest, latest, 1, latest, latest])
    }

    @Test func `a handler that its table computes ends the attempt that calls it`() async throws {
        for call in Computed.calls {
            let lines = try await lines { ctx in
                try await call(ctx.service(Computed.self))
                try await ctx.sleep(.zero)
                return 1
            }
            let line = try #require(lines.first)
            #expect(lines.count == 1)
            #expect(
                line.hasPrefix("Error 500 call \"Computed/\" at RestateTests/ClientTests.swift:"))
            #expect(
                line.hasSuffix(
                    "Handlers must be stored properties of API: write 'let', and no computed "
                        + "property"))
        }
    }

    @Test func `a callee's terminal error is thrown with its metadata`() async throws {
        let failure = failed(
            .callCompletion, 2, 404, "no such seat", metadata: [Header(key: "seat", value: "9")])
        let lines = try await lines(Journal(later: [failure])) { ctx in
            do {
                return try await ctx.service(Echo.self).echo("x")
            } catch let error as TerminalError {
                return "\(error.code) \(error.message) \(error.metadata["seat"] ?? "-")"
            }
        }
        #expect(lines.suffix(2) == [#"Output "404 no such seat 9""#, "End"])
    }

    @Test func `an answer of another type than the handler's fails the attempt`() async throws {
        let journal = Journal(later: [completed(.callCompletion, 2, "[1]")])
        let lines = try await lines(journal) { ctx in try await ctx.service(Echo.self).echo("x") }
        #expect(lines.count == 2)
        #expect(lines.last?.hasPrefix("Error 500 ") == true)
    }

    @Test func `an awakeable's id says whose it is, and travels as a plain string`() async throws {
        let lines = try await lines { ctx in
            let first = ctx.awakeable(Int.self)
            let second = ctx.awakeable(Int.self)
            return [first.id, second.id]
        }
        // "an id" with the numbers 17 and 18, in URL-safe base 64.
        #expect(
            lines == [#"Output ["sign_1YW4gaWQAAAAR","sign_1YW4gaWQAAAAS"]"#, "End"])
    }

    @Test func `an awakeable is completed by its id`() async throws {
        let lines = try await lines { ctx in
            ctx.resolve(AwakeableID<Int>("sign_1x"), with: 7)
            ctx.reject(AwakeableID<Int>("sign_1y"), TerminalError("no", code: 422))
            return 1
        }
        #expect(
            lines == [
                "CompleteAwakeable sign_1x 7", "CompleteAwakeable sign_1y failure 422 no",
                "Output 1", "End",
            ])
    }

    @Test(arguments: [
        "", "lunch", "sign_1x", "sign_2YW4gaWQAAAAR", "inv_1gdJBtdVEcM942bjcDmb1c1khoaJe11Hbz",
    ])
    func `a text that cannot be the id of an awakeable is told from one`(text: String) {
        #expect(!AwakeableID<Int>(text).isWellFormed)
        let bytes = String(repeating: "A", count: 38)
        #expect(AwakeableID<Int>("sign_1\(bytes)").isWellFormed)
    }

    @Test(arguments: ["", "lunch", "inv_1", "inv_1zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"])
    func `a text that cannot be the id of an invocation is told from one`(text: String) {
        #expect(!InvocationID<Int>(text).isWellFormed)
        #expect(InvocationID<Int>("inv_1gdJBtdVEcM942bjcDmb1c1khoaJe11Hbz").isWellFormed)
    }

    @Test func `an invocation is cancelled and signalled by its id`() async throws {
        let id = InvocationID<Int>("inv_9")
        let lines = try await lines { ctx in
            ctx.cancel(id)
            ctx.sendSignal("go", to: id, with: [1])
            ctx.sendSignal("go", to: id, failing: TerminalError("no"))
            return 1
        }
        #expect(
            lines == [
                "Signal inv_9 cancel", "Signal inv_9 go [1]", "Signal inv_9 go failure 500 no",
                "Output 1", "End",
            ])
    }

    @Test func `a promise is completed once`() async throws {
        let journal = Journal(
            later: [failed(.completePromiseCompletion, 1, 409, "promise was already completed")])
        let lines = try await lines(journal) { ctx in
            try await ctx.resolve(PromiseKey<Int>("p"), with: 1)
            return 1
        }
        #expect(
            lines == [
                "CompletePromise 1 p 1", "Output failure 409 promise was already completed", "End",
            ])
    }

    @Test func `a peek need not be waited for, and can be combined`() async throws {
        let unknown = NotificationMessage(.peekPromiseCompletion, .completion(2), .void)
        let lines = try await lines(Journal(later: [unknown])) { ctx in
            _ = ctx.startPeek(PromiseKey<Int>("p"))
            let second = ctx.startPeek(PromiseKey<Int>("q")).map { $0 == nil }
            let timer = ctx.timer(.seconds(60)).map { false }
            return try await ctx.first(of: timer, second).value
        }
        #expect(
            lines == ["PeekPromise 1 p", "PeekPromise 2 q", "Sleep 3", "Output true", "End"])
    }

    @Test func `the request says what the invocation was called with`() async throws {
        var journal = Journal()
        journal.input = "{}"
        let lines = try await lines(journal) { ctx in
            [
                ctx.key, ctx.invocationID, ctx.request.id,
                String(decoding: ctx.request.body, as: UTF8.self),
            ]
        }
        #expect(lines == [#"Output ["key","inv_1","inv_1","{}"]"#, "End"])
    }
}

/// The times of all timers and delayed calls, in order.
private func times(
    _ body: @escaping @Sendable (WorkflowContext) async throws -> Int
) async throws -> [UInt64] {
    try await frames(body).compactMap { frame in
        switch frame.type {
        case .sleepCommand: try SleepCommand(decoding: frame.payload).wakeUpTime
        case .oneWayCallCommand: try OneWayCallCommand(decoding: frame.payload).invokeTime
        default: nil
        }
    }
}

private struct Computed: Service {
    func ping(_ ctx: Context) async throws {}

    struct API: HandlerTable {
        let stored = handler(Computed.ping)
        var ping: Handler<Computed, Void, Void> { handler(Computed.ping) }
    }

    static let calls: [@Sendable (Client<Computed>) async throws -> Void] = [
        { client in try await client.ping() },
        { client in client.ping.send() },
        { client in try await client.ping.start().value },
    ]
}
