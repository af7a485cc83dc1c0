/// The encoder that `encode(to:)` gets for the current value of a `JSONWriter`. It is also the
/// single value container.
///
/// Containers are small structs without a buffer. Their serial number identifies the value for
/// which they were made, so that a container cannot write after its value has ended.
struct JSONValueEncoder: Encoder, SingleValueEncodingContainer {
    let writer: JSONWriter
    let serial: Int

    var codingPath: [any CodingKey] { writer.path(before: serial) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        _ = writer.become(.keyed, serial)
        return KeyedEncodingContainer(JSONKeyedEncoding<Key>(writer: writer, serial: serial))
    }
    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        _ = writer.become(.unkeyed, serial)
        return JSONUnkeyedEncoding(writer: writer, serial: serial)
    }
    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encodeNil() {
        if writer.become(.single, serial) { writer.writeNull() }
    }
    func encode(_ value: Bool) {
        if writer.become(.single, serial) { writer.write(value) }
    }
    func encode(_ value: String) {
        if writer.become(.single, serial) { writer.write(value) }
    }
    func encode(_ value: Double) throws {
        guard writer.become(.single, serial) else { return }
        try undecidedAgain { try writer.write(number: value) }
    }
    func encode(_ value: Float) throws {
        guard writer.become(.single, serial) else { return }
        try undecidedAgain { try writer.write(number: value) }
    }
    func encode<T: Encodable>(_ value: T) throws {
        guard writer.become(.single, serial) else { return }
        try undecidedAgain { try writer.encode(value) }
    }
    func encode(_ value: Int) {
        if writer.become(.single, serial) { writer.write(integer: value) }
    }
    func encode(_ value: Int8) {
        if writer.become(.single, serial) { writer.write(integer: value) }
    }
    func encode(_ value: Int16) {
        if writer.become(.single, serial) { writer.write(integer: value) }
    }
    func encode(_ value: Int32) {
        if writer.become(.single, serial) { writer.write(integer: value) }
    }
    func encode(_ value: Int64) {
        if writer.become(.single, serial) { writer.write(integer: value) }
    }
    func encode(_ value: UInt) {
        if writer.become(.single, serial) { writer.write(integer: value) }
    }
    func encode(_ value: UInt8) {
        if writer.become(.single, serial) { writer.write(integer: value) }
    }
    func encode(_ value: UInt16) {
        if writer.become(.single, serial) { writer.write(integer: value) }
    }
    func encode(_ value: UInt32) {
        if writer.become(.single, serial) { writer.write(integer: value) }
    }
    func encode(_ value: UInt64) {
        if writer.become(.single, serial) { writer.write(integer: value) }
    }
    func encode(_ value: Int128) {
        if writer.become(.single, serial) { writer.write(integer: value) }
    }
    func encode(_ value: UInt128) {
        if writer.become(.single, serial) { writer.write(integer: value) }
    }

    /// A failed value counts as not encoded, so another one may be encoded in its place.
    private func undecidedAgain(_ write: () throws -> Void) throws {
        do {
            try write()
        } catch {
            writer.frame.kind = .undecided
            throw error
        }
    }
}
