internal import Primitives

/// Parses the command line behind a command's name: flags, which have a value, and switches, which
/// have none.
///
/// It is written by hand, because a package for this would be larger than the applications.
public struct Arguments {
    private var values: [String: [String]] = [:]
    private var on: Set<String> = []
    /// The variables that gave what the command line does not say, by the flag's name.
    private var variables: [String: String] = [:]
    public private(set) var wantsHelp = false
    /// Words that are no flags.
    public private(set) var operands: [String] = []

    /// - Parameters:
    ///   - flags: the names that are accepted, with their dashes.
    ///   - repeatable: those of the flags that may be given more than once.
    ///   - switches: the names that take no value.
    ///   - operandLimit: how many words may be no flags.
    public init(
        _ words: some Sequence<String>, flags: [String], repeatable: [String] = [],
        switches: [String] = [], operandLimit: Int = 0
    ) throws(UsageError) {
        var words = words.makeIterator()
        while let word = words.next() {
            if word == "--help" || word == "-h" {
                wantsHelp = true
                continue
            }
            if switches.contains(word) {
                on.insert(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts.first.map(String.init) ?? ""
            guard name.hasPrefix("-") else {
                if operands.count < operandLimit {
                    operands.append(word)
                    continue
                }
                throw UsageError("'\(word)' is not expected here.")
            }
            guard !switches.contains(name) else {
                throw UsageError(
                    "\(name) is there or not, and takes no value: leave out '\(word.dropFirst(name.count))'."
                )
            }
            guard flags.contains(name) else {
                throw UsageError(
                    "There is no flag '\(name)'; there are \(listed(flags + switches + ["--help"]))."
                )
            }
            guard values[name] == nil || repeatable.contains(name) else {
                throw UsageError("\(name) is given twice.")
            }
            guard let value = parts.count > 1 ? String(parts[1]) : words.next(), !value.isEmpty
            else { throw UsageError("\(name) needs a value.") }
            values[name, default: []].append(value)
        }
    }

    /// Takes from a variable of the environment what the command line does not say.
    mutating func complete(_ flag: Flag, from variable: Variable) throws(UsageError) {
        guard values[flag.name] == nil, !on.contains(flag.name) else { return }
        variables[flag.name] = variable.name
        switch flag.kind {
        case .value: values[flag.name] = [variable.text]
        case .list:
            let parts = variable.text.split(separator: ",").map { String($0).trimmedOfSpaces }
            // A list of only commas is a mistake that is told where its values are read.
            values[flag.name] = parts.isEmpty ? [variable.text] : parts
        case .toggle: if try variable.isOn() { on.insert(flag.name) }
        }
    }

    /// What the user calls the value: by the flag, or by the variable that gave it.
    public func called(_ name: String) -> String { variables[name] ?? name }

    /// The variable that gave the value; nil if the command line did, or nobody.
    public func variable(of name: String) -> String? { variables[name] }

    public func text(_ name: String) -> String? { values[name]?.first }

    /// All values of a flag that may be repeated, as they were given.
    public func texts(_ name: String) -> [String] { values[name] ?? [] }

    public func isOn(_ name: String) -> Bool { on.contains(name) }

    public func number(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let text = text(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw UsageError(
                "\(called(name)) must be \(range.description(for: text)), not '\(text)'.")
        }
        return number
    }

    /// Returns the flag's value, which must be one of `words`.
    public func choice(_ name: String, of words: [String]) throws(UsageError) -> String? {
        guard let text = text(name) else { return nil }
        guard words.contains(text) else {
            throw UsageError("\(called(name)) is \(listed(words, "or")), not '\(text)'.")
        }
        return text
    }

    /// Parses a time like `500ms`, `2s` or `15m`.
    public func duration(_ name: String) throws(UsageError) -> Duration? {
        guard let text = text(name) else { return nil }
        return try duration(name, text)
    }

    /// Parses a text that is a part of a flag's value as a time.
    public func duration(_ name: String, _ text: String) throws(UsageError) -> Duration {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        if let number = Int(digits), number <= 1_000_000_000 {
            switch text.dropFirst(digits.count) {
            case "ms": return .milliseconds(number)
            case "s": return .seconds(number)
            case "m": return .seconds(number * 60)
            default: break
            }
        }
        throw UsageError("\(called(name)) must be a time like 500ms, 2s or 15m, not '\(text)'.")
    }
}

/// The command line or the environment is invalid. The description is a sentence that says why.
public struct UsageError: Error, CustomStringConvertible {
    public let description: String
    /// The command whose help says more; nil for the program itself.
    public var command: String?

    /// - Parameter command: nil for the one that was called.
    public init(_ description: String, see command: String? = nil) {
        self.description = description
        self.command = command
    }
}

private func listed(_ names: [String], _ word: String = "and") -> String {
    names.dropLast().joined(separator: ", ") + " \(word) " + (names.last ?? "")
}
