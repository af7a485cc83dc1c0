internal import Commands
internal import Foundation
internal import Patterns
internal import Restate

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// How the outside parts and the patterns behave, as the flags say.
struct PartsFlags {
    let databaseURL: String?
    let lots: Lots
    private let workTime: Duration?
    private let interval: Duration?
    private let speed: String?
    private let failures: Double
    private let pending: Double
    private let stripe: StripeAccount?
    /// As they were given, for another process of the same pattern.
    let words: [String]

    init(_ arguments: Arguments) throws(UsageError) {
        workTime = try arguments.duration("--work-time")
        interval = try arguments.duration("--interval")
        speed = try arguments.choice("--speed", of: ["fast", "slow"])
        failures = Double(try arguments.number("--fail", in: 0...100) ?? 0) / 100
        pending = Double(try arguments.number("--pending", in: 0...99) ?? 80) / 100
        lots = Lots(seed: try arguments.number("--seed", in: 0...Int.max).map(UInt64.init))
        databaseURL = try Self.database(arguments)
        stripe = try StripeAccount.ofEnvironment()
        // The parts do not go along.
        words = PartsFlag.all.filter { !$0.isOfParts || $0.patterns == nil }.flatMap {
            let name = $0.flag.name
            return arguments.text(name).map { [name, $0] } ?? []
        }
    }

    /// An address of PostgreSQL, or what libpq takes instead: words such as `host=localhost`.
    private static func database(_ arguments: Arguments) throws(UsageError) -> String? {
        guard let text = arguments.text("--database-url") else { return nil }
        let isOne = text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
        let isWords = !text.contains("://") && text.contains("=")
        // Port 0 is for listening: nobody can be called there.
        guard isWords || isOne && URL(string: text)?.port != 0 else {
            throw UsageError(
                "--database-url must be an address like \(ExampleDatabase.url), not '\(text)'.")
        }
        return text
    }

    /// The stand-ins for all outside systems, which draw lots and print what is done.
    func parts() -> Parts {
        let (lots, failures, pending, speed) = (lots, failures, pending, speed)
        var behaviour = EffectsInMemory.Behaviour()
        behaviour.say = { Console.say($0) }
        behaviour.fails = { _, _ in lots.draw(failures) }
        behaviour.isPending = { _ in lots.draw(pending) }
        behaviour.time = { subject, step in
            guard subject == "buckets", step == "upload" else { return .zero }
            let isSlow = speed.map { $0 == "slow" } ?? lots.draw(0.5)
            return isSlow ? .seconds(10) : .milliseconds(1500)
        }
        return Parts(
            effects: EffectsInMemory(behaviour),
            payments: PaymentsInMemory(webhookSecret: Parts.webhookSecret) { Console.say($0) })
    }

    /// What patterns are made with, if the parts are in this process.
    func settings(_ parts: Parts, partsURL: String) -> PatternSettings {
        settings(parts.effects, parts.payments, partsURL)
    }

    /// What patterns are made with, if the parts are in another process.
    func settings(partsURL: String) -> PatternSettings {
        settings(EffectsClient(partsURL), StripeClient(partsURL, secretKey: "none"), partsURL)
    }

    private func settings(
        _ effects: any OutsideEffects, _ payments: any PaymentProvider, _ partsURL: String
    ) -> PatternSettings {
        var settings = PatternSettings(
            effects, payments: stripe?.provider ?? payments,
            webhookSecret: stripe?.webhookSecret ?? Parts.webhookSecret)
        settings.partsURL = partsURL
        if let workTime { settings.workTime = workTime }
        if let interval { settings.interval = interval }
        if let databaseURL { settings.databaseURL = databaseURL }
        let crashes = PatternVariables()[CrashLoop.variable] != nil
        settings.mayFail = { [lots] in
            guard lots.draw(0.4) else { return }
            guard crashes else { throw FailureHappened() }
            Console.say("--- CRASHING THE PROCESS ---")
            // By a signal, so that nobody takes it for an end.
            kill(getpid(), SIGKILL)
        }
        return settings
    }
}
