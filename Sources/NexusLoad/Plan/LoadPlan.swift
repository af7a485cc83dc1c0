/// What a load test is to do.
public struct LoadPlan: Sendable {
    public var users = 5
    public var duration = Duration.seconds(30)
    /// How long it takes until all users are there; nil for a tenth of the duration.
    public var ramp: Duration?
    /// The users want `seat-1` to `seat-<seats>`. Only the fifty of the game start anew when they are sold.
    public var seats = 50
    public var mix = CardMix.standard
    public var kills: KillPlan?
    /// The same seed and the same user want the same seats with the same cards.
    public var seed: UInt64 = 0
    /// The longest time in which 95 of 100 answers must be there; nil for any.
    public var p95: Duration?
    /// How long payments and mails take where the test starts everything itself.
    public var chargeTime = Duration.milliseconds(500)
    public var mailTime = Duration.milliseconds(200)

    public init() {}

    var arrivals: LoadRamp {
        LoadRamp(users: users, duration: duration, ramp: ramp ?? duration / 10)
    }

    var gatewayMayBeDown: Bool { kills?.parts.contains(.gateway) ?? false }
}
