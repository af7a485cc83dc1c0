import Primitives

/// Detects that the attempts of an invocation are cut again and again after the same time. Then a
/// proxy between server and endpoint probably closes idle connections, and the invocation can never
/// progress beyond its wait.
final class CutAttempts: Sendable {
    private struct Cuts {
        var count = 0
        var first = Duration.zero
    }

    private struct State {
        /// Keyed by the bytes of the invocation's id.
        var invocations: [[UInt8]: Cuts] = [:]
        var hasWarned = false
    }

    private let state = Locked(State())

    /// Attempts that are cut earlier are ignored: they have other causes than an idle limit.
    private static let shortest = Duration.seconds(1)
    /// The table is emptied when it is full. An invocation that is cut regularly is soon in it
    /// again.
    private static let invocationLimit = 1000
    private static let patience = 3

    /// The number of invocations that are remembered. For tests.
    var invocationCount: Int { state.withLock { $0.invocations.count } }

    /// Notes that the peer ended an attempt that was under way.
    /// - Returns: a warning for the operator, once per endpoint.
    func note(invocation: String, handler: String, lasted: Duration) -> String? {
        guard lasted >= Self.shortest else { return nil }
        let count = state.withLock { state -> Int in
            guard !state.hasWarned else { return 0 }
            let id = Array(invocation.utf8)
            if state.invocations.count >= Self.invocationLimit, state.invocations[id] == nil {
                state.invocations.removeAll()
            }
            var cuts = state.invocations[id] ?? Cuts()
            if cuts.count == 0 || !isAbout(lasted, cuts.first) {
                cuts = Cuts(count: 0, first: lasted)
            }
            cuts.count += 1
            state.invocations[id] = cuts
            state.hasWarned = cuts.count >= Self.patience
            if state.hasWarned { state.invocations = [:] }
            return cuts.count
        }
        guard count >= Self.patience else { return nil }
        return "The attempts of \(handler) are cut after about "
            + "\(lasted.components.seconds) s each "
            + "(\(invocation), \(count) times in a row): a proxy with an idle limit, it seems. Give "
            + "the handler an inactivityTimeout below that time, so that it suspends before, or "
            + "raise the proxy's limits. Waits that are longer will never end else."
    }
}

/// Allows a difference of a fifth, because replays take different times.
private func isAbout(_ one: Duration, _ other: Duration) -> Bool {
    let difference = one > other ? one - other : other - one
    return difference * 5 <= max(one, other)
}
