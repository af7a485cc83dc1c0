import RestateProtocol

/// The results of runs.
extension LocalRuntime {
    /// Records the result of a run, and acknowledges it. From then on every replay gets this
    /// result, and the closure is not executed again.
    ///
    /// - Parameter requestsAck: whether the endpoint takes the short acknowledgement, which does
    ///   not send the result back to where it came from.
    mutating func proposeRun(
        _ id: InvocationIdentity, _ attempt: AttemptID, _ proposal: ProposeRunCompletionMessage,
        _ requestsAck: Bool, at now: Timestamp
    ) throws(EndpointFailure) {
        let result: NotificationResult
        switch proposal.result {
        case .value(let value): result = .value(value)
        case .failure(let failure): result = .failure(failure)
        case nil:
            throw EndpointFailure(
                "RT0012", "the proposal of a run contains neither a value nor a failure")
        }
        pin(id)
        let isShort = requestsAck && attempts[attempt]?.version.acknowledgesRuns == true
        let notification = NotificationMessage(
            .runCompletion, .completion(proposal.completionID), result)
        let bytes = notification.payload
        record(id, notification, bytes, at: now)
        if isShort {
            var ack = ProposeRunCompletionAckMessage()
            ack.completionID = proposal.completionID
            send(MessageType.proposeRunCompletionAck.rawValue, ack.payload, to: id, at: now)
        } else {
            send(notification.code, bytes, to: id, at: now)
        }
    }
}
