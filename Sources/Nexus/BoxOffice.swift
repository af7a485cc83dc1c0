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
    private let access: OperatorAccess
    private let metrics = BoxOfficeMetrics()

    /// - Parameters:
    ///   - gateway: by default the one that the settings ask for, with its ledger in memory.
    ///   - mailer: by default the one that the settings ask for, with its outbox in memory.
    public init(
        _ settings: NexusSettings = NexusSettings(), gateway: (any PaymentGateway)? = nil,
        mailer: (any Mailer)? = nil
    ) {
        access = settings.operatorAccess
        self.gateway =
            gateway
            ?? settings.gatewayURL.map {
                HTTPGateway($0, token: settings.operatorToken, trouble: settings.trouble)
            }
            ?? MockGateway(chargeTime: settings.chargeTime)
        self.mailer =
            mailer
            ?? settings.mailer(Outbox(mailTime: settings.mailTime, failures: settings.mailFailures))
        services = Self.services(settings, self.gateway, self.mailer, metrics)
    }

    /// The application with its books in the folder that the settings name, or in memory if they name none.
    ///
    /// - Throws: ``BookError`` if the folder cannot be used.
    public static func open(_ settings: NexusSettings) throws -> BoxOffice {
        guard let folder = settings.dataDirectory else { return BoxOffice(settings) }
        let patience = FolderPatience(settings.trouble)
        let gateway =
            try settings.gatewayURL == nil
            ? MockGateway(
                chargeTime: settings.chargeTime, keptIn: folder, patience: patience,
                trouble: settings.trouble) : nil
        let outbox = try Outbox(
            mailTime: settings.mailTime, failures: settings.mailFailures, keptIn: folder,
            patience: patience)
        return BoxOffice(settings, gateway: gateway, mailer: settings.mailer(outbox))
    }

    private static func services(
        _ settings: NexusSettings, _ gateway: any PaymentGateway, _ mailer: any Mailer,
        _ metrics: BoxOfficeMetrics
    ) -> [any RestateService] {
        let house = settings.house
        let ticket = Ticket(holdTime: settings.holdTime, house: house, metrics: metrics)
        let map = SeatMap(house: house, metrics: metrics)
        let game = GameManager(house: house)
        let checkout = Checkout(
            gateway: gateway, mailer: mailer, chargeTimeLimit: settings.chargeTimeLimit,
            mailPatience: MailPatience(settings.mailTimeLimit), house: house, log: settings.log)
        let mail = MailService(mailer: mailer)
        guard house.isSealed else { return [ticket, map, game, checkout, mail] }
        return [
            SealedTicket(ticket: ticket), SealedSeatMap(map: map), SealedGameManager(game: game),
            checkout, mail,
        ]
    }

    /// All services, and the routes: of the metrics, and of the gateway and the outbox if they are ours. In a
    /// sealed house the routes are the operator's.
    public var endpoint: Endpoint {
        addingRoutes(to: Endpoint(services)).metered(by: metrics, for: access)
    }

    /// The routes alone, for an endpoint that serves other services too.
    public func addingRoutes(to endpoint: Endpoint) -> Endpoint {
        var endpoint = endpoint
        if let gateway = gateway as? MockGateway {
            endpoint = endpoint.serving(gateway, for: access)
        }
        if let outbox = mailer as? Outbox ?? (mailer as? PostOffice)?.outbox {
            endpoint = endpoint.serving(outbox, for: access)
        }
        return endpoint
    }
}

extension NexusSettings {
    /// The outbox, or a mail server with the outbox as its book.
    fileprivate func mailer(_ outbox: Outbox) -> any Mailer {
        guard let mailServer else { return outbox }
        return PostOffice(outbox: outbox, server: mailServer, sender: mailSender)
    }
}
