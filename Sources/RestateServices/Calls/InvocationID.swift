import RestateProtocol

/// Identifies an invocation. Its type parameter is the handler's output, so that the result can be
/// decoded.
///
/// Its JSON is a plain string, so it can be stored and sent.
public struct InvocationID<Output>: RawRepresentable, Codable, Hashable, Sendable {
    public let rawValue: String

    /// Makes an id from text, for example from the ingress.
    public init(_ text: String) {
        rawValue = text
    }

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Whether the text can be the id of an invocation. It does not say that there is such an invocation.
    ///
    /// A server does not accept a handler's command about an invocation whose id cannot be one, as `attach`,
    /// `cancel` and `sendSignal` make them: the attempt fails, and is repeated in vain. So a handler checks ids
    /// that come from outside.
    public var isWellFormed: Bool { InvocationIDText.numbers(in: rawValue) != nil }
}

extension InvocationID: CustomStringConvertible {
    public var description: String { rawValue }
}
