/// Encodes the members of one object.
struct JSONKeyedEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let writer: JSONWriter
    let serial: Int

    var codingPath: [any CodingKey] { writer.path(before: serial) }

    func encodeNil(forKey key: Key) {
        if writer.beginMember(key.stringValue, serial) { writer.writeNull() }
    }
    func encode(_ value: Bool, forKey key: Key) {
        if writer.beginMember(key.stringValue, serial) { writer.write(value) }
    }
    func encode(_ value: String, forKey key: Key) {
        if writer.beginMember(key.stringValue, serial) { writer.write(value) }
    }
    func encode(_ value: Double, forKey key: Key) throws {
        try member(key) { try writer.write(number: value) }
    }
    func encode(_ value: Float, forKey key: Key) throws {
        try member(key) { try writer.write(number: value) }
    }
    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        try member(key) { try writer.encode(value) }
    }
    func encode(_ value: Int, forKey key: Key) {
        if writer.beginMember(key.stringValue, serial) { writer.write(integer: value) }
    }
    func encode(_ value: Int8, forKey key: Key) {
        if writer.beginMember(key.stringValue, serial) { writer.write(integer: value) }
    }
    func encode(_ value: Int16, forKey key: Key) {
        if writer.beginMember(key.stringValue, serial) { writer.write(integer: value) }
    }
    func encode(_ value: Int32, forKey key: Key) {
        if writer.beginMember(key.stringValue, serial) { writer.write(integer: value) }
    }
    func encode(_ value: Int64, forKey key: Key) {
        if writer.beginMember(key.stringValue, serial) { writer.write(integer: value) }
    }
    func encode(_ value: UInt, forKey key: Key) {
        if writer.beginMember(key.stringValue, serial) { writer.write(integer: value) }
    }
    func encode(_ value: UInt8, forKey key: Key) {
        if writer.beginMember(key.stringValue, serial) { writer.write(integer: value) }
    }
    func encode(_ value: UInt16, forKey key: Key) {
        if writer.beginMember(key.stringValue, serial) { writer.write(integer: value) }
    }
    func encode(_ value: UInt32, forKey key: Key) {
        if writer.beginMember(key.stringValue, serial) { writer.write(integer: value) }
    }
    func encode(_ value: UInt64, forKey key: Key) {
        if writer.beginMember(key.stringValue, serial) { writer.write(integer: value) }
    }
    func encode(_ value: Int128, forKey key: Key) {
        if writer.beginMember(key.stringValue, serial) { writer.write(integer: value) }
    }
    func encode(_ value: UInt128, forKey key: Key) {
        if writer.beginMember(key.stringValue, serial) { writer.write(integer: value) }
    }

    @inline(__always)
    private func member(_ key: Key, _ write: () throws -> Void) throws {
        let start = writer.count
        guard writer.beginMember(key.stringValue, serial) else { return }
        do {
            try write()
        } catch {
            writer.takeBack(to: start)
            throw error
        }
    }

    func nestedContainer<Nested>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        let child = child(.keyed, key.stringValue)
        return KeyedEncodingContainer(
            JSONKeyedEncoding<Nested>(writer: child, serial: child.frame.serial))
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        let child = child(.unkeyed, key.stringValue)
        return JSONUnkeyedEncoding(writer: child, serial: child.frame.serial)
    }
    func superEncoder() -> any Encoder { superEncoder(named: JSONKey.super.stringValue) }
    func superEncoder(forKey key: Key) -> any Encoder { superEncoder(named: key.stringValue) }

    private func superEncoder(named key: String) -> any Encoder {
        let child = child(.undecided, key)
        return JSONValueEncoder(writer: child, serial: child.frame.serial)
    }

    private func child(_ kind: JSONWriter.Frame.Kind, _ key: String) -> JSONWriter {
        // A second request for the same key continues the container of the first.
        if kind != .undecided, serial == writer.frame.serial,
            let open = writer.child(named: key, kind)
        {
            return open
        }
        guard writer.beginMember(key, serial) else { return JSONWriter() }
        return writer.addChild(kind, key: JSONKey(key))
    }
}
