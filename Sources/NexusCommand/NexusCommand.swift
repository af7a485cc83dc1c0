internal import Commands

/// A program `nexus`: one word says what it does.
public struct NexusCommand: Sendable {
    /// What a shop takes that a Restate server drives. None of it needs the local runtime.
    public static let ofServers: [any Subcommand.Type] = [
        Serve.self, Gateway.self, Health.self, RefundCommand.self, Reconcile.self,
    ]

    private let commands: [any Subcommand.Type]

    /// - Parameter commands: in the order of the help. One without a word is what the program does by
    ///   itself; without such a one it wants to be told.
    public init(_ commands: [any Subcommand.Type]) {
        self.commands = commands
    }

    /// Does what the command line says.
    public func main() async {
        Leash.obey()
        let words = CommandLine.arguments.dropFirst()
        await Console.run("nexus") {
            switch words.first {
            case "--help", "-h", "help": Console.say(help)
            case let word? where !word.hasPrefix("-"):
                try await Console.command("nexus \(word)") {
                    try await run(word, words.dropFirst())
                }
            default: try await command("").run(words)
            }
        }
    }

    private func run(_ word: String, _ words: ArraySlice<String>) async throws {
        if word == Config.word { return try Config.run(words, commands) }
        try await command(word).run(words)
    }

    private func command(_ word: String) throws(UsageError) -> any Subcommand.Type {
        if let command = commands.first(where: { $0.word == word }) { return command }
        throw UsageError(
            word.isEmpty
                ? "This program has no local runtime and serves a Restate server; there are \(names)."
                : "There is no command '\(word)'; there are \(names).", see: "nexus")
    }

    private var names: String {
        commands.map { $0.word }.filter { !$0.isEmpty }.joined(separator: ", ") + " and config"
    }

    private var help: String {
        var lines = commands.map { ($0.word.isEmpty ? "(none)" : $0.word, $0.summary) }
        lines.append((Config.word, Config.summary))
        let width = lines.map(\.0.count).max() ?? 0
        let list = lines.map { word, summary in
            "  \(word)\(String(repeating: " ", count: width - word.count))  \(summary)"
        }
        let start = """
            Nexus sells 50 seats to many people at once.

            usage: nexus [<command>] [flags]

            \(list.joined(separator: "\n"))

            'nexus <command> --help' tells a command's flags.
            """
        guard let wordless = commands.first(where: { $0.word.isEmpty }) else { return start }
        return start + " Those without a command:\n\n" + wordless.help
    }
}
