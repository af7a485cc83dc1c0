internal import Commands
internal import Patterns
internal import Restate

/// How the outside parts and the patterns behave, as the flags say.
struct PartsFlags {
    static let flags = [
        Flag("--work-time", "T", "how long the work of queue takes", standard: "2s"),
        Flag(
            "--interval", "T", "from one reminder of schedulingtasks to the next", standard: "a day"
        ),
        Flag("--speed", "S", "fast or slow: the upload of syncasync", standard: "by chance"),
        Flag("--fail", "P", "how likely an effect fails, in percent", standard: "0"),
        Flag("--seed", "N", "what chance follows from", standard: "another one each time"),
    ]

    private let workTime: Duration?
    private let interval: Duration?
    private let speed: String?
    private let failures: Double
    private let lots: Lots

    init(_ arguments: Arguments) throws(UsageError) {
        workTime = try arguments.duration("--work-time")
        interval = try arguments.duration("--interval")
        speed = try arguments.choice("--speed", of: ["fast", "slow"])
        failures = Double(try arguments.number("--fail", in: 0...100) ?? 0) / 100
        lots = Lots(seed: try arguments.number("--seed", in: 0...Int.max).map(UInt64.init))
    }

    /// The stand-in for all outside systems, which draws lots and prints what is done.
    func parts() -> EffectsInMemory {
        let (lots, failures, speed) = (lots, failures, speed)
        var behaviour = EffectsInMemory.Behaviour()
        behaviour.say = { Console.say($0) }
        behaviour.fails = { _, _ in lots.draw(failures) }
        behaviour.isPending = { _ in lots.draw(0.8) }
        behaviour.time = { subject, step in
            guard subject == "buckets", step == "upload" else { return .zero }
            let isSlow = speed.map { $0 == "slow" } ?? lots.draw(0.5)
            return isSlow ? .seconds(10) : .milliseconds(1500)
        }
        return EffectsInMemory(behaviour)
    }

    func settings(_ effects: any OutsideEffects, partsURL: String) -> PatternSettings {
        var settings = PatternSettings(effects)
        settings.partsURL = partsURL
        if let workTime { settings.workTime = workTime }
        if let interval { settings.interval = interval }
        settings.mayFail = { [lots] in
            if lots.draw(0.4) { throw FailureHappened() }
        }
        return settings
    }
}
