/// The id of an invocation, which remembers what its handler gives.
///
/// As JSON it is a plain string, so that it can be stored and sent.
public struct InvocationID<Output>: RawRepresentable, Codable, Hashable, Sendable {
    public let rawValue: String

    /// An id that came as text, say from the ingress.
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
