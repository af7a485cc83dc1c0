import RestateProtocol

/// A callee that is cancelled along with its caller.
struct TrackedChild: Sendable {
    /// Answered by the invocation id.
    let completionID: UInt32
    var invocationID: String?
}

/// Implicit cancellation: the signal is handed on to the callees, then the await fails.
extension InvocationMachine {
    /// Callees stay on the list when they are done: the server ignores the signal then.
    mutating func track(_ completionID: UInt32) {
        children.append(TrackedChild(completionID: completionID))
    }

    /// The program took the id; from now on it is known here only.
    mutating func resolve(_ completionID: UInt32, _ invocationID: String) {
        // The list is in the order of ids.
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

    /// May have to wait for the callees' ids: then this answer goes to the program, and the next
    /// await comes back here, because the signal stays until all are told.
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
