import RestateMachine
import RestateProtocol

/// Logs the outcomes of attempts.
extension AttemptDriver {
    private var log: EndpointLog { handler.settings.log }

    private var fields: [(String, String)] { LogFields.of(machine.input.debugID, target) }

    func logBegin() {
        log(.trace, "An attempt begins", fields + [("entries", "\(machine.knownEntries)")])
    }

    func logEnd() {
        switch machine.outcome {
        case .failed(let failure): log(failure)
        case .suspended: log(.debug, "The invocation is suspended", fields)
        case .closed, nil:
            if observed?.wasLost == true {
                log(.debug, "The connection of an attempt was lost", fields)
            } else if let error = observed?.terminalError {
                log(
                    .info, "The handler ended with a terminal error: \(error.message)",
                    fields + [("code", "\(error.code)")])
            } else {
                log(.debug, "The invocation is completed", fields)
            }
        }
    }

    private func log(_ failure: AttemptFailure) {
        let next =
            switch failure.behavior {
            case .retry: "is tried again"
            case .pause: "the invocation is paused"
            case .fail: "the invocation fails"
            }
        // The log has the whole text, because the server shortens a long one.
        log(
            .warn, "The attempt failed and \(next): \(failure.message)",
            fields + [("code", "\(failure.code)")] + place(of: failure))
    }

    /// The place of a failure, if the failure knows it.
    private func place(of failure: AttemptFailure) -> [(String, String)] {
        guard let line = failure.stacktrace.split(separator: "\n").last else { return [] }
        return [("at", String(line.drop { $0 == " " }))]
    }
}
