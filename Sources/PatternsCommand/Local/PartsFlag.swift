internal import Commands
internal import Patterns

/// A flag about the outside parts or some patterns, and where it changes anything. Elsewhere it is refused: who gives
/// it there is mistaken about what it does.
struct PartsFlag {
    let flag: Flag
    /// The names of the patterns; nil for all.
    let patterns: [String]?
    /// Whether it says how the outside parts behave, in whichever process they are.
    let isOfParts: Bool

    static let all = [
        PartsFlag(
            Flag("--work-time", "T", "how long the work of queue takes", standard: "2s"),
            of: ["queue"]),
        PartsFlag(
            Flag(
                "--interval", "T", "from one reminder of an unpaid invoice to the next",
                standard: "a day"),
            of: ["schedulingtasks", "webhookcallbacks"]),
        PartsFlag(
            Flag(
                "--speed", "S", "fast or slow: the upload of syncasync", standard: "by chance"),
            of: ["syncasync"], isOfParts: true),
        PartsFlag(
            Flag("--fail", "P", "how likely an effect fails, in percent", standard: "0"),
            of: ["webhookcallbacks", "syncasync", "sagas", "schedulingtasks", "eventtransactions"],
            isOfParts: true),
        PartsFlag(
            Flag(
                "--pending", "P",
                "how likely a post of eventtransactions is still pending at a look, in percent",
                standard: "80"),
            of: ["eventtransactions"], isOfParts: true),
        PartsFlag(
            Flag("--seed", "N", "what chance follows from", standard: "another one each time"),
            isOfParts: true),
        PartsFlag(
            Flag(
                "--database-url", "URL", "the PostgreSQL of database",
                standard: ExampleDatabase.url),
            of: ["database"]),
    ]

    private init(_ flag: Flag, of patterns: [String]? = nil, isOfParts: Bool = false) {
        self.flag = flag
        self.patterns = patterns
        self.isOfParts = isOfParts
    }

    private func concerns(_ pattern: Pattern) -> Bool {
        patterns?.contains(pattern.name) ?? true
    }

    static func flags(of pattern: Pattern) -> [Flag] {
        all.filter { $0.concerns(pattern) }.map(\.flag)
    }

    /// Refuses what would change nothing.
    ///
    /// - Parameter hasParts: whether the parts are in this process.
    static func check(
        _ arguments: Arguments, for patterns: [Pattern], hasParts: Bool
    ) throws(UsageError) {
        for flag in all where arguments.text(flag.flag.name) != nil {
            guard let concerned = flag.patterns else { continue }
            guard patterns.contains(where: flag.concerns) else {
                throw UsageError(
                    "\(flag.flag.name) does nothing here: it is about \(listed(concerned)).")
            }
            guard hasParts || !flag.isOfParts else {
                throw UsageError(
                    "\(flag.flag.name) does nothing here: it is about the outside parts, which "
                        + "--parts-url finds in another process.")
            }
        }
    }

    private static func listed(_ names: [String]) -> String {
        guard names.count > 1, let last = names.last else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }
}
