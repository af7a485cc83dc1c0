internal import Foundation
internal import NexusOperations

/// What a load test found.
public struct LoadReport: Codable, Equatable, Sendable {
    /// What was asked for, as text.
    public struct Settings: Codable, Equatable, Sendable {
        public var target: String
        public var users: Int
        public var duration: Double
        public var ramp: Double
        public var seats: Int
        public var mix: String
        public var seed: UInt64
        public var p95Limit: Double?
    }

    /// The death of a process.
    public struct Kill: Codable, Equatable, Sendable {
        public var part: LoadPart
        public var second: Double

        public init(part: LoadPart, second: Double) {
            self.part = part
            self.second = second
        }
    }

    /// The answers of one second.
    public struct Second: Codable, Equatable, Sendable {
        public var second: Int
        public var answers: Int
        public var p50: Double
        public var p95: Double
    }

    public var began: String
    public var settings: Settings
    /// Until the last answer.
    public var seconds: Double
    public var answersPerSecond: Double
    public var confirmedPerSecond: Double
    /// Of all answers; nil if there was none.
    public var latency: LatencyFigures?
    public var confirmedLatency: LatencyFigures?
    /// By the outcome's words. Each outcome is there.
    public var outcomes: [String: Int]
    /// What should not be, by its text.
    public var errors: [String: Int]
    public var kills: [Kill]
    public var invariants: [LoadInvariant]
    public var overTime: [Second]

    public init(
        _ plan: LoadPlan, target: String, _ samples: [LoadSample], kills: [Kill] = [],
        invariants: [LoadInvariant], began: String = ""
    ) {
        self.began = began
        settings = Settings(
            target: target, users: plan.users, duration: plan.duration.inSeconds,
            ramp: plan.arrivals.ramp.inSeconds, seats: plan.seats, mix: plan.mix.description,
            seed: plan.seed, p95Limit: plan.p95?.inSeconds)
        seconds = samples.map(\.ended).max() ?? 0
        // A test of no time has no rate.
        let time = max(seconds, 0.001)
        let confirmed = samples.filter(\.isConfirmed)
        answersPerSecond = Double(samples.count) / time
        confirmedPerSecond = Double(confirmed.count) / time
        latency = LatencyFigures(samples.map(\.latency))
        confirmedLatency = LatencyFigures(confirmed.map(\.latency))
        outcomes = Dictionary(uniqueKeysWithValues: LoadOutcome.allCases.map { ($0.rawValue, 0) })
        errors = [:]
        for sample in samples {
            switch sample.answer {
            case .outcome(let outcome): outcomes[outcome.rawValue, default: 0] += 1
            case .error(let text): errors[text, default: 0] += 1
            }
        }
        self.kills = kills
        self.invariants = invariants
        overTime = Self.overTime(samples, until: seconds)
    }

    private static func overTime(_ samples: [LoadSample], until end: Double) -> [Second] {
        guard !samples.isEmpty else { return [] }
        let parts = Dictionary(grouping: samples) { Int($0.ended) }
        return (0...Int(end)).map { second in
            let figures = LatencyFigures((parts[second] ?? []).map(\.latency))
            return Second(
                second: second, answers: figures?.count ?? 0, p50: figures?.p50 ?? 0,
                p95: figures?.p95 ?? 0)
        }
    }

    /// A sentence for each thing that is not as it must be. Without any the test has passed.
    public var failures: [String] {
        var found: [String] = []
        let strange = errors.values.reduce(0, +)
        if strange > 0 {
            found.append(
                strange == 1 ? "1 answer is an error" : "\(strange) answers are errors")
        }
        for invariant in invariants where invariant.verdict == .broken {
            found.append("it is false that \(invariant.sentence)")
        }
        if let limit = settings.p95Limit, let latency, latency.p95 > limit {
            found.append(
                "95 of 100 answers took \(latency.p95.asTime), and \(limit.asTime) were allowed")
        }
        return found
    }

    /// The whole report for programs.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    /// Writes `report.txt`, `report.json` and `report.html` into a folder, which is made if there is none.
    ///
    /// - Throws: `OperationFailed` if that is impossible.
    public func write(to folder: String) throws {
        try Self.prepare(folder)
        for (name, text) in [
            ("report.txt", text), ("report.json", try json()), ("report.html", page),
        ] { try Self.put(text, name, folder) }
    }

    /// Makes sure that a report can be written into a folder later.
    ///
    /// - Throws: `OperationFailed` if not.
    public static func prepare(_ folder: String) throws {
        let files = FileManager.default
        guard
            (try? files.createDirectory(atPath: folder, withIntermediateDirectories: true)) != nil
        else { throw OperationFailed("The report's folder '\(folder)' cannot be made") }
        let trial = ".report-\(UInt32.random(in: 0 ... .max))"
        try put("", trial, folder)
        try? files.removeItem(atPath: folder + "/" + trial)
    }

    private static func put(_ text: String, _ name: String, _ folder: String) throws {
        let file = URL(fileURLWithPath: folder).appending(path: name)
        do {
            try Data(text.utf8).write(to: file, options: .atomic)
        } catch {
            throw OperationFailed("The report's folder '\(folder)' cannot be written")
        }
    }
}

extension Double {
    /// Seconds as people read them.
    var asTime: String {
        self < 1
            ? "\(Int((self * 1000).rounded())) ms"
            : "\(Double(Int((self * 100).rounded())) / 100) s"
    }

    /// With one digit behind the point.
    var asRate: String { "\(Double(Int((self * 10).rounded())) / 10)" }
}
