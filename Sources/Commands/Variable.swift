/// An environment variable that is set. Each reader throws a sentence that says which values are
/// valid.
public struct Variable {
    public let name: String
    public let text: String

    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    public func mistake(_ expected: String) -> UsageError {
        UsageError("\(name) must be \(expected), not '\(text)'.")
    }

    public func number(in range: ClosedRange<Int>) throws(UsageError) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw mistake(range.description(for: text))
        }
        return number
    }

    /// Whether a switch is on.
    public func isOn() throws(UsageError) -> Bool {
        switch text.lowercased() {
        case "1", "true", "yes", "on": return true
        case "0", "false", "no", "off": return false
        default: throw mistake("1 or 0, true or false")
        }
    }
}

extension ClosedRange<Int> {
    /// What is expected instead of a text. Of a fraction it has to be said that it is none, because it can
    /// be in the range.
    func description(for text: String) -> String {
        let isFraction = Int(text) == nil && Double(text) != nil
        return "a \(isFraction ? "whole " : "")number from \(lowerBound) to \(upperBound)"
    }
}
