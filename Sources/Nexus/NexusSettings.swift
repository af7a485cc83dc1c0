/// What can be set of the application. The defaults are those of the real thing.
public struct NexusSettings: Sendable {
    /// A gateway elsewhere; nil for one of our own, served on the endpoint's port.
    public var gatewayURL: GatewayURL?
    /// Which seats there are: by default the game's.
    public var house = House.open
    /// Shown to a gateway elsewhere, and asked for where something is not for buyers.
    public var operatorToken: OperatorToken?
    /// A folder in which the ledger of our own gateway and the outbox outlive the process; nil to keep them
    /// in memory.
    public var dataDirectory: String?
    /// A server that takes mail for buyers whose id is an address; nil for the outbox alone.
    public var mailServer: SMTPServer?
    /// Who mails are from.
    public var mailSender = "nexus@localhost"
    /// How long our own gateway takes for a charge.
    public var chargeTime: Duration = .milliseconds(500)
    /// How long any gateway may take before the charge counts as failed.
    public var chargeTimeLimit: Duration = .seconds(5)
    public var mailTime: Duration = .milliseconds(200)
    /// How long a buyer waits for the mail at most; after that it is sent without the buyer.
    public var mailTimeLimit: Duration = .seconds(2)
    /// How long an unpaid seat is kept.
    public var holdTime: Duration = .seconds(900)
    /// A fault: how many of the first tries to send a mail fail.
    public var mailFailures = 0
    /// Told one line per booking, from any thread.
    public var log: @Sendable (String) -> Void = { _ in }
    /// Told what an operator should know and a buyer should not, from any thread.
    public var trouble: @Sendable (String) -> Void = { _ in }

    public init() {}
}
