/// The messages that this library knows, by their sixteen-bit codes on the wire.
package enum MessageType: UInt16, CaseIterable, Sendable {
    case start = 0x0000
    case suspension = 0x0001
    case error = 0x0002
    case end = 0x0003
    case commandAck = 0x0004
    case proposeRunCompletion = 0x0005
    case awaitingOn = 0x0006
    case proposeRunCompletionAck = 0x0007

    case inputCommand = 0x0400
    case outputCommand = 0x0401
    case getLazyStateCommand = 0x0402
    case setStateCommand = 0x0403
    case clearStateCommand = 0x0404
    case clearAllStateCommand = 0x0405
    case getLazyStateKeysCommand = 0x0406
    case getEagerStateCommand = 0x0407
    case getEagerStateKeysCommand = 0x0408
    case getPromiseCommand = 0x0409
    case peekPromiseCommand = 0x040A
    case completePromiseCommand = 0x040B
    case sleepCommand = 0x040C
    case callCommand = 0x040D
    case oneWayCallCommand = 0x040E
    case sendSignalCommand = 0x0410
    case runCommand = 0x0411
    case attachInvocationCommand = 0x0412
    case getInvocationOutputCommand = 0x0413
    case completeAwakeableCommand = 0x0414

    case getLazyStateCompletion = 0x8002
    case getLazyStateKeysCompletion = 0x8006
    case getPromiseCompletion = 0x8009
    case peekPromiseCompletion = 0x800A
    case completePromiseCompletion = 0x800B
    case sleepCompletion = 0x800C
    case callCompletion = 0x800D
    case callInvocationIDCompletion = 0x800E
    case runCompletion = 0x8011
    case attachInvocationCompletion = 0x8012
    case getInvocationOutputCompletion = 0x8013
    case signalNotification = 0xFBFF

    package var kind: MessageKind { MessageKind(code: rawValue) }
}

/// The role of a message in the journal.
///
/// It follows from the range that the code lies in, so entries that a newer protocol adds are still
/// counted correctly.
package enum MessageKind: Sendable {
    case control, command, notification
    /// Codes that are reserved for applications. Such messages are never part of a journal.
    case custom

    package init(code: UInt16) {
        switch code {
        case 0..<0x0400: self = .control
        case 0x0400..<0x8000: self = .command
        case 0x8000..<0xFC00: self = .notification
        default: self = .custom
        }
    }
}

extension MessageType {
    /// Formats a code, which may be unknown here, as the protocol's documentation does: `0x040C`.
    package static func hexCode(_ code: UInt16) -> String {
        let digits = String(code, radix: 16, uppercase: true)
        return "0x" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
