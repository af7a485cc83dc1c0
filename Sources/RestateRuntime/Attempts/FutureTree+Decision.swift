import RestateProtocol

/// Whether what a suspended invocation waits for has come.
extension FutureTree {
    private enum Verdict {
        case open, succeeded, failed
        /// Only the program can say: it is called again.
        case itsCall
    }

    var isEmpty: Bool {
        completions.isEmpty && signals.isEmpty && namedSignals.isEmpty
            && nested.allSatisfy(\.isEmpty)
    }

    /// - Parameter results: whether each notification was a failure.
    func isDecided(by results: [NotificationID: Bool]) -> Bool {
        verdict(results) != .open
    }

    // As deep as the tree, whose depth the decoder limits.
    private func verdict(_ results: [NotificationID: Bool]) -> Verdict {
        func leaf(_ id: NotificationID) -> Verdict {
            results[id].map { $0 ? .failed : .succeeded } ?? .open
        }
        let children =
            completions.map { leaf(.completion($0)) } + signals.map { leaf(.signal($0)) }
            + namedSignals.map { leaf(.namedSignal($0)) } + nested.map { $0.verdict(results) }
        switch combinator {
        case .unknown:
            return children.contains { $0 != .open } ? .itsCall : .open
        case .firstCompleted:
            // Which one was first does not matter: one that is decided wakes the program.
            return children.first { $0 != .open } ?? .open
        case .allCompleted:
            if children.contains(.open) { return .open }
            return children.contains(.itsCall) ? .itsCall : .succeeded
        case .firstSucceededOrAllFailed:
            if children.contains(.succeeded) { return .succeeded }
            if children.contains(.itsCall) { return .itsCall }
            return children.contains(.open) ? .open : .failed
        case .allSucceededOrFirstFailed:
            if children.contains(.failed) { return .failed }
            if children.contains(.itsCall) { return .itsCall }
            return children.contains(.open) ? .open : .succeeded
        }
    }
}
