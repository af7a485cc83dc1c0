package import RestateProtocol

/// Calls and sends, and the results of other invocations.
extension InvocationMachine {
    /// Calls a handler.
    /// - Returns: the ids of two completions: the callee's invocation id, and its result.
    package mutating func call(
        _ request: consuming CallRequest, at site: CallSite
    ) throws(AttemptEndCause) -> (invocationID: UInt32, result: UInt32) {
        try enter("call")
        try check(request)
        let id = journal.completionID()
        let result = journal.completionID()
        try issue(
            CallCommand(request, invocationIDCompletion: id, completionID: result), at: site)
        if options.implicitCancellation.tracksCalls { track(id) }
        return (id, result)
    }

    /// Sends to a handler without waiting for its result.
    /// - Parameter invokeTime: milliseconds since 1970; 0 means now. A replay does not compare it,
    ///   because it depends on the clock.
    /// - Returns: the id of the completion with the callee's invocation id.
    package mutating func send(
        _ request: consuming CallRequest, invokeTime: UInt64 = 0, at site: CallSite
    ) throws(AttemptEndCause) -> UInt32 {
        try enter("send")
        try check(request)
        let id = journal.completionID()
        try issue(
            OneWayCallCommand(request, invokeTime: invokeTime, invocationIDCompletion: id),
            at: site)
        if options.implicitCancellation.tracksOneWayCalls { track(id) }
        return id
    }

    private mutating func check(_ request: borrowing CallRequest) throws(AttemptEndCause) {
        if request.idempotencyKey?.isEmpty == true {
            throw ending(with: .empty("idempotency key"))
        }
        try check(scope: request.scope, limitKey: request.limitKey)
    }

    // MARK: Invocations of others

    /// Waits for the result of another invocation.
    /// - Returns: the id of the completion with the invocation's value or failure.
    package mutating func attach(
        _ target: InvocationTarget, at site: CallSite
    ) throws(AttemptEndCause) -> UInt32 {
        try enter("attach invocation")
        try check(target)
        var command = AttachInvocationCommand()
        command.target = target
        command.completionID = journal.completionID()
        try issue(command, at: site)
        return command.completionID
    }

    /// Asks for the result of another invocation without waiting for its end.
    /// - Returns: the id of the completion with the value, the failure, or void if it has not
    ///   ended.
    package mutating func invocationOutput(
        _ target: InvocationTarget, at site: CallSite
    ) throws(AttemptEndCause) -> UInt32 {
        try enter("get invocation output")
        try check(target)
        var command = GetInvocationOutputCommand()
        command.target = target
        command.completionID = journal.completionID()
        try issue(command, at: site)
        return command.completionID
    }

    private mutating func check(_ target: InvocationTarget) throws(AttemptEndCause) {
        switch target {
        case .id: break
        case .workflow(let workflow):
            try check(scope: workflow.scope)
        case .idempotent(let request):
            if request.idempotencyKey.isEmpty { throw ending(with: .empty("idempotency key")) }
            try check(scope: request.scope)
        }
    }
}
