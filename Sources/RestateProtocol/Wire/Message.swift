/// A type that is encoded as protobuf fields: a message, or a part of one.
package protocol FieldCoded: Equatable, Sendable {
    /// Sets all fields to their defaults, which is what absent fields mean.
    init()
    /// Reads the value of one field. Unknown fields must be skipped.
    mutating func decode(_ field: Field, from fields: inout FieldReader) throws(WireError)
    /// Writes the fields in ascending order, so that equal messages have equal bytes.
    func encode(into fields: inout FieldWriter)
    /// Checks, once all fields are read, what the wire format allows but the protocol does not.
    func validate() throws(WireError)
}

extension FieldCoded {
    package func validate() throws(WireError) {}

    init(reading fields: inout FieldReader) throws(WireError) {
        self.init()
        try merge(&fields)
    }

    // Borrowing: an initializer's arguments are otherwise retained for it.
    package init(decoding payload: borrowing Bytes) throws(WireError) {
        self.init()
        try merge(payload)
    }

    /// Reads the fields of `payload` into this message, over its present values.
    mutating func merge(_ payload: Bytes) throws(WireError) {
        try payload.withUnsafeBufferPointer { buffer throws(WireError) in
            guard let base = buffer.baseAddress else { return try validate() }
            try withUnsafePointer(to: payload) { source throws(WireError) in
                var fields = FieldReader(base: base, source: source)
                try merge(&fields)
            }
        }
    }

    @inline(__always)
    private mutating func merge(_ fields: inout FieldReader) throws(WireError) {
        while let field = try fields.next() {
            try decode(field, from: &fields)
        }
        try validate()
    }
}

/// A message of the protocol: the fields of a frame, together with the frame's code.
package protocol Message: FieldCoded {
    var code: UInt16 { get }
}

/// A message type that has exactly one code.
package protocol TypedMessage: Message {
    static var type: MessageType { get }
}

extension TypedMessage {
    package var code: UInt16 { Self.type.rawValue }
}

/// A journal entry that the code issues and that a replay compares with the recorded one.
package protocol CommandMessage: TypedMessage {
    /// Names the command in messages to users: "set state".
    static var word: String { get }
    /// The name that the program gave the step; empty if none.
    var name: String { get }
    /// Says in messages to users what the command is about, such as a key or a handler.
    var subject: String { get }
    /// Lists how this command, which the code issues, differs from the recorded one.
    ///
    /// Fields that are not compared may differ between attempts: the wake-up time of a sleep and
    /// the start of a delayed call are computed from the clock.
    func compare(with recorded: Self, into comparison: inout Comparison)
}

extension CommandMessage {
    package var subject: String { name }
}
