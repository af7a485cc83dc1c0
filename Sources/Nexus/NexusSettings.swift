/// What can be set of the application. The defaults are those of the real thing.
public struct NexusSettings: Sendable {
    /// A gateway elsewhere; nil for one of our own, served on the endpoint's port.
    public var gatewayURL: GatewayURL?
    /// How long our own gateway takes for a charge.
    public var chargeTime: Duration = .milliseconds(500)
    /// How long any gateway may take before the charge counts as failed.
    public var chargeTimeLimit: Duration = .seconds(5)
    public var mailTime: Duration = .milliseconds(200)
    /// How long an unpaid seat is kept.
    public var holdTime: Duration = .seconds(900)
    /// A fault: how many of the first tries to send a mail fail.
    public var mailFailures = 0
    /// Told one line per booking, from any thread.
    public var log: @Sendable (String) -> Void = { _ in }

    public init() {}
}
