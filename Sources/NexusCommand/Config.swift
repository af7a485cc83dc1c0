internal import Commands

/// `nexus config`: which settings a command would have, and who says so.
struct Config {
    static let word = "config"
    static let summary = "what is in force for a command, and from where"
    static let about = """
        usage: nexus config [<command>] [flags]

        Prints what is in force for a command (serve, unless another one is named), a line for each
        flag: its value, and where that is from. What makes no sense is told as the command would;
        variables that begin with NEXUS_ and are nothing are told, too.
        """

    /// - Parameter commands: all that could be asked for.
    static func run(
        _ words: some Sequence<String>, _ commands: [any Subcommand.Type]
    ) throws {
        var words = Array(words)
        if words.contains(where: { ["--help", "-h"].contains($0) }) { return Console.say(about) }
        var word = "serve"
        if let first = words.first, !first.hasPrefix("-") {
            word = first
            words.removeFirst()
        }
        guard let command = commands.first(where: { $0.word == word }) else {
            throw UsageError("There is no command '\(word)'.")
        }
        let arguments = try command.arguments(words)
        let strangers = strangers(commands)
        // The operands are nothing that is configured.
        if command.operands.isEmpty { _ = try command.init(arguments) }
        Console.say(table(command.groups.flatMap(\.flags), arguments))
        for name in strangers { Console.say("\(name) is set, and no command has such a flag") }
    }

    /// Variables that look like ours and are none: mostly misspelt.
    private static func strangers(_ commands: [any Subcommand.Type]) -> [String] {
        let known = Set(
            commands.flatMap { $0.groups }.flatMap(\.flags).map {
                $0.variable(of: "nexus")
            })
        return Environment().names.filter { $0.hasPrefix("NEXUS_") && !known.contains($0) }
    }

    private static func table(_ flags: [Flag], _ arguments: Arguments) -> String {
        let rows = flags.map { flag in
            (flag.name, value(of: flag, arguments), source(of: flag, arguments))
        }
        let (first, second) = (width(rows.map(\.0)), width(rows.map(\.1)))
        return rows.map { name, value, source in
            padded(name, first) + "  " + padded(value, second) + "  " + source
        }.joined(separator: "\n")
    }

    private static func value(of flag: Flag, _ arguments: Arguments) -> String {
        if flag.kind == .toggle { return arguments.isOn(flag.name) ? "on" : "off" }
        let texts = arguments.texts(flag.name)
        if texts.isEmpty { return flag.standard.isEmpty ? "-" : flag.standard }
        return flag.isSecret ? "(not shown)" : texts.joined(separator: ",")
    }

    private static func source(of flag: Flag, _ arguments: Arguments) -> String {
        if let variable = arguments.variable(of: flag.name) {
            let place = Environment().isInFile(variable) ? " in .env" : ""
            return variable + place
        }
        let isSaid = !arguments.texts(flag.name).isEmpty || arguments.isOn(flag.name)
        return isSaid ? "command line" : "default"
    }

    private static func width(_ texts: [String]) -> Int { texts.map(\.count).max() ?? 0 }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
