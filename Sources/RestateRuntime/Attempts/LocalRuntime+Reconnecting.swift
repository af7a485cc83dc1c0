import Primitives
import RestateProtocol

/// Reconnects the open commands of a journal that was taken over, from a data folder or from an
/// earlier invocation.
extension LocalRuntime {
    /// Sets the timers and registers the listeners that follow from the commands without an answer.
    ///
    /// - Parameter now: the current time if the journal comes from another invocation: that one may
    ///   have ended before an answer that exists by now, which is then delivered at once. It is nil
    ///   after a recovery, because a stored runtime had delivered every answer.
    mutating func reconnect(_ id: InvocationIdentity, at now: Timestamp? = nil) {
        guard let head = invocations[id]?.head, let waits = invocations[id]?.journal.openWaits
        else { return }
        let asker = head.asker
        for wait in waits {
            switch wait {
            case .sleep(let completion, let time):
                let token = deadlines.add(.sleep(id, completion), at: time)
                invocations.link(id) { $0.sleeps[completion] = token }
            case .result(let completion, let type, let text):
                guard let other = InvocationIdentity(text) else { continue }
                listen(to: other, for: asker, completion, type, at: now)
            case .attached(let completion, let target):
                guard let other = self.id(of: target) else { continue }
                listen(
                    to: other, for: asker, completion, .attachInvocationCompletion, at: now)
            case .promise(let completion, let name):
                guard let owner = head.owner else { continue }
                promises.wait(
                    PromiseTable.Waiting(asker: asker, completion: completion),
                    for: ExactName(text: name), of: owner)
            }
        }
    }

    private mutating func listen(
        to other: InvocationIdentity, for asker: InvocationHead.Asker, _ completion: UInt32,
        _ type: MessageType, at now: Timestamp?
    ) {
        let listener = InvocationLinks.Listener.command(asker, completion, type)
        guard let now else {
            invocations.link(other) { $0.listeners.append(listener) }
            return
        }
        if !listen(listener, to: other, at: now) {
            notify(asker.id, type, .completion(completion), .failure(.notFound), at: now)
        }
    }
}
