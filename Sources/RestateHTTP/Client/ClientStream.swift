/// One exchange seen from the client: our request goes out, the response comes in.
package final class ClientStream: HTTPStream {
    /// What is known of the response's head.
    var response = Response()

    struct Response {
        /// Nil until the head is complete.
        var status: Int?
        var headers = HeaderFields()
        /// The status of a head that is still being read.
        var openStatus = 0
        /// The size of the fields, as HTTP/2 counts it.
        var blockCost = 0
        /// Heads with a status of 1xx so far.
        var interimHeads = 0
        /// The request is a HEAD: the response has no body.
        var isToHead = false
    }

    /// Nil until the response's head is there.
    package var responseStatus: Int? { response.status }
    package var responseHeaders: HeaderFields { response.headers }
}
