internal import Commands
internal import Foundation
internal import Nexus
internal import NexusCommand
internal import NexusLoad

/// `nexus load`: many buyers for a while, and whether the books are right afterwards.
struct LoadCommand: Subcommand {
    static let word = "load"
    static let summary = "a load test, with processes killed meanwhile if you like"
    static let about = """
        Virtual users book random seats for a while; then their answers are compared with ledger, tickets
        and map. Without --url it starts runtime, endpoint and gateway itself, on free ports, and can
        kill them. The exit status is 1 if an invariant is false, an answer is an error, or --p95 is
        passed.
        """
    static let groups = [
        FlagGroup([
            Flag("--users", "N", "how many book at once", standard: "5", aliases: ["VUS"]),
            Flag("--duration", "T", "how long", standard: "30s", aliases: ["DURATION"]),
            Flag(
                "--ramp", "T", "until all users are there, and at the end until all are gone",
                standard: "a tenth of the duration"),
            Flag("--seats", "N", "they want seat-1 to seat-N, at most 50", standard: "50"),
            Flag(
                "--mix", "S,D,E", "shares of card_success, card_decline and card_error",
                standard: "80,10,10"),
            Flag("--seed", "N", "chooses the same seats and cards again", standard: "random"),
            Flag("--p95", "T", "95 of 100 answers must be there in this time"),
            Flag("--report", "DIR", "writes report.txt, report.json and report.html there"),
        ]),
        FlagGroup(
            "Here, without --url:",
            [
                Flag(
                    "--kill", "PARTS:T",
                    "kills one of these processes every T, in turn, and starts it again, like "
                        + "endpoint,gateway,runtime:5s"),
                Flag("--charge-time", "T", "how long a charge takes", standard: "500ms"),
                Flag("--mail-time", "T", "how long a mail takes", standard: "200ms"),
            ]),
        FlagGroup(
            "Elsewhere:",
            [
                Flag(
                    "--url", "U", "the ingress of a Restate server where Nexus is registered",
                    aliases: ["RESTATE_CLOUD_URL"]),
                Flag("--admin-url", "A", "its admin API, to see which booking has a seat"),
                Flag("--gateway-url", "G", "the payment gateway, for its ledger"),
                OperatorToken.shown,
                Flag(
                    "--token", "T", "bearer token for both", aliases: ["RESTATE_AUTH_TOKEN"],
                    isSecret: true),
            ]),
        FlagGroup([
            Flag(
                "--log", "L", "trouble: only the report; bookings, all: a line of progress too",
                standard: "bookings")
        ]),
    ]
    static let notes = """
        Elsewhere nobody else should be buying: other people's sales are in the books too. A payment that
        finds no gateway is an error, unless --kill kills gateways. Users beyond 128 share connections.
        """

    private let plan: LoadPlan
    private let remote: (site: LoadSite, name: String)?
    private let folder: String?
    private let log: LogChoice

    init(_ arguments: Arguments) throws {
        log = try LogChoice(arguments)
        plan = try LoadPlan(arguments)
        folder = arguments.text("--report")
        guard let url = try arguments.address("--url") else {
            // The variables may be meant for other commands.
            for flag in ["--admin-url", "--gateway-url", "--token"]
            where arguments.text(flag) != nil && arguments.variable(of: flag) == nil {
                throw UsageError("\(flag) needs --url.")
            }
            remote = nil
            return
        }
        if plan.kills != nil {
            throw UsageError(
                "\(arguments.called("--kill")) kills only what it has started itself: leave out "
                    + "\(arguments.called("--url")).")
        }
        let site = try LoadSite(
            ingress: url, admin: try arguments.address("--admin-url"),
            gateway: try arguments.address("--gateway-url")?.absoluteString,
            token: arguments.text("--token"), operatorToken: try OperatorToken(arguments))
        remote = (site, url.absoluteString)
    }

    func run() async throws {
        if let folder { try Self.prepare(folder) }
        let level = log.level
        let test = LoadTest(plan) { if level != .trouble { Console.say($0) } }
        let report: LoadReport
        if let remote {
            report = try await test.run(at: remote.site, named: remote.name)
        } else {
            report = try await runLocally(test)
        }
        Console.say(report.text)
        if let folder { try report.write(to: folder) }
        guard report.failures.isEmpty else { throw LoadFailed(sentences: report.failures) }
    }

    /// Before the test, which may take long.
    private static func prepare(_ folder: String) throws(UsageError) {
        do {
            try LoadReport.prepare(folder)
        } catch {
            throw UsageError(sentence: "\(error)")
        }
    }

    /// The books of a test that failed are kept: they tell what happened.
    private func runLocally(_ test: LoadTest) async throws -> LoadReport {
        let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let books = FileManager.default.temporaryDirectory
            .appending(path: "nexus-load-\(UUID().uuidString)")
        let report: LoadReport
        do {
            report = try await stoppable {
                try await test.runLocally(executable: executable, folder: books)
            }
        } catch {
            Console.complain("The logs are kept in \(books.path(percentEncoded: false))")
            throw error
        }
        if report.failures.isEmpty {
            try? FileManager.default.removeItem(at: books)
        } else {
            Console.say("The books and logs are kept in \(books.path(percentEncoded: false))")
        }
        return report
    }
}

extension LoadPlan {
    fileprivate init(_ arguments: Arguments) throws(UsageError) {
        self.init()
        if let users = try arguments.number("--users", in: 1...10_000) { self.users = users }
        if let duration = try arguments.duration("--duration") {
            guard duration > .zero else {
                throw UsageError("\(arguments.called("--duration")) must be longer than 0s.")
            }
            self.duration = duration
        }
        ramp = try arguments.duration("--ramp")
        if let ramp, ramp * 2 > duration {
            throw UsageError(
                "\(arguments.called("--ramp")) may be at most half of --duration: it is there twice."
            )
        }
        if let seats = try arguments.number("--seats", in: 1...50) { self.seats = seats }
        if let text = arguments.text("--mix") {
            guard let mix = CardMix(text) else {
                throw UsageError(
                    "\(arguments.called("--mix")) must be three shares of 100 like 80,10,10, not "
                        + "'\(text)'.")
            }
            self.mix = mix
        }
        seed =
            try arguments.number("--seed", in: 0...Int.max).map { UInt64($0) }
            ?? UInt64.random(in: 0...0xFFFF_FFFF)
        p95 = try arguments.duration("--p95")
        kills = try Self.kills(arguments)
        if let time = try arguments.duration("--charge-time") { chargeTime = time }
        if let time = try arguments.duration("--mail-time") { mailTime = time }
    }

    private static func kills(_ arguments: Arguments) throws(UsageError) -> KillPlan? {
        guard let text = arguments.text("--kill") else { return nil }
        let halves = text.split(separator: ":", omittingEmptySubsequences: false)
        let words = halves[0].split(separator: ",", omittingEmptySubsequences: false)
        let parts = words.compactMap { LoadPart(rawValue: String($0)) }
        guard halves.count == 2, parts.count == words.count else {
            throw UsageError(
                "\(arguments.called("--kill")) must be like endpoint,gateway,runtime:5s, not '\(text)'."
            )
        }
        let pause = try arguments.duration("--kill", String(halves[1]))
        guard pause >= .milliseconds(100) else {
            throw UsageError(
                "\(arguments.called("--kill")) needs at least 100ms between two.")
        }
        return KillPlan(parts, every: pause)
    }
}

private struct LoadFailed: Error, CustomStringConvertible {
    let sentences: [String]
    var description: String { sentences.joined(separator: "; ") }
}
