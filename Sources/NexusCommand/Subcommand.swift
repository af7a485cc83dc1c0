public import Commands
internal import Foundation

/// One of the things that the program does.
public protocol Subcommand: SendableMetatype {
    /// By which it is called; empty for what the program does without a word.
    static var word: String { get }
    /// What it does, in a line of the list of all commands.
    static var summary: String { get }
    /// What it does, as its help says it first.
    static var about: String { get }
    static var groups: [FlagGroup] { get }
    /// What stands behind the flags in its help.
    static var notes: String { get }
    /// What its words that are no flags are, like `<booking id>`.
    static var operands: [String] { get }

    /// Reads what was said, and complains of what makes no sense.
    init(_ arguments: Arguments) throws
    func run() async throws
}

extension Subcommand {
    public static var notes: String { "" }
    public static var operands: [String] { [] }

    static var help: String {
        let words = (["nexus", word] + operands).filter { !$0.isEmpty }.joined(separator: " ")
        let parts = [
            "usage: \(words) [flags]", about, FlagGroup.help(groups),
            "Each flag can be a variable too, as --gateway-url can be NEXUS_GATEWAY_URL; 'nexus config'\n"
                + "tells what is in force and from where. Variables may stand in a file .env.",
            notes,
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// What the command line and the environment say to it.
    static func arguments(_ words: some Sequence<String>) throws -> Arguments {
        let environment = Environment()
        for sentence in environment.complaints { Console.complain("nexus: \(sentence)") }
        return try Arguments(
            words, groups.flatMap(\.flags), program: "NEXUS", operandLimit: operands.count
        ) { environment.setting($0) }
    }

    static func run(_ words: some Sequence<String>) async throws {
        let arguments = try arguments(words)
        if arguments.wantsHelp { return Console.say(help) }
        try await Self(arguments).run()
    }
}
