import RestateProtocol

/// How far the program's wish to cancel its callees is.
package enum CancelledCalls: Equatable, Sendable {
    /// These invocations were cancelled.
    case done([String])
    /// Ask again when more input has come or ended.
    case wait
}

/// A callee that is cancelled together with its caller.
struct TrackedChild: Sendable {
    /// The completion that has the callee's invocation id.
    let completionID: UInt32
    var invocationID: String?
}

/// Implicit cancellation: the callees are cancelled, then the await fails. Explicit cancellation: the
/// program cancels them when it wants to.
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
        if let waiting = try findChildren(at: site) { return waiting }
        _ = try tellChildren(at: site)
        _ = notifications.take(.cancel)
        return .cancelled
    }

    /// Cancels the callees because the program wants it. Asked again when more has come, as an await is.
    package mutating func cancelCalls(
        at site: CallSite
    ) throws(AttemptEndCause) -> CancelledCalls {
        try enter("cancel started calls")
        runnable.removeAll()
        if try findChildren(at: site) != nil { return .wait }
        return .done(try tellChildren(at: site))
    }

    /// Finds out the ids of all callees. Nil when they are known.
    private mutating func findChildren(
        at site: CallSite
    ) throws(AttemptEndCause) -> AwaitAnswer? {
        for index in children.indices where children[index].invocationID == nil {
            let id = NotificationID.completion(children[index].completionID)
            let answer = try progress(.leaf(id), cancel: .ignored, at: site)
            guard answer == .completed else { return answer }
            guard case .invocationID(let invocation) = notifications.peek(id) else {
                throw ending(with: .unexpectedResult("no invocation id for completion \(id)"))
            }
            children[index].invocationID = invocation
        }
        return nil
    }

    /// Each is told once: it is forgotten then.
    private mutating func tellChildren(at site: CallSite) throws(AttemptEndCause) -> [String] {
        let told = children.compactMap(\.invocationID)
        children = []
        for invocation in told { try cancelInvocation(invocation, at: site) }
        return told
    }
}
