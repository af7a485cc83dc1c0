/// One exchange with an endpoint, in which both directions are open at the same time.
package protocol GoldenConnection: AnyObject {
    func open(path: String, headers: [(name: String, value: String)]) async throws
    func send(_ bytes: [UInt8]) async throws
    /// Ends the request. The response may continue.
    func end() async throws
    /// Returns the endpoint's next event. Not called again after `.ended` and `.reset`.
    func next() async throws -> GoldenEvent
    /// Closes whatever is open. A caller that waits in `next` gets an end.
    func close() async
}

package enum GoldenEvent: Sendable {
    case head(status: Int, contentType: String?)
    case bytes([UInt8])
    case ended
    case reset(code: UInt32?)
}
