import Commands
import Restate

/// Serves what the recorded questions to the ingress and the admin API are asked about.
@main
struct ProbeServicesCommand {
    static let help = """
        usage: probe-services PORT

        Serves the services that Fixtures/http/ask/ask.py asks about, on 127.0.0.1. PORT is 0 for any free one.
        """

    static func main() async {
        await Console.run("probe-services") {
            let words = CommandLine.arguments.dropFirst()
            if words.contains("--help") || words.contains("-h") { return Console.say(help) }
            guard let word = words.first, words.count == 1, let port = Int(word),
                (0...65535).contains(port)
            else {
                throw UsageError("One word is expected, the port's number, from 0 to 65535.")
            }
            let running = try Endpoint(
                Ser(), Steps(), Timing(), Obj(), Tree(), Flow(), Awk(), Odd(), More(), Long(),
                ShortFlow(), Keys()
            ).streaming(true).start(host: "127.0.0.1", port: port)
            Console.say("Serving on http://127.0.0.1:\(running.port)")
            await running.untilTerminated()
        }
    }
}
