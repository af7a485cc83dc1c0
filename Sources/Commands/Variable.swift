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
            throw mistake("a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
