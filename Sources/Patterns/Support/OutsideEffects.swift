internal import Restate

/// The systems behind the patterns: mail, flights, cards, posts and so on.
///
/// Each effect has a key. An effect that is asked for again with the same subject, step and key, as after a
/// crash, counts once.
public protocol OutsideEffects: Sendable {
    /// Has an effect.
    ///
    /// The steps `cancel` and `refund` are final: a later step with that subject and key is refused, so that
    /// a straggler cannot do again what was undone.
    /// - Parameter body: what the effect is about, as a line for people.
    /// - Returns: how often this was asked for, this time included.
    /// - Throws: a ``TerminalError`` with code 409 after a final step; any other error if it is to be
    ///   tried again.
    @discardableResult
    func record(
        _ subject: String, _ step: String, key: String, body: String
    ) async throws -> Int

    /// Looks how something stands, like the moderation of a post: `PENDING` or `DONE`.
    func look(_ subject: String, key: String) async throws -> String
}

/// An effect, as `GET /effects` lists it.
public struct OutsideEffect: Codable, Equatable, Sendable {
    public var subject: String
    public var step: String
    public var key: String
    public var body: String
    /// How often it was asked for.
    public var tries: Int
}

extension OutsideEffect {
    static let finalSteps: Set<String> = ["cancel", "refund"]

    static func refusal(_ subject: String, _ step: String, _ key: String) -> TerminalError {
        TerminalError("\(step) of \(subject)/\(key) comes after its end", code: 409)
    }
}

extension OutsideEffects {
    /// Has an effect, for which it does not matter how often it was asked for.
    func perform(_ subject: String, _ step: String, key: String, saying line: String) async throws {
        try await record(subject, step, key: key, body: line)
    }
}
