package import RestateProtocol

/// The settings of an attempt.
package struct MachineOptions: Sendable {
    package var implicitCancellation = ImplicitCancellation.enabled(
        calls: true, oneWayCalls: false)
    /// Whether payloads are compared in a replay. Turn it off for payloads whose bytes differ from
    /// process to process; all other fields are still compared.
    package var checksPayloads = true
    /// What the server should do after a journal mismatch.
    package var mismatchBehavior = ErrorBehavior.retry
    /// The most bytes of a message that is received.
    package var frameLimit = FrameDecoder.defaultLimit
    /// The most bytes of a message that is sent.
    package var messageLimit = Int.max

    package init() {}
}

/// Whether a cancel signal makes awaits fail, and which callees are cancelled as well.
package enum ImplicitCancellation: Equatable, Sendable {
    case enabled(calls: Bool, oneWayCalls: Bool)
    /// The signal is a notification like any other, which the handler can wait for. Callees of calls
    /// are tracked all the same, for a handler that wants to cancel them.
    case disabled

    var tracksCalls: Bool {
        switch self {
        case .enabled(let calls, _): calls
        case .disabled: true
        }
    }
    var tracksOneWayCalls: Bool {
        if case .enabled(_, oneWayCalls: true) = self { true } else { false }
    }
}

/// The place of an operation in the handler's source. Error texts show it.
package struct CallSite: Sendable, CustomStringConvertible {
    package var fileID: StaticString
    package var line: UInt

    package init(fileID: StaticString = #fileID, line: UInt = #line) {
        self.fileID = fileID
        self.line = line
    }

    /// Line 0 marks a place that is not in the handler's source.
    package var description: String { line == 0 ? "\(fileID)" : "\(fileID):\(line)" }
}
