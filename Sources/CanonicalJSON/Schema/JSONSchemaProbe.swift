/// The decoder of a schema walk: it has no data, writes down what it is asked for, and gives
/// placeholders.
struct JSONSchemaProbe: Decoder {
    let recorder: JSONSchemaRecorder
    let record: JSONSchemaRecord

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        record.isKeyed = true
        return KeyedDecodingContainer(JSONSchemaKeyedProbe<Key>(recorder: recorder, record: record))
    }
    func unkeyedContainer() -> any UnkeyedDecodingContainer {
        record.isUnkeyed = true
        return Unkeyed(recorder: recorder, record: record)
    }
    func singleValueContainer() -> any SingleValueDecodingContainer {
        Single(recorder: recorder, record: record)
    }

    /// A nested container or decoder, whose shape is known only when the walk around it has ended;
    /// what it holds stays open.
    static func nested(_ recorder: JSONSchemaRecorder) -> JSONSchemaProbe {
        JSONSchemaProbe(recorder: recorder, record: JSONSchemaRecord())
    }

    // The containers have the generic calls only, which stand for the typed ones as well.

    private struct Unkeyed: UnkeyedDecodingContainer {
        let recorder: JSONSchemaRecorder
        let record: JSONSchemaRecord

        var codingPath: [any CodingKey] { [] }
        var count: Int? { nil }
        /// One element tells what the others are.
        var isAtEnd: Bool { currentIndex > 0 }
        private(set) var currentIndex = 0

        init(recorder: JSONSchemaRecorder, record: JSONSchemaRecord) {
            self.recorder = recorder
            self.record = record
        }

        mutating func decodeNil() -> Bool { false }
        mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
            guard currentIndex < 64 else { throw JSONSchemaRecorder.NoValue() }
            currentIndex += 1
            record.elements.append(recorder.shape(of: type))
            return try recorder.placeholder(type)
        }
        mutating func nestedContainer<Nested>(
            keyedBy type: Nested.Type
        ) throws -> KeyedDecodingContainer<Nested> {
            try superDecoder().container(keyedBy: type)
        }
        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
            try superDecoder().unkeyedContainer()
        }
        mutating func superDecoder() throws -> any Decoder {
            guard currentIndex < 64 else { throw JSONSchemaRecorder.NoValue() }
            currentIndex += 1
            record.elements.append(.anything)
            return JSONSchemaProbe.nested(recorder)
        }
    }

    private struct Single: SingleValueDecodingContainer {
        let recorder: JSONSchemaRecorder
        let record: JSONSchemaRecord

        var codingPath: [any CodingKey] { [] }
        func decodeNil() -> Bool {
            record.isUnclear = true
            return false
        }
        func decode<T: Decodable>(_ type: T.Type) throws -> T {
            record.scalars.append(recorder.shape(of: type))
            // Refused at first: a type that tries several forms then shows them all.
            guard record.givesScalars else { throw JSONSchemaRecorder.NoValue() }
            return try recorder.placeholder(type)
        }
    }
}
