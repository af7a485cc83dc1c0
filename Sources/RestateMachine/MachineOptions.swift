package import RestateProtocol

/// What an attempt may be told besides the protocol's version.
package struct MachineOptions: Sendable {
    package var implicitCancellation = ImplicitCancellation.enabled(
        calls: true, oneWayCalls: false)
    /// False for payloads whose bytes differ from process to process. Everything else about a
    /// command is compared all the same.
    package var checksPayloads = true
    /// What the server shall do when the code does not follow its journal.
    package var mismatchBehavior = ErrorBehavior.retry
    /// Of what is read.
    package var frameLimit = FrameDecoder.defaultLimit
    /// Bytes of one message that is written.
    package var messageLimit = Int.max

    package init() {}
}

/// Whether a cancel signal ends every await, and which callees it is handed on to.
package enum ImplicitCancellation: Equatable, Sendable {
    case enabled(calls: Bool, oneWayCalls: Bool)
    /// The signal is a notification like any other, for whoever waits for it.
    case disabled

    var tracksCalls: Bool {
        if case .enabled(calls: true, _) = self { true } else { false }
    }
    var tracksOneWayCalls: Bool {
        if case .enabled(_, oneWayCalls: true) = self { true } else { false }
    }
}

/// Where in the handler's source an operation stands. Shown when it differs from the journal.
package struct CallSite: Sendable, CustomStringConvertible {
    package var fileID: StaticString
    package var line: UInt

    package init(fileID: StaticString = #fileID, line: UInt = #line) {
        self.fileID = fileID
        self.line = line
    }

    /// Line 0 stands for a place that is no line of the handler's.
    package var description: String { line == 0 ? "\(fileID)" : "\(fileID):\(line)" }
}
