import Primitives
import RestateProtocol

/// Reconnects the open commands of a journal that was taken over from a data folder.
extension LocalRuntime {
    /// Sets the timers and registers the listeners that follow from the commands without an answer.
    /// None of them waits for an invocation that has ended: a stored runtime had delivered every
    /// answer.
    mutating func reconnect(_ id: InvocationIdentity) {
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
                listen(.command(asker, completion, type), to: other)
            case .attached(let completion, let target):
                guard let other = self.id(of: target) else { continue }
                listen(
                    .command(asker, completion, .attachInvocationCompletion), to: other)
            case .promise(let completion, let name):
                guard let owner = head.owner else { continue }
                promises.wait(
                    PromiseTable.Waiting(asker: asker, completion: completion),
                    for: ExactName(text: name), of: owner)
            }
        }
    }
}
