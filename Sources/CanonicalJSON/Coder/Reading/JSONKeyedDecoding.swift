/// Decodes the members of one object, which it finds by the bytes of their keys.
struct JSONKeyedDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let document: JSONDocument
    let object: Int

    var codingPath: [any CodingKey] { document.path(to: object) }

    var allKeys: [Key] {
        var keys: [Key] = []
        keys.reserveCapacity(Int(document.nodes[object].length))
        var index = object + 1
        while index < document.end(of: object) {
            if let key = Key(stringValue: document.string(at: index)) { keys.append(key) }
            index = document.end(of: index + 1)
        }
        return keys
    }

    func contains(_ key: Key) -> Bool { find(key) != nil }

    @inline(__always)
    private func find(_ key: Key) -> Int? { document.member(key.stringValue, of: object) }

    @inline(__always)
    private func value(_ key: Key) throws -> Int {
        guard let index = find(key) else { throw missing(key) }
        return index
    }

    /// Returns the member's value if it is present and not null.
    @inline(__always)
    private func present(_ key: Key) -> Int? {
        guard let index = find(key), !document.isNull(at: index) else { return nil }
        return index
    }

    private func missing(_ key: Key) -> DecodingError {
        let fault = JSONFault(
            problem: "missing field '\(key.stringValue)'", offset: document.offset(of: object))
        return .keyNotFound(key, document.context(fault, at: object))
    }

    func decodeNil(forKey key: Key) throws -> Bool { document.isNull(at: try value(key)) }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        try document.decode(type, at: try value(key))
    }
    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        try present(key).map { try document.decode(type, at: $0) }
    }
    func decode(_: Bool.Type, forKey key: Key) throws -> Bool {
        try document.bool(at: try value(key))
    }
    func decodeIfPresent(_: Bool.Type, forKey key: Key) throws -> Bool? {
        try present(key).map { try document.bool(at: $0) }
    }
    func decode(_: String.Type, forKey key: Key) throws -> String {
        try document.stringValue(at: try value(key))
    }
    func decodeIfPresent(_: String.Type, forKey key: Key) throws -> String? {
        try present(key).map { try document.stringValue(at: $0) }
    }
    func decode(_: Double.Type, forKey key: Key) throws -> Double {
        try document.double(at: try value(key))
    }
    func decodeIfPresent(_: Double.Type, forKey key: Key) throws -> Double? {
        try present(key).map { try document.double(at: $0) }
    }
    func decode(_: Float.Type, forKey key: Key) throws -> Float {
        try document.float(at: try value(key))
    }
    func decodeIfPresent(_: Float.Type, forKey key: Key) throws -> Float? {
        try present(key).map { try document.float(at: $0) }
    }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int {
        try document.integer(type, at: try value(key))
    }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        try present(key).map { try document.integer(type, at: $0) }
    }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 {
        try document.integer(type, at: try value(key))
    }
    func decodeIfPresent(_ type: Int8.Type, forKey key: Key) throws -> Int8? {
        try present(key).map { try document.integer(type, at: $0) }
    }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 {
        try document.integer(type, at: try value(key))
    }
    func decodeIfPresent(_ type: Int16.Type, forKey key: Key) throws -> Int16? {
        try present(key).map { try document.integer(type, at: $0) }
    }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 {
        try document.integer(type, at: try value(key))
    }
    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? {
        try present(key).map { try document.integer(type, at: $0) }
    }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 {
        try document.integer(type, at: try value(key))
    }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
        try present(key).map { try document.integer(type, at: $0) }
    }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt {
        try document.integer(type, at: try value(key))
    }
    func decodeIfPresent(_ type: UInt.Type, forKey key: Key) throws -> UInt? {
        try present(key).map { try document.integer(type, at: $0) }
    }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 {
        try document.integer(type, at: try value(key))
    }
    func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) throws -> UInt8? {
        try present(key).map { try document.integer(type, at: $0) }
    }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 {
        try document.integer(type, at: try value(key))
    }
    func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) throws -> UInt16? {
        try present(key).map { try document.integer(type, at: $0) }
    }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 {
        try document.integer(type, at: try value(key))
    }
    func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) throws -> UInt32? {
        try present(key).map { try document.integer(type, at: $0) }
    }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 {
        try document.integer(type, at: try value(key))
    }
    func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? {
        try present(key).map { try document.integer(type, at: $0) }
    }
    func decode(_ type: Int128.Type, forKey key: Key) throws -> Int128 {
        try document.integer(type, at: try value(key))
    }
    func decodeIfPresent(_ type: Int128.Type, forKey key: Key) throws -> Int128? {
        try present(key).map { try document.integer(type, at: $0) }
    }
    func decode(_ type: UInt128.Type, forKey key: Key) throws -> UInt128 {
        try document.integer(type, at: try value(key))
    }
    func decodeIfPresent(_ type: UInt128.Type, forKey key: Key) throws -> UInt128? {
        try present(key).map { try document.integer(type, at: $0) }
    }

    func nestedContainer<Nested>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try JSONValueDecoder(document: document, index: try value(key)).container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try JSONUnkeyedDecoding(document: document, array: try value(key))
    }
    func superDecoder() -> any Decoder { superDecoder(named: JSONKey.super.stringValue) }
    func superDecoder(forKey key: Key) -> any Decoder { superDecoder(named: key.stringValue) }

    /// A superclass may have nothing to decode. In that case its decoder sees null, as with
    /// Foundation.
    private func superDecoder(named key: String) -> any Decoder {
        guard let index = document.member(key, of: object) else { return JSONNullDecoder() }
        return JSONValueDecoder(document: document, index: index)
    }
}
