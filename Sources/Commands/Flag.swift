/// A flag of a command: what it is called on the command line and in the environment, and what its help
/// says.
public struct Flag: Sendable {
    public enum Kind: Sendable {
        case value
        /// May be given more than once; in a variable with commas.
        case list
        /// Has no value: it is there or not.
        case toggle
    }

    /// With its dashes.
    public let name: String
    /// Stands for the value in the help; empty for a switch.
    public let placeholder: String
    public let kind: Kind
    public let help: String
    /// What holds if nobody says anything, as text for people.
    public let standard: String
    /// Variables of other names that mean the same; its own name counts more.
    public let aliases: [String]
    /// Not to be printed.
    public let isSecret: Bool

    public init(
        _ name: String, _ placeholder: String, _ help: String, standard: String = "",
        isList: Bool = false, aliases: [String] = [], isSecret: Bool = false
    ) {
        self.name = name
        self.placeholder = placeholder
        kind = isList ? .list : .value
        self.help = help
        self.standard = standard
        self.aliases = aliases
        self.isSecret = isSecret
    }

    /// A switch.
    public init(toggle name: String, _ help: String) {
        self.name = name
        placeholder = ""
        kind = .toggle
        self.help = help
        standard = ""
        aliases = []
        isSecret = false
    }

    /// Its own variable: `--gateway-url` of `nexus` is `NEXUS_GATEWAY_URL`.
    public func variable(of program: String) -> String {
        "\(program)\(name.dropFirst())".uppercased().replacing("-", with: "_")
    }
}

extension Arguments {
    /// Parses the command line; what it does not say is taken from the environment.
    ///
    /// - Parameters:
    ///   - program: with what the variables' names begin.
    ///   - variable: the value of a variable that is set.
    public init(
        _ words: some Sequence<String>, _ flags: [Flag], program: String, operandLimit: Int = 0,
        variable: (_ name: String) -> String?
    ) throws(UsageError) {
        try self.init(
            words, flags: flags.filter { $0.kind != .toggle }.map(\.name),
            repeatable: flags.filter { $0.kind == .list }.map(\.name),
            switches: flags.filter { $0.kind == .toggle }.map(\.name), operandLimit: operandLimit)
        for flag in flags {
            for name in [flag.variable(of: program)] + flag.aliases {
                guard let text = variable(name) else { continue }
                try complete(flag, from: Variable(name: name, text: text))
                break
            }
        }
    }
}

/// Flags that belong together, as the help lists them.
public struct FlagGroup: Sendable {
    /// Stands above them; empty for the first group.
    public let title: String
    public let flags: [Flag]

    public init(_ title: String, _ flags: [Flag]) {
        self.title = title
        self.flags = flags
    }

    /// The first group.
    public init(_ flags: [Flag]) {
        self.init("", flags)
    }

    /// All groups as two columns.
    public static func help(_ groups: [FlagGroup], width: Int = 100) -> String {
        let left = { (flag: Flag) in
            flag.placeholder.isEmpty ? flag.name : "\(flag.name) \(flag.placeholder)"
        }
        let column = 2 + (groups.flatMap(\.flags).map { left($0).count }.max() ?? 0) + 2
        var lines: [String] = []
        for group in groups {
            if !lines.isEmpty { lines.append("") }
            if !group.title.isEmpty { lines += [group.title, ""] }
            for flag in group.flags {
                let standard = flag.standard.isEmpty ? "" : " (\(flag.standard))"
                let text = wrapped(flag.help + standard, width - column)
                let start = "  " + left(flag)
                for (index, line) in text.enumerated() {
                    let begin = index == 0 ? start : ""
                    let space = String(repeating: " ", count: column - begin.count)
                    lines.append(begin + space + line)
                }
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func wrapped(_ text: String, _ width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return lines + [line]
    }
}
