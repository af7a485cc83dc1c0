/// An exchange on the client's side: the request goes out, the response comes in.
package final class ClientStream: HTTPStream {
    /// The response's head, as far as it has come.
    var response = Response()

    struct Response {
        /// Nil until the head is complete.
        var status: Int?
        var headers = HeaderFields()
        /// The status of a head that is still incomplete.
        var openStatus = 0
        /// The size of the fields by HTTP/2's count.
        var blockCost = 0
        /// The number of heads with a status of 1xx so far, which is limited.
        var interimHeads = 0
        /// Whether the request was a HEAD, so that the response has no body.
        var isToHead = false
    }

    /// Nil until the response's head is complete.
    package var responseStatus: Int? { response.status }
    package var responseHeaders: HeaderFields { response.headers }
}
