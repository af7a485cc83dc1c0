import RestateProtocol

/// The fields column of a recorded frame, read name by name. What nobody asks for is an error, so
/// that no field is lost without a word.
struct GoldenFields {
    private var members: [String: FixtureJSON]
    private let owner: String

    init(_ json: FixtureJSON, of owner: String) throws {
        guard let members = json.object else { throw FixtureError("\(owner) is not an object") }
        self.members = members
        self.owner = owner
    }

    func finish() throws {
        guard members.isEmpty else {
            throw FixtureError("\(owner) has unread fields: \(members.keys.sorted())")
        }
    }

    mutating func number<N: FixedWidthInteger>(_ name: String, as: N.Type = N.self) throws -> N? {
        try take(name) { $0.integer.flatMap(N.init(exactly:)) }
    }
    mutating func string(_ name: String) throws -> String? { try take(name, \.string) }
    mutating func bool(_ name: String) throws -> Bool? { try take(name, \.bool) }
    mutating func bytes(_ name: String) throws -> Bytes? { try take(name, Self.bytes) }

    /// The content of a `Value`: empty when the message is there without one.
    mutating func value(_ name: String) throws -> Bytes? {
        try object(name) { try $0.bytes("content") ?? [] }
    }

    mutating func object<T>(
        _ name: String, _ build: (inout GoldenFields) throws -> T
    ) throws -> T? {
        try take(name) { try Self.built(from: $0, of: name, build) }
    }

    mutating func objects<T>(
        _ name: String, _ build: (inout GoldenFields) throws -> T
    ) throws -> [T] {
        try take(name) { json in
            try json.array?.map { try Self.built(from: $0, of: name, build) }
        } ?? []
    }

    mutating func numbers(_ name: String) throws -> [UInt32] {
        try take(name) { $0.array?.compactMap { $0.integer.flatMap(UInt32.init(exactly:)) } } ?? []
    }
    mutating func strings(_ name: String) throws -> [String] {
        try take(name) { $0.array?.compactMap(\.string) } ?? []
    }
    mutating func byteStrings(_ name: String) throws -> [Bytes] {
        try take(name) { try $0.array?.compactMap(Self.bytes) } ?? []
    }

    // MARK: messages within messages

    mutating func headers(_ name: String) throws -> [Header] {
        try objects(name) {
            Header(key: try $0.string("key") ?? "", value: try $0.string("value") ?? "")
        }
    }

    mutating func failure(_ name: String) throws -> Failure? {
        try object(name) {
            Failure(
                code: try $0.number("code") ?? 0, message: try $0.string("message") ?? "",
                metadata: try $0.headers("metadata"))
        }
    }

    mutating func result(
        _ value: String = "value", _ failure: String = "failure"
    ) throws -> ValueOrFailure? {
        if let value = try self.value(value) { return .value(value) }
        return try self.failure(failure).map(ValueOrFailure.failure)
    }

    mutating func future(_ name: String) throws -> FutureTree? {
        try object(name) { try FutureTree(&$0) }
    }

    // MARK: helpers

    private mutating func take<T>(
        _ name: String, _ convert: (FixtureJSON) throws -> T?
    ) throws -> T? {
        guard let json = members.removeValue(forKey: name) else { return nil }
        guard let result = try convert(json) else {
            throw FixtureError("\(owner).\(name) cannot be \(T.self): \(json)")
        }
        return result
    }

    private static func built<T>(
        from json: FixtureJSON, of owner: String, _ build: (inout GoldenFields) throws -> T
    ) throws -> T {
        var fields = try GoldenFields(json, of: owner)
        let result = try build(&fields)
        try fields.finish()
        return result
    }

    private static func bytes(_ json: FixtureJSON) throws -> Bytes? {
        if let text = json["utf8"]?.string { return Array(text.utf8)[...] }
        return try json["hex"]?.string.map { try Support.bytes(hex: $0)[...] }
    }
}

extension FutureTree {
    fileprivate init(_ fields: inout GoldenFields) throws {
        self.init()
        completions = try fields.numbers("waiting_completions")
        signals = try fields.numbers("waiting_signals")
        namedSignals = try fields.strings("waiting_named_signals")
        nested = try fields.objects("nested_futures") { try FutureTree(&$0) }
        combinator = try Combinator(rawValue: fields.number("combinator_type") ?? 0) ?? .unknown
    }
}
