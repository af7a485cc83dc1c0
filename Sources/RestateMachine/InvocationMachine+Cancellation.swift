import RestateProtocol

/// A callee that is cancelled together with its caller.
struct TrackedChild: Sendable {
    /// The completion that has the callee's invocation id.
    let completionID: UInt32
    var invocationID: String?
}

/// Implicit cancellation: the callees are cancelled, then the await fails.
extension InvocationMachine {
    /// Adds a callee. It stays in the list when it has ended, because the server then ignores the
    /// signal.
    mutating func track(_ completionID: UInt32) {
        children.append(TrackedChild(completionID: completionID))
    }

    /// Keeps an invocation id that the program has taken: from now on the notifications do not have
    /// it.
    mutating func resolve(_ completionID: UInt32, _ invocationID: String) {
        // The list is ordered by completion id, so a binary search finds the callee.
        var low = 0
        var high = children.count
        while low < high {
            let middle = (low + high) / 2
            if children[middle].completionID < completionID {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low < children.count, children[low].completionID == completionID else { return }
        children[low].invocationID = invocationID
    }

    /// Cancels the callees. If it has to wait for a callee's id first, it returns that answer, and
    /// the next await calls it again: the signal is taken only when all callees are cancelled.
    mutating func cancelChildren(at site: CallSite) throws(AttemptEndCause) -> AwaitAnswer {
        for index in children.indices where children[index].invocationID == nil {
            let id = NotificationID.completion(children[index].completionID)
            let answer = try progress(.leaf(id), orCancel: false, at: site)
            guard answer == .completed else { return answer }
            guard case .invocationID(let invocation) = notifications.peek(id) else {
                throw ending(with: .unexpectedResult("no invocation id for completion \(id)"))
            }
            children[index].invocationID = invocation
        }
        let told = children
        children = []
        for child in told {
            if let invocation = child.invocationID {
                try cancelInvocation(invocation, at: site)
            }
        }
        _ = notifications.take(.cancel)
        return .cancelled
    }
}
