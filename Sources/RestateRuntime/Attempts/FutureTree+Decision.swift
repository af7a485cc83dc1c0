import RestateProtocol

/// Decides whether a suspended invocation can go on.
///
/// The endpoint sent the tree of what it waits for. The rules for each combinator are the
/// endpoint's own, implemented here a second time, because the runtime does not share code with the
/// machine that it tests.
extension FutureTree {
    private enum Verdict {
        case open, succeeded, failed
        /// A part has come whose combinator the server does not know, so that only the program can
        /// tell whether that is enough. It is resumed to find out.
        case itsCall
    }

    /// Whether the tree has no leaf at all. Waiting for such a tree would never end.
    var isEmpty: Bool {
        completions.isEmpty && signals.isEmpty && namedSignals.isEmpty
            && nested.allSatisfy(\.isEmpty)
    }

    /// Whether the results that have come suffice for the program to continue.
    ///
    /// - Parameter results: for each notification whether it was a failure.
    func isDecided(by results: [NotificationID: Bool]) -> Bool {
        verdict(results) != .open
    }

    // The recursion is bounded, because the decoder limits the depth of a tree.
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
