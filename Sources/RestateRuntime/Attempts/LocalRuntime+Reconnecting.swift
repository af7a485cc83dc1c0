import Primitives
import RestateProtocol

/// A journal that was taken over, from a data folder or from an earlier invocation: its open
/// commands are waited for again.
extension LocalRuntime {
    /// What an open invocation waits for, as its journal tells: timers, results of others, promises.
    ///
    /// - Parameter now: set if the journal comes from another invocation, which may have ended before
    ///   an answer that is there by now. In a runtime as it was, every answer has been given.
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
