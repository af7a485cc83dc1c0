/// The secret of a shop's operator. Whoever has it may use what is not for buyers: the mock gateway, its
/// ledger, the outbox and the metrics.
public struct OperatorToken: Sendable, CustomStringConvertible {
    /// How many characters it may have. A shorter one can be guessed.
    public static let lengths = 16...256

    private let text: String

    /// - Throws: ``InvalidOperatorToken`` with a sentence about what is wrong, which does not have the text in
    ///   it.
    public init(_ text: String) throws(InvalidOperatorToken) {
        // It becomes a part of a header.
        let isVisible = text.utf8.allSatisfy { (0x21..<0x7f).contains($0) }
        guard isVisible, Self.lengths.contains(text.utf8.count) else {
            throw InvalidOperatorToken()
        }
        self.text = text
    }

    /// The value of the header `authorization` that shows it.
    public var authorization: String { "Bearer \(text)" }

    /// So that it does not get into a log by accident.
    public var description: String { "an operator's token" }

    /// Whether a header's value shows it. The time that this takes does not say how much of a wrong one is
    /// right.
    func isShown(by authorization: String?) -> Bool {
        guard let authorization else { return false }
        let parts = authorization.utf8.split(separator: 0x20, maxSplits: 1)
        guard parts.count == 2, String(parts[0])?.lowercased() == "bearer" else { return false }
        return areEqual(Array(parts[1]), Array(text.utf8))
    }
}

/// A text that cannot be an operator's token.
public struct InvalidOperatorToken: Error, Equatable, CustomStringConvertible {
    public var description: String {
        "a token of \(OperatorToken.lengths.lowerBound) to \(OperatorToken.lengths.upperBound) "
            + "characters without spaces, as 'openssl rand -hex 32' makes one"
    }
}

/// Takes as long wherever the first difference is.
private func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    guard one.count == other.count else { return false }
    return zip(one, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
}
