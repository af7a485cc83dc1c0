/// Encodes the elements of one array.
struct JSONUnkeyedEncoding: UnkeyedEncodingContainer {
    let writer: JSONWriter
    let serial: Int

    var codingPath: [any CodingKey] { writer.path(before: serial) }
    var count: Int { serial == writer.frame.serial ? writer.frame.elements : 0 }

    func encodeNil() {
        if writer.beginElement(serial) { writer.writeNull() }
    }
    func encode(_ value: Bool) {
        if writer.beginElement(serial) { writer.write(value) }
    }
    func encode(_ value: String) {
        if writer.beginElement(serial) { writer.write(value) }
    }
    func encode(_ value: Double) throws { try element { try writer.write(number: value) } }
    func encode(_ value: Float) throws { try element { try writer.write(number: value) } }
    func encode<T: Encodable>(_ value: T) throws { try element { try writer.encode(value) } }
    func encode(_ value: Int) {
        if writer.beginElement(serial) { writer.write(integer: value) }
    }
    func encode(_ value: Int8) {
        if writer.beginElement(serial) { writer.write(integer: value) }
    }
    func encode(_ value: Int16) {
        if writer.beginElement(serial) { writer.write(integer: value) }
    }
    func encode(_ value: Int32) {
        if writer.beginElement(serial) { writer.write(integer: value) }
    }
    func encode(_ value: Int64) {
        if writer.beginElement(serial) { writer.write(integer: value) }
    }
    func encode(_ value: UInt) {
        if writer.beginElement(serial) { writer.write(integer: value) }
    }
    func encode(_ value: UInt8) {
        if writer.beginElement(serial) { writer.write(integer: value) }
    }
    func encode(_ value: UInt16) {
        if writer.beginElement(serial) { writer.write(integer: value) }
    }
    func encode(_ value: UInt32) {
        if writer.beginElement(serial) { writer.write(integer: value) }
    }
    func encode(_ value: UInt64) {
        if writer.beginElement(serial) { writer.write(integer: value) }
    }
    func encode(_ value: Int128) {
        if writer.beginElement(serial) { writer.write(integer: value) }
    }
    func encode(_ value: UInt128) {
        if writer.beginElement(serial) { writer.write(integer: value) }
    }

    @inline(__always)
    private func element(_ write: () throws -> Void) throws {
        let start = writer.count
        guard writer.beginElement(serial) else { return }
        do {
            try write()
        } catch {
            writer.takeBack(to: start)
            throw error
        }
    }

    func nestedContainer<Nested>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        let child = child(.keyed)
        return KeyedEncodingContainer(
            JSONKeyedEncoding<Nested>(writer: child, serial: child.frame.serial))
    }
    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        let child = child(.unkeyed)
        return JSONUnkeyedEncoding(writer: child, serial: child.frame.serial)
    }
    func superEncoder() -> any Encoder {
        let child = child(.undecided)
        return JSONValueEncoder(writer: child, serial: child.frame.serial)
    }

    private func child(_ kind: JSONWriter.Frame.Kind) -> JSONWriter {
        let index = count
        guard writer.beginElement(serial) else { return JSONWriter() }
        return writer.addChild(kind, key: JSONKey(index: index))
    }
}
