/// One variable of the environment with its text; each reader says what it must be if it is something
/// else.
package struct Variable {
    package let name: String
    package let text: String

    package init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    package func mistake(_ expected: String) -> UsageError {
        UsageError("\(name) must be \(expected), not '\(text)'.")
    }

    package func number(in range: ClosedRange<Int>) throws(UsageError) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw mistake("a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
