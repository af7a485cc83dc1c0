/// One exchange with an endpoint, as the golden player needs it: the request's bytes go out while
/// the response's come in.
package protocol GoldenConnection: AnyObject {
    func open(path: String, headers: [(name: String, value: String)]) async throws
    func send(_ bytes: [UInt8]) async throws
    /// Ends the request; the response may go on.
    func end() async throws
    /// What comes next from the endpoint. Never again after `.ended` and `.reset`.
    func next() async throws -> GoldenEvent
    /// Gives up whatever is open. What still waits in `next` gets an end.
    func close() async
}

package enum GoldenEvent: Sendable {
    case head(status: Int, contentType: String?)
    case bytes([UInt8])
    case ended
    case reset(code: UInt32?)
}
