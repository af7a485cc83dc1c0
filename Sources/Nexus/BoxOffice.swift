public import Restate

/// The whole application: its services, with the gateway and the mailer behind them.
///
/// ```swift
/// await BoxOffice().endpoint.serve(port: 9080)
/// ```
public struct BoxOffice: Sendable {
    public let services: [any RestateService]
    private let gateway: any PaymentGateway
    private let mailer: any Mailer

    /// - Parameters:
    ///   - gateway: by default the one that the settings ask for.
    ///   - mailer: by default an outbox.
    public init(
        _ settings: NexusSettings = NexusSettings(), gateway: (any PaymentGateway)? = nil,
        mailer: (any Mailer)? = nil
    ) {
        self.gateway =
            gateway ?? settings.gatewayURL.map { HTTPGateway($0) }
            ?? MockGateway(chargeTime: settings.chargeTime)
        self.mailer =
            mailer ?? Outbox(mailTime: settings.mailTime, failures: settings.mailFailures)
        services = [
            Ticket(holdTime: settings.holdTime), SeatMap(), GameManager(),
            Checkout(
                gateway: self.gateway, mailer: self.mailer,
                chargeTimeLimit: settings.chargeTimeLimit, log: settings.log),
        ]
    }

    /// All services, and the routes of the gateway and the outbox if they are ours.
    public var endpoint: Endpoint {
        addingRoutes(to: Endpoint(services))
    }

    /// The routes alone, for an endpoint that serves other services too.
    public func addingRoutes(to endpoint: Endpoint) -> Endpoint {
        var endpoint = endpoint
        if let gateway = gateway as? MockGateway { endpoint = endpoint.serving(gateway) }
        if let outbox = mailer as? Outbox { endpoint = endpoint.serving(outbox) }
        return endpoint
    }
}
