/// The decoder that a schema walk passes to `init(from:)`. It has no data: it records each request
/// and answers with a placeholder.
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

    /// Makes the probe of a nested container or decoder. Its shape is known only when the
    /// surrounding walk has ended, so its members stay undetermined.
    static func nested(_ recorder: JSONSchemaRecorder) -> JSONSchemaProbe {
        JSONSchemaProbe(recorder: recorder, record: JSONSchemaRecord())
    }

    // Only the generic methods are implemented; the defaults of the others call them.

    private struct Unkeyed: UnkeyedDecodingContainer {
        let recorder: JSONSchemaRecorder
        let record: JSONSchemaRecord

        var codingPath: [any CodingKey] { [] }
        var count: Int? { nil }
        /// One element suffices to know the type of all.
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
            // A type may try several scalars in turn. The first walk refuses them all, to see them
            // all.
            guard record.givesScalars else { throw JSONSchemaRecorder.NoValue() }
            return try recorder.placeholder(type)
        }
    }
}
