/// One exchange seen from the client: our request goes out, the response comes in.
package final class ClientStream: HTTPStream {
    /// Nil until the response's head is there.
    @exclusivity(unchecked) package internal(set) var responseStatus: Int?
    @exclusivity(unchecked) package internal(set) var responseHeaders = HeaderFields()
    @exclusivity(unchecked) var blockCost = 0
    @exclusivity(unchecked) var interimHeads = 0
    /// A head that is still being read.
    @exclusivity(unchecked) var openStatus = 0
    @exclusivity(unchecked) var isHead = false
}
