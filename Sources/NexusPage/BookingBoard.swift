internal import Nexus
internal import Restate
internal import Synchronization

/// What a booking that is under way does now.
enum BookingPhase: Equatable, Sendable {
    case reserving, paying, confirming, mailing
    /// - Parameter declined: the card was, so that there is no payment to undo.
    case undoing(declined: Bool)
    /// Its result can be asked for.
    case ended
}

/// How far the bookings are that run in this process.
///
/// It is a hint and not the truth: after a restart it is empty until a booking's next step, and then as
/// good as before. The truth is the invocation's result, which the ingress keeps.
final class BookingBoard: Sendable {
    private struct State {
        var phases: [String: BookingPhase] = [:]
        /// The ids of `phases` in a ring, so that the oldest one gives its place away.
        var ids: [String] = []
        var oldest = 0
        var watchers: [String: [Int: AsyncStream<Void>.Continuation]] = [:]
        var watcherCount = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int = 4096) {
        self.capacity = capacity
    }

    func phase(of id: String) -> BookingPhase? {
        state.withLock { $0.phases[id] }
    }

    func note(_ phase: BookingPhase, of id: String) {
        let watchers = state.withLock { state in
            if state.phases.updateValue(phase, forKey: id) == nil { remember(id, &state) }
            return state.watchers[id].map { Array($0.values) } ?? []
        }
        for watcher in watchers { watcher.yield() }
    }

    private func remember(_ id: String, _ state: inout State) {
        if state.ids.count < capacity {
            state.ids.append(id)
        } else {
            state.phases[state.ids[state.oldest]] = nil
            state.ids[state.oldest] = id
            state.oldest = (state.oldest + 1) % capacity
        }
    }

    /// A word whenever the booking has come further, and one after each interval.
    func changes(of id: String, andEvery interval: Duration) -> AsyncStream<Void> {
        let (changes, watcher) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.watcherCount += 1
            state.watchers[id, default: [:]][state.watcherCount] = watcher
            return state.watcherCount
        }
        let clock = Task {
            while !Task.isCancelled {
                watcher.yield()
                try? await Task.sleep(for: interval)
            }
        }
        watcher.onTermination = { [weak self] _ in
            clock.cancel()
            self?.forget(number, of: id)
        }
        return changes
    }

    private func forget(_ number: Int, of id: String) {
        state.withLock { state in
            state.watchers[id]?[number] = nil
            if state.watchers[id]?.isEmpty == true { state.watchers[id] = nil }
        }
    }
}

/// Sees how far a checkout is by the steps that it takes.
struct BookingHooks: InvocationHooks {
    private let board: BookingBoard

    init(_ board: BookingBoard) {
        self.board = board
    }

    func attempt(_ attempt: AttemptInfo, _ next: () async throws -> Void) async throws {
        // A later attempt is somewhere further on: its next step tells where.
        if isCheckout(attempt), attempt.knownEntries == 0 { board.note(.reserving, of: attempt.id) }
        try await next()
    }

    func run(
        _ name: String, _ attempt: AttemptInfo,
        _ next: @escaping @Sendable () async throws -> Void
    ) async throws {
        guard isCheckout(attempt) else { return try await next() }
        let id = attempt.id
        switch name {
        case "process-payment":
            board.note(.paying, of: id)
            do {
                try await next()
            } catch {
                // Any other error is tried again.
                if error is TerminalError { board.note(.undoing(declined: true), of: id) }
                throw error
            }
            board.note(.confirming, of: id)
        case "refund-payment":
            board.note(.undoing(declined: false), of: id)
            try await next()
        case "send-email":
            board.note(.mailing, of: id)
            try await next()
        default:
            try await next()
        }
    }

    func ended(_ attempt: AttemptInfo, _ report: AttemptReport) {
        guard isCheckout(attempt), [.completed, .terminal].contains(report.outcome) else { return }
        board.note(.ended, of: attempt.id)
    }

    private func isCheckout(_ attempt: AttemptInfo) -> Bool {
        attempt.target.service == Checkout.name
    }
}
