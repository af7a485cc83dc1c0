internal import Commands

/// The program `nexus`: one word says what it does.
@main
enum NexusCommand {
    static let help = """
        Nexus sells 50 seats to many people at once.

        usage: nexus [<command>] [flags]

          (none)     the services and a local runtime in one process: try it here
          serve      the services, for a Restate server
          gateway    the mock payment gateway alone
          scenarios  the scenario suite, here or against any Restate server

        'nexus <command> --help' tells a command's flags. Those without a command:

        """ + Local.help

    static func main() async {
        let words = CommandLine.arguments.dropFirst()
        await Console.run("nexus") {
            switch words.first {
            case "serve": try await Serve.run(words.dropFirst())
            case "gateway": try await Gateway.run(words.dropFirst())
            case "scenarios": try await Scenarios.run(words.dropFirst())
            case "--help", "-h", "help": Console.say(help)
            case nil: try await Local.run(words)
            case let word? where word.hasPrefix("-"): try await Local.run(words)
            case let word?:
                throw UsageError(
                    "There is no command '\(word)'; there are serve, gateway and scenarios.")
            }
        }
    }
}
