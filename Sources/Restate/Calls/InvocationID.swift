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
}

extension InvocationID: CustomStringConvertible {
    public var description: String { rawValue }
}
