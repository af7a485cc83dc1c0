public import Nexus

/// With which cards the users pay: how many of 100 are `card_success`, `card_decline` and `card_error`.
public struct CardMix: Equatable, Sendable, CustomStringConvertible {
    private let shares: [Int]

    public static let standard = CardMix(success: 80, decline: 10, error: 10)

    private init(success: Int, decline: Int, error: Int) {
        shares = [success, decline, error]
    }

    /// Reads `80,10,10`. Nil if these are not three shares of 100.
    public init?(_ text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let shares = parts.compactMap { Int($0) }.filter { (0...100).contains($0) }
        guard parts.count == 3, shares.count == 3, shares.reduce(0, +) == 100 else { return nil }
        self.shares = shares
    }

    public func card(_ dice: inout LoadDice) -> PaymentCard {
        var throwOfDice = Int.random(in: 0..<shares.reduce(0, +), using: &dice)
        for (card, share) in zip([PaymentCard.success, .decline], shares) {
            if throwOfDice < share { return card }
            throwOfDice -= share
        }
        return .error
    }

    public var description: String { shares.map(String.init).joined(separator: ",") }
}
