internal import Commands
internal import Foundation
internal import NexusScenarios
internal import RestateClient

/// `nexus scenarios`: everything that must be true of the box office, tried out.
enum Scenarios {
    static let help = """
        usage: nexus scenarios [flags]

        Makes every check of the application and prints a line for each. Without --url it starts
        everything itself on free ports, and tries faults too.

          --url U          the ingress of a Restate server where Nexus is registered
          --admin-url A    its admin API, to cancel a booking
          --gateway-url G  the payment gateway, for its ledger
          --token T        bearer token for both (RESTATE_AUTH_TOKEN)
          --cloud          only the checks for a deployment that serves real buyers;
                           the URL may come from RESTATE_CLOUD_URL
          --buyers N       how many want one seat in the greatest rush (1000)

        The variables may stand in a file .env. On a server that is not our own the checks use seats
        of their own, then play a whole game with seat-1 to seat-50.
        """

    private static let flags = ["--url", "--admin-url", "--gateway-url", "--token", "--buyers"]

    static func run(_ words: some Sequence<String>) async throws {
        let arguments = try Arguments(words, flags: flags, switches: ["--cloud"])
        if arguments.wantsHelp { return Console.say(help) }
        let environment = Environment()
        let isCloud = arguments.isOn("--cloud")
        var times = ScenarioTimes()
        if let buyers = try arguments.number("--buyers", in: 2...100_000) { times.buyers = buyers }
        let suite = Suite(times) { Console.say($0) }

        let ingress = arguments.text("--url") ?? (isCloud ? environment["RESTATE_CLOUD_URL"] : nil)
        let score: Score
        if let ingress {
            let token = arguments.text("--token") ?? environment["RESTATE_AUTH_TOKEN"]
            let admin = try arguments.text("--admin-url").map { text in
                RestateAdmin(try address(text, "--admin-url"), token: token)
            }
            let client = RestateClient(ingress: try address(ingress, "--url"), token: token)
            let gateway = try arguments.text("--gateway-url").map { text throws(UsageError) in
                try address(text, "--gateway-url").absoluteString
            }
            let place = try Place(client: client, admin: admin, gateway: gateway)
            score = try await suite.run(at: place, essentialsOnly: isCloud)
        } else if isCloud {
            throw UsageError("--cloud needs an address: --url or RESTATE_CLOUD_URL.")
        } else {
            for flag in ["--admin-url", "--gateway-url", "--token"]
            where arguments.text(flag) != nil {
                throw UsageError("\(flag) needs --url.")
            }
            let executable = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/exe")
            score = try await suite.runLocally(executable: executable)
        }
        Console.say("\(score.passed) passed, \(score.failed) failed, \(score.skipped) skipped")
        if score.failed > 0 { throw ChecksFailed(count: score.failed) }
    }

    private static func address(_ text: String, _ flag: String) throws(UsageError) -> URL {
        guard let url = URL(string: text), ["http", "https"].contains(url.scheme?.lowercased()),
            let host = url.host(percentEncoded: true), Host.isOne(host),
            (0...65535).contains(url.port ?? 0)
        else {
            throw UsageError(
                "\(flag) must be an address like http://localhost:8080, not '\(text)'.")
        }
        return url
    }
}

private struct ChecksFailed: Error, CustomStringConvertible {
    let count: Int
    var description: String { count == 1 ? "1 check failed" : "\(count) checks failed" }
}
