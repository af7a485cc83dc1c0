/// The id of an invocation, which remembers what its handler gives.
///
/// As JSON it is a plain string, so that it can be stored and sent.
public struct InvocationID<Output>: Hashable, Sendable {
    public let text: String

    /// An id that came as text, say from the ingress.
    public init(_ text: String) {
        self.text = text
    }
}

extension InvocationID: CustomStringConvertible {
    public var description: String { text }
}

extension InvocationID: Codable {
    public init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
