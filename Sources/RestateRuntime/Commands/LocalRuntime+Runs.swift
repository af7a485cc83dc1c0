import RestateProtocol

/// The results of closures.
extension LocalRuntime {
    /// A closure's result counts from here on: what is stored is never run again.
    mutating func proposeRun(
        _ id: InvocationIdentity, _ attempt: AttemptID, _ proposal: ProposeRunCompletionMessage,
        _ requestsAck: Bool, at now: Timestamp
    ) throws(EndpointFailure) {
        let result: NotificationResult
        switch proposal.result {
        case .value(let value): result = .value(value)
        case .failure(let failure): result = .failure(failure)
        case nil: throw EndpointFailure("RT0012", "a run's proposal without a result")
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
