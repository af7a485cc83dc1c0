internal import Commands
internal import Foundation
internal import Nexus
internal import NexusCommand
internal import NexusScenarios
internal import Restate
internal import RestateClient

/// `nexus scenarios`: everything that must be true of the box office, tried out.
struct Scenarios: Subcommand {
    static let word = "scenarios"
    static let summary = "the scenario suite, here or against any Restate server"
    static let about = """
        Makes every check of the application and prints a line for each. Without --url it starts
        everything itself on free ports, and tries faults too.
        """
    static let groups = [
        FlagGroup([
            Flag(
                "--url", "U",
                "the ingress of a Restate server where Nexus is registered (with --cloud also from "
                    + "RESTATE_CLOUD_URL)"),
            Flag("--admin-url", "A", "its admin API, to cancel a booking"),
            Flag("--gateway-url", "G", "the payment gateway, for its ledger"),
            OperatorToken.shown,
            Flag(
                "--token", "T", "bearer token for both", aliases: ["RESTATE_AUTH_TOKEN"],
                isSecret: true),
            Flag(
                toggle: "--cloud", "only the checks for a deployment that serves real buyers"),
            Flag(
                toggle: "--whole-game",
                "also plays with seat-1 to seat-50, which ends the game under way; without --url it "
                    + "always does"),
            Flag("--buyers", "N", "how many want one seat in the greatest rush", standard: "1000"),
            Flag(
                "--log", "L",
                "trouble: the checks that fail; bookings: a line for each check; all: what the "
                    + "runtime does, too", standard: "bookings"),
        ])
    ]
    static let notes = """
        On a server that is not our own the checks book seats of their own, whose ids begin with
        'check-', and give them back. A sealed shop has no such seats: it gets the checks that it can
        answer.
        """

    private let place: Place?
    private let isCloud: Bool
    private let wholeGame: Bool
    private let times: ScenarioTimes
    private let log: LogChoice

    init(_ arguments: Arguments) throws {
        log = try LogChoice(arguments)
        isCloud = arguments.isOn("--cloud")
        wholeGame = arguments.isOn("--whole-game")
        var times = ScenarioTimes()
        if let buyers = try arguments.number("--buyers", in: 2...100_000) { times.buyers = buyers }
        self.times = times
        place = try Self.place(arguments, isCloud: isCloud)
    }

    private static func place(_ arguments: Arguments, isCloud: Bool) throws -> Place? {
        let fallback = isCloud ? Environment()["RESTATE_CLOUD_URL"] : nil
        guard let ingress = arguments.text("--url") ?? fallback else {
            if isCloud {
                throw UsageError("--cloud needs an address: --url or RESTATE_CLOUD_URL.")
            }
            // The variables may be meant for other commands.
            for flag in ["--admin-url", "--gateway-url", "--token"]
            where arguments.text(flag) != nil && arguments.variable(of: flag) == nil {
                throw UsageError("\(flag) needs --url.")
            }
            return nil
        }
        let token = arguments.text("--token")
        return try Place(
            client: RestateClient(
                ingress: try arguments.address("--url", ingress), token: token),
            admin: try arguments.address("--admin-url").map { RestateAdmin($0, token: token) },
            gateway: try arguments.address("--gateway-url")?.absoluteString,
            operatorToken: try OperatorToken(arguments))
    }

    func run() async throws {
        let level = log.level
        let logger: any RestateLogger =
            level == .all ? StandardErrorLogger() : SilentLogger()
        let suite = Suite(times, logger: logger) { line in
            if level != .trouble || line.hasPrefix("FAIL") { Console.say(line) }
        }
        let score: Score
        if let place {
            score = try await suite.run(at: place, essentialsOnly: isCloud, wholeGame: wholeGame)
        } else {
            let executable = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/exe")
            score = try await suite.runLocally(executable: executable)
        }
        Console.say("\(score.passed) passed, \(score.failed) failed, \(score.skipped) skipped")
        if score.failed > 0 { throw ChecksFailed(count: score.failed) }
    }
}

private struct ChecksFailed: Error, CustomStringConvertible {
    let count: Int
    var description: String { count == 1 ? "1 check failed" : "\(count) checks failed" }
}
