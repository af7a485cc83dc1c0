package import RestateProtocol

/// Operations on the promises of a workflow.
extension InvocationMachine {
    /// Waits for a promise.
    /// - Returns: the id of the completion with its value or failure.
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

    /// Reads a promise without waiting for it.
    /// - Returns: the id of the completion with the value, the failure, or void if it is not
    ///   completed.
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

    /// Completes a promise.
    /// - Returns: the id of the completion, which is void, or a failure if the promise was
    ///   completed before.
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
