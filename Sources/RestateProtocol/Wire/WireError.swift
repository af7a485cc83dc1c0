/// The reason why bytes are not a valid message. Offsets count from the start of the payload.
package enum WireError: Error, Equatable, Sendable, CustomStringConvertible {
    case truncated(at: Int)
    case varintTooLong(at: Int)
    case invalidTag(at: Int)
    case wrongWireType(field: Int, at: Int)
    case invalidUTF8(field: Int, at: Int)
    case tooDeep(limit: Int, at: Int)
    /// The associated value says what is missing.
    case missing(String)
    /// A value that the wire format can carry and the protocol forbids. The associated value is a
    /// sentence that says which.
    case invalid(String)
    case frameTooLarge(length: Int, limit: Int)
    case unknownMessage(code: UInt16)

    package var description: String {
        switch self {
        case .truncated(let offset): "the message ends in the middle of a field at byte \(offset)"
        case .varintTooLong(let offset): "a number is too long at byte \(offset)"
        case .invalidTag(let offset): "an invalid field number at byte \(offset)"
        case .wrongWireType(let field, let offset):
            "field \(field) has the wrong wire type at byte \(offset)"
        case .invalidUTF8(let field, let offset):
            "field \(field) is not valid UTF-8 at byte \(offset)"
        case .tooDeep(let limit, let offset):
            "messages are nested deeper than \(limit) levels at byte \(offset)"
        case .missing(let what): "\(what) is missing"
        case .invalid(let sentence): sentence
        case .frameTooLarge(let length, let limit):
            "a frame of \(length) bytes is over the limit of \(limit) bytes"
        case .unknownMessage(let code): "unknown message type \(MessageType.hexCode(code))"
        }
    }
}
