internal import Nexus
public import Restate
internal import RestateClient

/// How long things take on a stage of our own.
public struct ScenarioTimes: Sendable {
    public var charge: Duration
    public var mail: Duration
    /// How many buyers want one seat in the greatest rush.
    public var buyers: Int

    public init(
        charge: Duration = .milliseconds(100), mail: Duration = .milliseconds(50),
        buyers: Int = 1000
    ) {
        self.charge = charge
        self.mail = mail
        self.buyers = buyers
    }

    var settings: NexusSettings {
        var settings = NexusSettings()
        settings.chargeTime = charge
        settings.mailTime = mail
        return settings
    }

    /// Long enough for something to happen in between.
    var withSlowPayments: NexusSettings {
        var settings = settings
        settings.chargeTime = max(charge, .milliseconds(500))
        return settings
    }
}

/// The scenario suite: makes checks one after the other and tells a line for each.
public struct Suite: Sendable {
    private let times: ScenarioTimes
    private let logger: any RestateLogger
    private let tell: @Sendable (String) -> Void

    /// - Parameters:
    ///   - logger: told what happens on stages of our own.
    ///   - tell: told a line for each check.
    public init(
        _ times: ScenarioTimes = ScenarioTimes(), logger: any RestateLogger = SilentLogger(),
        tell: @escaping @Sendable (String) -> Void
    ) {
        self.times = times
        self.logger = logger
        self.tell = tell
    }

    /// Against somebody else's server, where others may be buying. The checks use seats of their own, and
    /// give them back; a sealed shop, where there are none, gets those that it can answer.
    ///
    /// - Parameters:
    ///   - essentialsOnly: only the commonest bookings.
    ///   - wholeGame: also those that play with all seats, and end the game that is under way.
    /// - Throws: ``ScenarioError`` if no check can be made at all.
    public func run(
        at place: Place, essentialsOnly: Bool = false, wholeGame: Bool = false
    ) async throws -> Score {
        try await Self.makeSure(place)
        let memory = Memory()
        var score = Score()
        if try await place.isSealed(memory) {
            tell("The shop is sealed: nothing is booked, and only what it can answer is asked.")
            for check in Check.sealed { await make(check, place, memory, &score) }
            return score
        }
        var checks = Check.essentials
        if !essentialsOnly {
            checks += Check.bookings(buyers: times.buyers) + Check.rules + Check.payments
        }
        if wholeGame { checks.append(Check.game) }
        for check in checks { await make(check, place, memory, &score) }
        await make("all seats of these checks are given back", &score) {
            try await place.giveBack(await memory.seats)
        }
        return score
    }

    /// Against stages of our own, faults included.
    /// - Parameter executable: the program `nexus`, to be started and killed; nil leaves that out.
    public func runLocally(executable: String?) async throws -> Score {
        try await Stage.$logger.withValue(logger) {
            try await runOnStages(executable: executable)
        }
    }

    private func runOnStages(executable: String?) async throws -> Score {
        let memory = Memory()
        var score = Score()
        try await Stage.with(times.settings) { stage in
            let checks =
                Check.essentials + Check.bookings(buyers: times.buyers) + Check.rules + [Check.game]
            for check in checks { await make(check, stage.place, memory, &score) }
        }
        try await Stage.with(times.withSlowPayments) { stage in
            for check in Check.payments { await make(check, stage.place, memory, &score) }
        }
        var sealed = times.settings
        sealed.house = try .sealed(House.numbered(3))
        try await Stage.with(sealed) { stage in
            for check in Check.sealed { await make(check, stage.place, memory, &score) }
        }
        for fault in FaultCheck.all(executable: executable) {
            await make(fault.sentence, &score) { try await fault.make(times, memory) }
        }
        return score
    }

    private func make(
        _ check: Check, _ place: Place, _ memory: Memory, _ score: inout Score
    ) async {
        await make(check.sentence, &score) { try await check.make(place, memory) }
    }

    private func make(
        _ sentence: String, _ score: inout Score, _ body: () async throws -> Void
    ) async {
        let start = ContinuousClock.now
        do {
            try await body()
            let time = start.duration(to: .now) / .milliseconds(1)
            tell("ok    \(sentence) (\(Int(time)) ms)")
            score.passed += 1
        } catch let skipped as CheckSkipped {
            tell("skip  \(sentence): \(skipped)")
            score.skipped += 1
        } catch {
            tell("FAIL  \(sentence): \(error)")
            score.failed += 1
        }
    }

    /// That there is somebody who can answer, so that not every check says the same.
    private static func makeSure(_ place: Place) async throws {
        let services: [String]
        do {
            services = try await place.client.health()
        } catch let error as IngressError {
            switch error.status {
            case 401, 403:
                throw ScenarioError(
                    "\(error); give one with --token or in RESTATE_AUTH_TOKEN")
            case 404:
                // A server without this question: then the checks themselves will tell.
                return
            default: throw ScenarioError("\(error)")
            }
        }
        let missing = [Ticket.name, SeatMap.name, Checkout.name, GameManager.name]
            .filter { !services.contains($0) }
        guard missing.isEmpty else {
            throw ScenarioError(
                "The server does not know \(missing.joined(separator: ", ")): start 'nexus serve'"
                    + " and register it with 'restate deployments register http://localhost:9080'")
        }
    }
}

/// How many checks came to what.
public struct Score: Equatable, Sendable {
    public var passed = 0
    public var failed = 0
    public var skipped = 0

    public init() {}
}
