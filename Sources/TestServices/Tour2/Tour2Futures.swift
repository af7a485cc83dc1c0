import CanonicalJSON
import Restate

/// What futures can be made into, and in which order they are seen.
///
/// The handlers about awakeables and signals stand in an extension.
struct Tour2Futures: Service {
    struct Both: Codable, Sendable {
        var good: String
        var code: UInt16
    }

    private static func no(_ code: UInt16) -> Tour2.Failing {
        Tour2.Failing(code: code, message: "no")
    }

    func order(_ ctx: Context, milliseconds: [Int]) async throws -> [Int] {
        let sleeps = milliseconds.map { ctx.timer(.milliseconds($0)) }
        var places: [Int] = []
        for try await (index, _) in ctx.inCompletionOrder(sleeps) { places.append(index) }
        return places
    }

    func mapFailure(_ ctx: Context, code: UInt16) async throws -> String {
        try await ctx.service(Tour2.self).fail.start(Self.no(code))
            .map { "fine" }.recover { "mapped \(told($0))" }.value
    }

    func mapThrows(_ ctx: Context, code: UInt16) async throws -> String {
        let mapped = ctx.timer(.milliseconds(5)).map { () -> String in
            throw TerminalError("mapped", code: code)
        }
        return try await valueOrTold { try await mapped.value }
    }

    func mapBoth(_ ctx: Context, input: Both) async throws -> [String] {
        let tour = ctx.service(Tour2.self)
        let echo = tour.echo.start(.string(input.good)).mapResult { try Self.toldOf($0) }
        let fail = tour.fail.start(Self.no(input.code)).map { JSONValue.null }
            .mapResult { try Self.toldOf($0) }
        return try await ctx.all([echo, fail]).value
    }

    private static func toldOf(_ result: Result<JSONValue, TerminalError>) throws -> String {
        switch result {
        case .success(let value): "value \(try text(value))"
        case .failure(let error): told(error)
        }
    }

    func anyFails(_ ctx: Context, count: Int) async throws -> String {
        let runs = (0..<count).map { number -> DurableFuture<String> in
            ctx.start("bad \(number)") { throw TerminalError("bad \(number)") }
        }
        return try await ctx.firstSuccess(of: runs).recover { _ in "all failed" }.value
    }

    func allFails(_ ctx: Context, code: UInt16) async throws -> String {
        let (sleep, bad) = Self.sleepAndBadRun(ctx, code)
        return try await valueOrTold { try await ctx.all([sleep, bad]).value.joined() }
    }

    func raceFails(_ ctx: Context, code: UInt16) async throws -> String {
        let (sleep, bad) = Self.sleepAndBadRun(ctx, code)
        return try await valueOrTold { try await ctx.first(of: sleep, bad).value }
    }

    private static func sleepAndBadRun(
        _ ctx: Context, _ code: UInt16
    ) -> (DurableFuture<String>, DurableFuture<String>) {
        let sleep = ctx.timer(long).map { "slept" }
        return (sleep, ctx.start("bad") { throw TerminalError("bad", code: code) })
    }

    func emptyAll(_ ctx: Context) async throws -> Int {
        try await ctx.all([DurableFuture<Int>]()).value.count
    }

    func emptySettled(_ ctx: Context) async throws -> Int {
        try await ctx.settled([DurableFuture<Int>]()).value.count
    }

    func emptyAny(_ ctx: Context) async throws -> String {
        try await ctx.firstSuccess(of: []).recover { _ in "all failed" }.value
    }

    func awaitTwice(_ ctx: Context, value: JSONValue) async throws -> [JSONValue] {
        let call = ctx.service(Tour2.self).echo.start(value)
        return [try await call.value, try await call.value]
    }

    func loser(_ ctx: Context, milliseconds: Int) async throws -> [String] {
        let call = ctx.service(Tour2.self).sleep.start(milliseconds)
        let timer = ctx.timer(.milliseconds(10)).map { "timer" }
        return [try await ctx.first(of: call, timer).value, try await call.value]
    }

    func mixed(_ ctx: Context, value: String) async throws -> [String] {
        let awakeable = ctx.awakeable(JSONValue.self)
        let tour = ctx.service(Tour2.self)
        tour.wake.send(Tour2.WakeUp(id: awakeable.id, value: .string("awakeable \(value)")))
        let run = ctx.start("r") { "run \(value)" }
        let call = tour.echo.start(.string("call \(value)")).map { try text($0) }
        let sleep = ctx.timer(.milliseconds(10)).map { "sleep \(value)" }
        return try await ctx.all([run, call, awakeable.map { try text($0) }, sleep]).value
    }

    func deep(_ ctx: Context, value: String) async throws -> String {
        let call = ctx.service(Tour2.self).fail.start(Self.no(404)).map { "did not fail" }
        let failed = ctx.all([call, ctx.timer(long).map { "never" }]).map { $0.joined() }
        let good = ctx.start("good") { value }
        let settled = ctx.settled(good, ctx.timer(.milliseconds(100))).map {
            "\(end(of: $0.0)),\(end(of: $0.1))"
        }
        let first = ctx.first(of: settled, ctx.timer(long).map { "never" })
        return try await ctx.firstSuccess(of: failed, first).value
    }

    struct API: HandlerTable {
        let order = handler(Tour2Futures.order)
        let mapFailure = handler(Tour2Futures.mapFailure)
        let mapThrows = handler(Tour2Futures.mapThrows)
        let mapBoth = handler(Tour2Futures.mapBoth)
        let anyFails = handler(Tour2Futures.anyFails)
        let allFails = handler(Tour2Futures.allFails)
        let raceFails = handler(Tour2Futures.raceFails)
        let emptyAll = handler(Tour2Futures.emptyAll)
        let emptySettled = handler(Tour2Futures.emptySettled)
        let emptyAny = handler(Tour2Futures.emptyAny)
        let awaitTwice = handler(Tour2Futures.awaitTwice)
        let loser = handler(Tour2Futures.loser)
        let mixed = handler(Tour2Futures.mixed)
        let deep = handler(Tour2Futures.deep)

        let signals = handler(Tour2Futures.signals)
        let signalRace = handler(Tour2Futures.signalRace)
        let lateSignal = handler(Tour2Futures.lateSignal)
        let signalTwice = handler(Tour2Futures.signalTwice)
        let signalsInTurn = handler(Tour2Futures.signalsInTurn)
        let sendInTurn = handler(Tour2Futures.sendInTurn)
        let unused = handler(Tour2Futures.unused)
        let wokenTwice = handler(Tour2Futures.wokenTwice)
        let wokenAgain = handler(Tour2Futures.wokenAgain)
        let wokenAndRefused = handler(Tour2Futures.wokenAndRefused)
        let wokenInTime = handler(Tour2Futures.wokenInTime)
    }
}

private func end<Value>(of result: Result<Value, any Error>) -> String {
    switch result {
    case .success: "fulfilled"
    case .failure: "rejected"
    }
}
