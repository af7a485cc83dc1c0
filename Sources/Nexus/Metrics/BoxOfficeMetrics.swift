public import Restate
internal import Synchronization

/// Counts what happens at the box office, as far as this process does it: what is counted in several
/// processes is to be added.
///
/// A handler that ends while its connection breaks is run again, and counted again.
public final class BoxOfficeMetrics: InvocationHooks {
    struct Numbers {
        var bookings: [BookingOutcome: Int] = [:]
        var payments: [PaymentResult: PaymentTimes] = [:]
        var refunds = 0
        var expiries = 0
        /// On the map, when this process last changed it.
        var holds = 0
        var sold = 0
        /// Invocations of the mailer that have not ended.
        var mails: Set<String> = []
    }

    enum PaymentResult: String, CaseIterable {
        case charged, declined, failed
    }

    private let state = Mutex(Numbers())

    public init() {}

    var numbers: Numbers { state.withLock { $0 } }

    // MARK: What services tell

    func expired() {
        state.withLock { $0.expiries += 1 }
    }

    func shown(_ map: [String: SeatStatus]) {
        let holds = map.values.count { $0 == .reserved }
        let sold = map.values.count { $0 == .sold }
        state.withLock { numbers in
            numbers.holds = holds
            numbers.sold = sold
        }
    }

    // MARK: Hooks

    public func attempt(_ attempt: AttemptInfo, _ next: () async throws -> Void) async throws {
        if attempt.target.service == MailService.name {
            _ = state.withLock { $0.mails.insert(attempt.id) }
        }
        try await next()
    }

    public func run(
        _ name: String, _ attempt: AttemptInfo,
        _ next: @escaping @Sendable () async throws -> Void
    ) async throws {
        switch name {
        case "process-payment": try await pay(next)
        case "refund-payment":
            try await next()
            state.withLock { $0.refunds += 1 }
        default: try await next()
        }
    }

    private func pay(_ next: @Sendable () async throws -> Void) async throws {
        let start = ContinuousClock.now
        let note = { (result: PaymentResult) in
            let time = start.duration(to: .now)
            self.state.withLock { $0.payments[result, default: PaymentTimes()].add(time) }
        }
        do {
            try await next()
            note(.charged)
        } catch {
            note(error is TerminalError ? .declined : .failed)
            throw error
        }
    }

    public func ended(_ attempt: AttemptInfo, _ report: AttemptReport) {
        let isOver = [.completed, .terminal].contains(report.outcome)
        guard isOver else { return }
        switch attempt.target.service {
        case MailService.name:
            _ = state.withLock { $0.mails.remove(attempt.id) }
        case Checkout.name:
            let outcome =
                report.outcome == .completed
                ? .confirmed
                : BookingOutcome(
                    code: report.errorCode ?? 500, message: report.errorMessage ?? "")
            state.withLock { $0.bookings[outcome, default: 0] += 1 }
        default: break
        }
    }
}

/// How long payments took.
struct PaymentTimes {
    /// In seconds; what took longer is counted in all.
    static let bounds = DurationHistogram.bounds.filter { (0.01...10).contains($0) }

    /// For each bound, how many took no longer.
    private(set) var counts = [Int](repeating: 0, count: bounds.count)
    private(set) var count = 0
    private(set) var seconds = 0.0

    mutating func add(_ time: Duration) {
        let time = time / .seconds(1)
        count += 1
        seconds += time
        for (index, bound) in Self.bounds.enumerated() where time <= bound { counts[index] += 1 }
    }
}
