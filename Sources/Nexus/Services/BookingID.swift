/// A booking's id: that of its checkout's invocation. Who knows it may ask how the booking goes.
public struct BookingID: Equatable, Sendable {
    public let text: String

    /// - Returns: nil if it cannot be an invocation's id.
    public init?(_ text: String) {
        let rest = text.utf8.dropFirst("inv_".utf8.count)
        guard text.hasPrefix("inv_"), (1...100).contains(rest.count),
            rest.allSatisfy(isLetterOrDigit)
        else { return nil }
        self.text = text
    }
}

private func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}
