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
            case "serve": try await Serving(words.dropFirst()).run()
            case "parts": try await PartsAlone(words.dropFirst()).run()
            case let word?: try await LocalPattern(pattern(word), words.dropFirst()).run()
            }
        }
    }

    static func pattern(_ name: String) throws(UsageError) -> Pattern {
        if let pattern = Pattern.named(name) { return pattern }
        let names = Pattern.all.map(\.name).joined(separator: ", ")
        throw UsageError("There is no pattern '\(name)'; there are \(names).")
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
                   patterns serve NAME…    their services alone, for a Restate server
                   patterns parts          the outside parts alone

            \(groups.joined(separator: "\n\n"))

            'patterns NAME --help' and 'patterns serve --help' tell the flags.
            """
    }
}
