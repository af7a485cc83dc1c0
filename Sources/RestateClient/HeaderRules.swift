/// Checks the fields of a request's head. Foundation silently drops invalid ones, and a call
/// without its idempotency key could be executed twice.
enum HeaderRules {
    static func check(_ name: String, _ value: String) throws(IngressError) {
        guard !name.isEmpty, name.utf8.allSatisfy(isNameByte) else {
            throw IngressError(.invalidRequest, "'\(shown(name))' cannot be the name of a header")
        }
        guard value.utf8.allSatisfy(isValueByte) else {
            throw IngressError(
                .invalidRequest,
                "The header '\(name)' holds '\(shown(value))': only printable ASCII can be sent")
        }
    }

    static func check(idempotencyKey key: String) throws(IngressError) {
        guard !key.isEmpty else {
            throw IngressError(
                .invalidRequest, "The idempotency key is empty. Leave it out or give it a value")
        }
        guard key.utf8.allSatisfy(isValueByte), !isSpace(key.utf8.first), !isSpace(key.utf8.last)
        else {
            throw IngressError(
                .invalidRequest,
                "'\(shown(key))' cannot be an idempotency key: only printable ASCII can be sent, "
                    + "and no spaces at its ends")
        }
    }

    private static func isValueByte(_ byte: UInt8) -> Bool {
        (0x20...0x7e).contains(byte) || byte == 0x09
    }

    private static func isSpace(_ byte: UInt8?) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// Escapes a text, so that the reader of an error sees what is wrong.
    private static func shown(_ text: String) -> String {
        text.unicodeScalars.prefix(100).map { $0.escaped(asASCII: true) }.joined()
    }
}
