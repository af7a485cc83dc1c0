/// When the users come and go: one after the other at the start, and likewise at the end.
public struct LoadRamp: Equatable, Sendable {
    public let users: Int
    public let duration: Duration
    public let ramp: Duration

    /// - Parameter ramp: how long it takes until all are there, and later until all are gone; at most half
    ///   of the duration.
    public init(users: Int, duration: Duration, ramp: Duration) {
        self.users = users
        self.duration = duration
        self.ramp = min(ramp, duration / 2)
    }

    /// When a user comes, counted from the start. The first one comes at once.
    public func arrival(_ user: Int) -> Duration { ramp * user / users }

    /// When a user books no more. The last one stays until the end.
    public func departure(_ user: Int) -> Duration { duration - ramp * (users - 1 - user) / users }

    /// How many are there at a moment.
    public func present(at moment: Duration) -> Int {
        (0..<users).count { arrival($0) <= moment && moment < departure($0) }
    }
}
