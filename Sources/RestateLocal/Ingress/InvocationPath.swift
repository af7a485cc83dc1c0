import Primitives

/// A service, perhaps a key, a handler, and whether to wait: what an invocation's path says once
/// the kind of the service is known.
struct InvocationPath {
    var key: String?
    var handler: Substring
    var isSend: Bool

    /// - Parameter parts: what follows the service's name.
    /// - Parameter isSend: nil when the path's end says it.
    init(
        after parts: ArraySlice<Substring>, isKeyed: Bool, isSend: Bool?
    ) throws(IngressRefusal) {
        let expected =
            isSend == nil ? .expectedPath : IngressRefusal.expected(IngressPath.callForms)
        var parts = parts
        if isKeyed {
            guard let encoded = parts.popFirst(), !parts.isEmpty else { throw expected }
            guard let key = PercentEncoding.decode(encoded) else {
                throw IngressRefusal(400, "bad path, the key '\(encoded)' is not UTF-8")
            }
            self.key = key
        }
        guard let handler = parts.popFirst() else { throw expected }
        self.handler = handler
        switch (isSend, parts.first, parts.count) {
        case (nil, nil, 0): self.isSend = false
        case (nil, "send", 1): self.isSend = true
        case (let isSend?, nil, 0): self.isSend = isSend
        default: throw expected
        }
    }
}
