/// An exchange with this process' own endpoint whose request and response somebody else carries. It
/// is used on its loop only.
package final class GuestExchange {
    package enum Output: Sendable {
        /// The response's head, which comes first.
        case head(status: Int, HeaderFields)
        case bytes([UInt8])
        case ended
        /// The response was broken off, or the exchange cancelled.
        case broken
    }

    private let session: GuestSession

    init(_ session: GuestSession) { self.session = session }

    package func push(_ bytes: [UInt8]) { bytes.withUnsafeBytes { session.push($0) } }
    package func endInput() { session.endInput() }
    /// Ends the exchange in both directions.
    package func cancel() { session.cancel() }

    /// Calls `reader` once, with the next output. One reader may wait at a time.
    package func read(_ reader: @escaping (Output) -> Void) { session.read(reader) }

    /// Calls `writer` once, when there is room for more input, or none is wanted any more.
    package func whenRoom(_ writer: @escaping (_ isWanted: Bool) -> Void) {
        session.whenRoom(writer)
    }
}
