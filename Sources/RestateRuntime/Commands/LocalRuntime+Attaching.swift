import RestateProtocol

/// The commands that attach to another invocation or ask for its result.
extension LocalRuntime {
    /// Answers the command when the target ends, or at once if it has ended or is unknown.
    mutating func attach(
        _ id: InvocationIdentity, _ command: AttachInvocationCommand, _ frame: Frame,
        at now: Timestamp
    ) throws(EndpointFailure) {
        let target = try self.id(of: command.target)
        let done = try ended(target)
        store(frame, of: id, at: now)
        guard let asker = invocations[id]?.head.asker else { return }
        let listener = InvocationLinks.Listener.command(
            asker, command.completionID, .attachInvocationCompletion)
        if let done {
            tell(listener, done.outcome(of: target), at: now)
        } else if !listen(listener, to: target) {
            notify(
                id, .attachInvocationCompletion, .completion(command.completionID),
                .failure(.notFound), at: now)
        }
    }

    /// Answers the command at once: with the result, with void while the target runs, or with "not
    /// found".
    mutating func getOutput(
        _ id: InvocationIdentity, _ command: GetInvocationOutputCommand, _ frame: Frame,
        at now: Timestamp
    ) throws(EndpointFailure) {
        let target = try self.id(of: command.target)
        let done = try ended(target)
        store(frame, of: id, at: now)
        let result: NotificationResult =
            if let done {
                done.result.notification
            } else if invocations.contains(target) {
                .void
            } else {
                .failure(.notFound)
            }
        notify(
            id, .getInvocationOutputCompletion, .completion(command.completionID), result,
            at: now)
    }

    private func id(of target: InvocationTarget?) throws(EndpointFailure) -> InvocationIdentity {
        guard let target, let id = self.id(of: target) else {
            throw EndpointFailure("RT0017", "the command's target is not the id of an invocation")
        }
        return id
    }
}
