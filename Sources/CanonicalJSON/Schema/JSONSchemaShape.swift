/// The shape of a type's JSON, before it is printed as a schema.
indirect enum JSONSchemaShape: Equatable {
    case anything
    /// A schema that refers to no other type.
    case leaf(JSONValue)
    case array(JSONSchemaShape)
    /// An object with arbitrary members; `name` is an example of a member's name.
    case map(JSONSchemaShape, name: String)
    case nullable(JSONSchemaShape)
    /// An object that is no type of its own: a nested container.
    case object([Field])
    /// A type whose fields the recorder has, or will have at the end of its walk.
    case type(ObjectIdentifier)
    /// An enum with associated values: an object with one member, named like the case.
    case choice([Field])

    struct Field: Equatable {
        var name: String
        var shape: JSONSchemaShape
        var isRequired: Bool
    }
}

/// A type whose shape is known without running its `init(from:)`. It also supplies a placeholder.
protocol JSONSchemaKnown {
    static func shape(_ recorder: JSONSchemaRecorder) -> JSONSchemaShape
    static var placeholder: Self { get }
}

extension JSONSchemaKnown {
    static func leaf(_ type: String, _ more: [String: JSONValue] = [:]) -> JSONSchemaShape {
        .leaf(.object(more.merging(["type": .string(type)]) { $1 }))
    }
}

extension String: JSONSchemaKnown {
    static func shape(_: JSONSchemaRecorder) -> JSONSchemaShape { leaf("string") }
    static var placeholder: String { "" }
}

extension Bool: JSONSchemaKnown {
    static func shape(_: JSONSchemaRecorder) -> JSONSchemaShape { leaf("boolean") }
    static var placeholder: Bool { false }
}

extension JSONSchemaKnown where Self: BinaryFloatingPoint {
    static func shape(_: JSONSchemaRecorder) -> JSONSchemaShape { leaf("number") }
    static var placeholder: Self { 0 }
}

extension JSONSchemaKnown where Self: FixedWidthInteger {
    /// The schema includes limits that readers in other languages would not expect.
    static func shape(_: JSONSchemaRecorder) -> JSONSchemaShape {
        var limits: [String: JSONValue] = [:]
        if let low = Int(exactly: min), low == 0 || bitWidth < 64 {
            limits["minimum"] = .integer(low)
        }
        if let high = Int(exactly: max), bitWidth < 64 { limits["maximum"] = .integer(high) }
        return leaf("integer", limits)
    }
    static var placeholder: Self { 0 }
}

extension Float16: JSONSchemaKnown {}
extension Float: JSONSchemaKnown {}
extension Double: JSONSchemaKnown {}
extension Int: JSONSchemaKnown {}
extension Int8: JSONSchemaKnown {}
extension Int16: JSONSchemaKnown {}
extension Int32: JSONSchemaKnown {}
extension Int64: JSONSchemaKnown {}
extension Int128: JSONSchemaKnown {}
extension UInt: JSONSchemaKnown {}
extension UInt8: JSONSchemaKnown {}
extension UInt16: JSONSchemaKnown {}
extension UInt32: JSONSchemaKnown {}
extension UInt64: JSONSchemaKnown {}
extension UInt128: JSONSchemaKnown {}

extension Duration: JSONSchemaKnown {
    static func shape(_: JSONSchemaRecorder) -> JSONSchemaShape {
        leaf("string", ["format": "duration"])
    }
    static var placeholder: Duration { .zero }
}

extension Array: JSONSchemaKnown where Element: Decodable {
    static func shape(_ recorder: JSONSchemaRecorder) -> JSONSchemaShape {
        .array(recorder.shape(of: Element.self))
    }
    static var placeholder: [Element] { [] }
}

extension ContiguousArray: JSONSchemaKnown where Element: Decodable {
    static func shape(_ recorder: JSONSchemaRecorder) -> JSONSchemaShape {
        .array(recorder.shape(of: Element.self))
    }
    static var placeholder: ContiguousArray<Element> { [] }
}

extension Set: JSONSchemaKnown where Element: Decodable {
    static func shape(_ recorder: JSONSchemaRecorder) -> JSONSchemaShape {
        .array(recorder.shape(of: Element.self))
    }
    static var placeholder: Set<Element> { [] }
}

extension Dictionary: JSONSchemaKnown where Key: Decodable, Value: Decodable {
    static func shape(_ recorder: JSONSchemaRecorder) -> JSONSchemaShape {
        // Keys of other types are encoded as an array of alternating keys and values.
        guard Key.self is any CodingKeyRepresentable.Type else {
            _ = recorder.isRefused(Key.self) || recorder.isRefused(Value.self)
            return .array(.anything)
        }
        let key = (try? recorder.placeholder(Key.self)) as? any CodingKeyRepresentable
        let name = key?.codingKey.stringValue ?? ""
        return .map(recorder.shape(of: Value.self), name: name.isEmpty ? "name" : name)
    }
    static var placeholder: [Key: Value] { [:] }
}

extension Optional: JSONSchemaKnown where Wrapped: Decodable {
    static func shape(_ recorder: JSONSchemaRecorder) -> JSONSchemaShape {
        .nullable(recorder.shape(of: Wrapped.self))
    }
    static var placeholder: Wrapped? { nil }
}

/// Anything at all. Its own decoder would be satisfied with the first type that it tries.
extension JSONValue: JSONSchemaKnown {
    static func shape(_ recorder: JSONSchemaRecorder) -> JSONSchemaShape { .anything }
    static var placeholder: JSONValue { .null }
}
