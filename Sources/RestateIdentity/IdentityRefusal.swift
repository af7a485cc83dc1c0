/// The reason why a request is refused, which the operator sees in the server's log.
///
/// Before the signature is verified, the text reveals only that it is not valid.
package enum IdentityRefusal: Error, CaseIterable, CustomStringConvertible {
    case unsigned
    case unknownScheme
    case malformed
    case unknownKey
    case notYetValid
    case expired
    case otherPath

    package var description: String {
        switch self {
        case .unsigned:
            "This endpoint takes signed requests only. Give the server a request identity key, "
                + "and its public form to this endpoint."
        case .unknownScheme: "This endpoint knows the signature scheme v1 only."
        case .malformed: "The request's signature is malformed."
        case .unknownKey: "The request is not signed with a key that this endpoint trusts."
        case .notYetValid:
            "The request's signature is not valid yet. Do the server's clock and this one agree?"
        case .expired:
            "The request's signature has expired. Do the server's clock and this one agree?"
        case .otherPath: "The request's signature is for another path."
        }
    }
}
