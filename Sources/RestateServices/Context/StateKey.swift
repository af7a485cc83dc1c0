import RestateProtocol

/// Names a state entry. Its type parameter is the type of the value.
///
/// A key with a default never reads as nil. A key without one has an optional type and reads as nil
/// if there is no entry.
///
/// ```swift
/// static let count = StateKey<Int>("count", default: 0)
/// static let owner = StateKey<String?>("owner")
/// ```
/// Reading an entry that the type cannot represent fails the attempt like any ordinary error.
public struct StateKey<Value: Codable & Sendable>: Sendable {
    /// The name of the entry, as the server's tables and the CLI show it.
    public let name: String
    // These are before the value, whose size is not known in a generic function: behind it, finding them would take a
    // look-up of the key's metadata in each read.
    /// The name as the protocol has it, made once for all reads and writes.
    let bytes: Bytes
    let format: Format?
    /// The value of an entry that is not stored.
    public let defaultValue: Value

    /// Makes a key whose value is never absent.
    ///
    /// - Parameters:
    ///   - name: of the entry. Two keys of one name are one entry.
    ///   - value: what is read while nothing is stored.
    ///   - format: of the value; nil for that of the handler that uses the key. If handlers of one
    ///     object have different formats, name it here.
    public init(_ name: String, default value: Value, format: Format? = nil) {
        self.name = name
        bytes = Bytes(name.utf8)
        defaultValue = value
        self.format = format
    }

    /// Makes a key that reads as nil while nothing is stored.
    ///
    /// - Parameters:
    ///   - name: of the entry. Two keys of one name are one entry.
    ///   - format: of the value; nil for that of the handler that uses the key.
    public init(_ name: String, format: Format? = nil) where Value: ExpressibleByNilLiteral {
        self.init(name, default: nil, format: format)
    }
}
