import Primitives

/// The parts of an invocation's path behind the service: perhaps a key, a handler, and whether it
/// is a send. They can be told apart only when the kind of the service is known.
struct InvocationPath {
    var key: String?
    var handler: Substring
    var isSend: Bool

    /// - Parameters:
    ///   - parts: the parts behind the service's name.
    ///   - isSend: nil if the end of the path says it.
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
