/// Decodes the elements of one array in order.
struct JSONUnkeyedDecoding: UnkeyedDecodingContainer {
    private let document: JSONDocument
    // 32-bit numbers keep the container small enough to be stored inline in an existential.
    private let array: UInt32
    private var next: UInt32
    private let elements: UInt32
    private var position: UInt32 = 0

    init(document: JSONDocument, array: Int) throws {
        elements = UInt32(try document.expect(.array, at: array, for: [Any].self))
        self.document = document
        self.array = UInt32(array)
        next = UInt32(array + 1)
    }

    var codingPath: [any CodingKey] { document.path(to: Int(array)) }
    var count: Int? { Int(elements) }
    var currentIndex: Int { Int(position) }
    var isAtEnd: Bool { position == elements }

    /// Reads the next element and advances only if that succeeds, so that another type can be
    /// tried.
    @inline(__always)
    private mutating func take<T>(_ read: (JSONDocument, Int) throws -> T) throws -> T {
        let index = Int(next)
        guard position < elements else { throw atEnd(T.self) }
        let value = try read(document, index)
        position &+= 1
        next = UInt32(truncatingIfNeeded: document.end(of: index))
        return value
    }

    @inline(__always)
    private mutating func takeIfPresent<T>(
        _ read: (JSONDocument, Int) throws -> T
    ) throws -> T? {
        if position == elements { return nil }
        return try take { document, index in
            document.isNull(at: index) ? nil : try read(document, index)
        }
    }

    private func atEnd(_ type: Any.Type) -> DecodingError {
        let fault = JSONFault(
            problem: "expected more than \(elements) elements",
            offset: document.offset(of: Int(array)))
        let context = document.context(fault, at: Int(array))
        return .valueNotFound(type, context)
    }

    mutating func decodeNil() throws -> Bool {
        guard position < elements else { throw atEnd(Never.self) }
        guard document.isNull(at: Int(next)) else { return false }
        return try take { _, _ in true }
    }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        try take { try $0.decode(type, at: $1) }
    }
    mutating func decodeIfPresent<T: Decodable>(_ type: T.Type) throws -> T? {
        try takeIfPresent { try $0.decode(type, at: $1) }
    }
    mutating func decode(_: Bool.Type) throws -> Bool { try take { try $0.bool(at: $1) } }
    mutating func decode(_: String.Type) throws -> String {
        try take { try $0.stringValue(at: $1) }
    }
    mutating func decode(_: Double.Type) throws -> Double { try take { try $0.double(at: $1) } }
    mutating func decode(_: Float.Type) throws -> Float { try take { try $0.float(at: $1) } }
    mutating func decode(_ type: Int.Type) throws -> Int {
        try take { try $0.integer(type, at: $1) }
    }
    mutating func decode(_ type: Int8.Type) throws -> Int8 {
        try take { try $0.integer(type, at: $1) }
    }
    mutating func decode(_ type: Int16.Type) throws -> Int16 {
        try take { try $0.integer(type, at: $1) }
    }
    mutating func decode(_ type: Int32.Type) throws -> Int32 {
        try take { try $0.integer(type, at: $1) }
    }
    mutating func decode(_ type: Int64.Type) throws -> Int64 {
        try take { try $0.integer(type, at: $1) }
    }
    mutating func decode(_ type: UInt.Type) throws -> UInt {
        try take { try $0.integer(type, at: $1) }
    }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 {
        try take { try $0.integer(type, at: $1) }
    }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 {
        try take { try $0.integer(type, at: $1) }
    }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 {
        try take { try $0.integer(type, at: $1) }
    }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 {
        try take { try $0.integer(type, at: $1) }
    }
    mutating func decode(_ type: Int128.Type) throws -> Int128 {
        try take { try $0.integer(type, at: $1) }
    }
    mutating func decode(_ type: UInt128.Type) throws -> UInt128 {
        try take { try $0.integer(type, at: $1) }
    }

    mutating func nestedContainer<Nested>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        try take {
            try JSONValueDecoder(document: $0, index: $1).container(keyedBy: type)
        }
    }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try take { try JSONUnkeyedDecoding(document: $0, array: $1) }
    }
    mutating func superDecoder() throws -> any Decoder {
        try take { JSONValueDecoder(document: $0, index: $1) }
    }
}
