package import RestateProtocol

/// Signals: numbered ones, which awakeables use and which have ids for the outside world, and named
/// ones.
extension InvocationMachine {
    /// Makes an awakeable. It is not a command: the journal contains only its completion.
    package mutating func awakeable() throws(AttemptEndCause) -> (signal: UInt32, id: String) {
        try enter("awakeable")
        let signal = journal.signalID()
        return (signal, awakeableID(of: signal))
    }

    func awakeableID(of signal: UInt32) -> String {
        AwakeableIDText.text(invocation: input.start.id, signal: signal)
    }

    package mutating func completeAwakeable(
        _ id: String, _ result: ValueOrFailure, at site: CallSite
    ) throws(AttemptEndCause) {
        try enter("complete awakeable")
        var command = CompleteAwakeableCommand()
        command.awakeableID = id
        command.result = outgoing(result)
        try issue(command, at: site)
    }

    package mutating func sendSignal(
        to invocation: String, name: String, result: ValueOrFailure, at site: CallSite
    ) throws(AttemptEndCause) {
        try enter("send signal")
        var command = SendSignalCommand()
        command.target = invocation
        command.signal = .name(name)
        switch outgoing(result) {
        case .value(let value): command.result = .value(value)
        case .failure(let failure): command.result = .failure(failure)
        }
        try issue(command, at: site)
    }

    package mutating func cancelInvocation(
        _ id: String, at site: CallSite
    ) throws(AttemptEndCause) {
        try enter("cancel invocation")
        var command = SendSignalCommand()
        command.target = id
        command.signal = .index(SendSignalCommand.cancel)
        command.result = .void
        try issue(command, at: site)
    }
}
