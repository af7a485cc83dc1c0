package import RestateProtocol

/// The promises of a workflow.
extension InvocationMachine {
    /// - Returns: the id of a completion: the value or failure, once there is one.
    package mutating func getPromise(
        _ key: String, at site: CallSite
    ) throws(AttemptEndCause) -> UInt32 {
        try enter("get promise")
        var command = GetPromiseCommand()
        command.key = key
        command.completionID = journal.completionID()
        try issue(command, at: site)
        return command.completionID
    }

    /// - Returns: the id of a completion: the value, the failure, or nothing yet.
    package mutating func peekPromise(
        _ key: String, at site: CallSite
    ) throws(AttemptEndCause) -> UInt32 {
        try enter("peek promise")
        var command = PeekPromiseCommand()
        command.key = key
        command.completionID = journal.completionID()
        try issue(command, at: site)
        return command.completionID
    }

    /// - Returns: the id of a completion: nothing, or a failure if somebody was faster.
    package mutating func completePromise(
        _ key: String, _ result: ValueOrFailure, at site: CallSite
    ) throws(AttemptEndCause) -> UInt32 {
        try enter("complete promise")
        var command = CompletePromiseCommand()
        command.key = key
        command.completion = outgoing(result)
        command.completionID = journal.completionID()
        try issue(command, at: site)
        return command.completionID
    }
}
