/// Decodes null where a document has no value.
struct JSONNullDecoder: Decoder {
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    private var value: JSONValueDecoder {
        get throws {
            let null: [UInt8] = Array("null".utf8)
            return try null.withUnsafeBufferPointer { text in
                let document = try JSONDocument(parsing: text)
                document.keepBytes()
                return JSONValueDecoder(document: document, index: 0)
            }
        }
    }

    func container<Key>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try value.container(keyedBy: type)
    }
    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try value.unkeyedContainer()
    }
    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        try value.singleValueContainer()
    }
}
