/// Writes JSON whose members keep the order in which they are added. The recorded answers have such
/// an order, for human readers.
package struct JSONLine {
    package private(set) var bytes: [UInt8] = []
    /// Whether the innermost array or object is still empty.
    private var isFirst = true

    package init() {}

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package static func object(_ members: (inout JSONLine) -> Void) -> [UInt8] {
        var line = JSONLine()
        line.object(members)
        return line.bytes
    }

    package static func quoted(_ text: String) -> String {
        String(decoding: encoded(text), as: UTF8.self)
    }

    private static func encoded(_ value: some Encodable) -> [UInt8] {
        // Strings and finite numbers can always be encoded. Anything else becomes null.
        (try? JSON.encode(value)) ?? Array("null".utf8)
    }

    // MARK: Values

    package mutating func object(_ members: (inout JSONLine) -> Void) {
        nested("{", "}", members)
    }

    package mutating func array<Elements: Sequence>(
        _ elements: Elements, _ write: (inout JSONLine, Elements.Element) -> Void
    ) {
        nested("[", "]") { line in
            for element in elements {
                line.separate()
                write(&line, element)
            }
        }
    }

    package mutating func value(_ text: String) { bytes += Self.encoded(text) }
    package mutating func value(_ number: some FixedWidthInteger) { bytes += String(number).utf8 }
    package mutating func value(_ flag: Bool) { bytes += (flag ? "true" : "false").utf8 }
    package mutating func value(_ value: JSONValue) { bytes += Self.encoded(value) }
    package mutating func null() { bytes += "null".utf8 }
    /// Appends a text that is JSON already.
    package mutating func raw(_ json: some Sequence<UInt8>) { bytes += json }

    /// Writes a number with a decimal point, even if it is whole: `2.0`.
    package mutating func value(_ number: Double) {
        number.isFinite ? bytes += "\(number)".utf8 : null()
    }

    // MARK: Members

    package mutating func member(_ name: String, _ write: (inout JSONLine) -> Void) {
        separate()
        bytes += Self.encoded(name)
        bytes.append(UInt8(ascii: ":"))
        write(&self)
    }

    package mutating func member(_ name: String, _ text: String) { member(name) { $0.value(text) } }
    package mutating func member(_ name: String, _ flag: Bool) { member(name) { $0.value(flag) } }
    package mutating func member(_ name: String, _ number: some FixedWidthInteger) {
        member(name) { $0.value(number) }
    }
    package mutating func member(_ name: String, _ number: Double) {
        member(name) { $0.value(number) }
    }

    /// Adds the member unless the text is nil.
    package mutating func member(ifAny name: String, _ text: String?) {
        if let text { member(name, text) }
    }

    private mutating func nested(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout JSONLine) -> Void
    ) {
        bytes.append(UInt8(ascii: open))
        isFirst = true
        body(&self)
        bytes.append(UInt8(ascii: close))
        isFirst = false
    }

    private mutating func separate() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
    }
}
