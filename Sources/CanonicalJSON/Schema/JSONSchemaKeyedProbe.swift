/// Records the members for which a type asks while it decodes.
struct JSONSchemaKeyedProbe<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let recorder: JSONSchemaRecorder
    let record: JSONSchemaRecord

    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] {
        let keys = EnumCases.all(of: Key.self) ?? []
        if let given = record.givenKey, given < keys.count { return [keys[given]] }
        record.isUnclear = true
        record.askedForKeys = keys.count
        return []
    }
    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) -> Bool { false }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        record.add(key.stringValue, recorder.shape(of: type), isRequired: true)
        return try recorder.placeholder(type)
    }
    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) -> T? {
        optional(type, key)
    }
    private func optional<T: Decodable>(_ type: T.Type, _ key: Key) -> T? {
        let shape = JSONSchemaShape.nullable(recorder.shape(of: type))
        record.add(key.stringValue, shape, isRequired: false)
        return nil
    }
    func nestedContainer<Nested>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedDecodingContainer<Nested> {
        record.add(key.stringValue, .anything, isRequired: true)
        let nested = JSONSchemaRecord()
        record.nested[key.stringValue] = nested
        return JSONSchemaProbe(recorder: recorder, record: nested).container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer {
        record.add(key.stringValue, .array(.anything), isRequired: true)
        return JSONSchemaProbe.nested(recorder).unkeyedContainer()
    }
    func superDecoder() -> any Decoder {
        record.add(JSONKey.super.stringValue, .anything, isRequired: false)
        return JSONSchemaProbe.nested(recorder)
    }
    func superDecoder(forKey key: Key) -> any Decoder {
        record.add(key.stringValue, .anything, isRequired: false)
        return JSONSchemaProbe.nested(recorder)
    }

    // The default implementations of these methods require that a value is present.

    func decodeIfPresent(_: Bool.Type, forKey key: Key) -> Bool? {
        optional(Bool.self, key)
    }
    func decodeIfPresent(_: String.Type, forKey key: Key) -> String? {
        optional(String.self, key)
    }
    func decodeIfPresent(_: Double.Type, forKey key: Key) -> Double? {
        optional(Double.self, key)
    }
    func decodeIfPresent(_: Float.Type, forKey key: Key) -> Float? {
        optional(Float.self, key)
    }
    func decodeIfPresent(_: Int.Type, forKey key: Key) -> Int? {
        optional(Int.self, key)
    }
    func decodeIfPresent(_: Int8.Type, forKey key: Key) -> Int8? {
        optional(Int8.self, key)
    }
    func decodeIfPresent(_: Int16.Type, forKey key: Key) -> Int16? {
        optional(Int16.self, key)
    }
    func decodeIfPresent(_: Int32.Type, forKey key: Key) -> Int32? {
        optional(Int32.self, key)
    }
    func decodeIfPresent(_: Int64.Type, forKey key: Key) -> Int64? {
        optional(Int64.self, key)
    }
    func decodeIfPresent(_: Int128.Type, forKey key: Key) -> Int128? {
        optional(Int128.self, key)
    }
    func decodeIfPresent(_: UInt.Type, forKey key: Key) -> UInt? {
        optional(UInt.self, key)
    }
    func decodeIfPresent(_: UInt8.Type, forKey key: Key) -> UInt8? {
        optional(UInt8.self, key)
    }
    func decodeIfPresent(_: UInt16.Type, forKey key: Key) -> UInt16? {
        optional(UInt16.self, key)
    }
    func decodeIfPresent(_: UInt32.Type, forKey key: Key) -> UInt32? {
        optional(UInt32.self, key)
    }
    func decodeIfPresent(_: UInt64.Type, forKey key: Key) -> UInt64? {
        optional(UInt64.self, key)
    }
    func decodeIfPresent(_: UInt128.Type, forKey key: Key) -> UInt128? {
        optional(UInt128.self, key)
    }
}
