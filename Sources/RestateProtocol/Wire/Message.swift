/// Something with protobuf fields: a message, or a part of one.
package protocol FieldCoded: Equatable, Sendable {
    /// All fields at their defaults.
    init()
    mutating func decode(_ field: Field, from fields: inout FieldReader) throws(WireError)
    /// Writes the fields in ascending order.
    func encode(into fields: inout FieldWriter)
    /// What the wire allows and the protocol does not, once all fields are read.
    func validate() throws(WireError)
}

extension FieldCoded {
    package func validate() throws(WireError) {}

    init(reading fields: inout FieldReader) throws(WireError) {
        self.init()
        try merge(&fields)
    }

    package init(decoding payload: Bytes) throws(WireError) {
        self.init()
        try merge(payload)
    }

    /// Reads the fields of `payload` on top of those that are there.
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

/// A message of the protocol: a frame's payload with its code.
package protocol Message: FieldCoded {
    var code: UInt16 { get }
}

/// A message whose type has one code.
package protocol TypedMessage: Message {
    static var type: MessageType { get }
}

extension TypedMessage {
    package var code: UInt16 { Self.type.rawValue }
}

/// A journal command that the code issues and the journal replays.
package protocol CommandMessage: TypedMessage {
    /// What a program calls it: "set state".
    static var word: String { get }
    /// The name that the program gave the step; empty if none.
    var name: String { get }
    /// What it is about, for people.
    var subject: String { get }
    /// Says where this command, which the code issues, differs from the recorded one.
    ///
    /// What is not mentioned may differ from attempt to attempt: the wake-up time of a sleep and the
    /// start of a delayed call come from the clock.
    func compare(with recorded: Self, into comparison: inout Comparison)
}

extension CommandMessage {
    package var subject: String { name }
}
