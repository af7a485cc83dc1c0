internal import Commands
internal import Patterns

/// The program `patterns`: small applications, to be tried out and to be copied.
@main
enum PatternsCommand {
    static func main() async {
        let words = Array(CommandLine.arguments.dropFirst())
        await Console.run("patterns") {
            switch words.first {
            case nil, "--help", "-h", "help": Console.say(help)
            case let word?:
                try await Console.command("patterns \(word)") {
                    try await run(word, words.dropFirst())
                }
            }
        }
    }

    private static func run(_ word: String, _ rest: ArraySlice<String>) async throws {
        switch word {
        case "serve": try await Serving(rest).run()
        case "parts": try await PartsAlone(rest).run()
        case "runtime": try await RuntimeAlone(rest).run()
        case "produce": try await Producer(rest).run()
        default: try await run(pattern(word), rest)
        }
    }

    /// A pattern with everything around it, or one of its clients.
    private static func run(_ pattern: Pattern, _ words: ArraySlice<String>) async throws {
        guard let client = clients["\(pattern.name) \(words.first ?? "")"] else {
            return try await LocalPattern(pattern, words).run()
        }
        try await Console.command("patterns \(pattern.name) \(words[words.startIndex])") {
            try await client(words.dropFirst())
        }
    }

    /// What each client does with the words behind its own.
    private static let clients: [String: @Sendable (ArraySlice<String>) async throws -> Void] = [
        "durablerpc app": { try await ReservationApp($0).run() },
        "queue submit": { try await QueueSubmit($0).run() },
        "queue attach": { try await QueueAttach($0).run() },
        "syncasync upload": { try await Upload($0).run() },
        "promiseasaservice example": { try await PromiseExample($0).run() },
    ]

    static func pattern(_ name: String) throws(UsageError) -> Pattern {
        if let pattern = Pattern.named(name) { return pattern }
        let names = Pattern.all.map(\.name).joined(separator: ", ")
        throw UsageError("There is no pattern '\(name)'; there are \(names).", see: "patterns")
    }

    private static var help: String {
        let width = Pattern.all.map(\.name.count).max() ?? 0
        let groups = PatternGroup.allCases.map { group in
            let lines = Pattern.all.filter { $0.group == group }.map { pattern in
                let space = String(repeating: " ", count: width - pattern.name.count)
                return "  \(pattern.name)\(space)  \(pattern.purpose)"
            }
            return ([group.rawValue] + lines).joined(separator: "\n")
        }
        return """
            Small applications on top of the SDK, to be tried out and to be copied.

            usage: patterns NAME           runs one of them, with a local runtime
                   patterns NAME --crash   kills its process at random meanwhile
                   patterns serve NAME…    their services alone, for a Restate server
                   patterns parts          the outside parts alone
                   patterns runtime        the local runtime alone
                   patterns produce SERVICE/HANDLER
                                           sends lines 'key:json' in order, as a Kafka producer does

            clients: durablerpc app; queue submit, queue attach HANDLE; syncasync upload [ID];
                     promiseasaservice example N [PROMISE] [INGRESS] [COUNT]

            \(groups.joined(separator: "\n\n"))

            'patterns NAME --help' and so on tell the flags.
            """
    }
}
