/// A response that has come as a whole.
package struct WholeResponse: Sendable {
    package var status: Int
    package var headers: HeaderFields
    package var body: [UInt8]
}

extension ClientConnection {
    /// Sends a request with its whole body, and waits for the whole response. Must be called on the loop.
    ///
    /// - Returns: nil if the connection is lost before the end of the response.
    package nonisolated(nonsending) func ask(
        _ method: String, _ path: String, authority: String, headers: HeaderFields = [:],
        body: [UInt8] = []
    ) async -> WholeResponse? {
        let hasBody = method != "GET" && method != "HEAD"
        let stream = open(
            RequestHead(
                method: method, path: path, authority: authority, headers: headers,
                version: version),
            endStream: !hasBody)
        if hasBody {
            stream.write(body)
            stream.finish()
        }
        var bytes: [UInt8] = []
        while true {
            if stream.hasInput { bytes += stream.takeInput() }
            if stream.inputEnded || stream.isClosed { break }
            await stream.changed()
        }
        guard let status = stream.responseStatus, stream.inputEnded else { return nil }
        return WholeResponse(status: status, headers: stream.responseHeaders, body: bytes)
    }
}
