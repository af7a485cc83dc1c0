/// Shortens the text of an error for a message to the server.
package enum ErrorText {
    /// The most bytes. The server stores the text with its invocation and shows it in lists.
    package static let limit = 8 << 10

    /// Returns the text, or its beginning and end with a note of how much is missing between them.
    package static func fitting(_ text: String) -> String {
        guard text.utf8.count > limit else { return text }
        let bytes = Array(text.utf8)
        let room = limit - 64  // For the words in the middle.
        let head = start(ofCharacterAt: room * 3 / 4, bytes)
        let tail = start(ofCharacterAt: bytes.count - room / 4, bytes)
        return String(decoding: bytes[..<head], as: UTF8.self)
            + "\n… \(tail - head) bytes left out …\n"
            + String(decoding: bytes[tail...], as: UTF8.self)
    }

    /// Returns the first byte of the character to which the byte at `index` belongs.
    private static func start(ofCharacterAt index: Int, _ bytes: [UInt8]) -> Int {
        var index = index
        while index > 0, bytes[index] & 0xC0 == 0x80 { index -= 1 }
        return index
    }
}
