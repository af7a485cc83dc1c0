internal import Commands

/// The program `nexus`: one word says what it does.
@main
enum NexusCommand {
    private static var commands: [any Subcommand.Type] {
        [Local.self, Serve.self, Gateway.self, Scenarios.self, RefundCommand.self, Reconcile.self]
    }

    static let help = """
        Nexus sells 50 seats to many people at once.

        usage: nexus [<command>] [flags]

          (none)     the services and a local runtime in one process: try it here
          serve      the services, for a Restate server
          gateway    the mock payment gateway alone
          scenarios  the scenario suite, here or against any Restate server
          refund     takes a sale back: money, seat and map
          reconcile  whether ledger, tickets and map fit together
          config     what is in force for a command, and from where

        'nexus <command> --help' tells a command's flags. Those without a command:

        """ + Local.help

    static func main() async {
        let words = CommandLine.arguments.dropFirst()
        await Console.run("nexus") {
            switch words.first {
            case "--help", "-h", "help": Console.say(help)
            case Config.word: try Config.run(words.dropFirst(), commands)
            case nil: try await Local.run(words)
            case let word? where word.hasPrefix("-"): try await Local.run(words)
            case let word?:
                guard let command = commands.first(where: { $0.word == word }) else {
                    throw UsageError(
                        "There is no command '\(word)'; there are \(names).")
                }
                try await command.run(words.dropFirst())
            }
        }
    }

    private static var names: String {
        commands.map { $0.word }.filter { !$0.isEmpty }.joined(separator: ", ") + " and config"
    }
}
