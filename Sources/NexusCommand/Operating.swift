internal import Commands
internal import Foundation
internal import Nexus
internal import NexusOperations
internal import RestateClient

/// Where a shop is looked after: the flags `--admin-url`, `--gateway-url` and `--token`.
struct Operating {
    private static let standardAdmin = "http://localhost:9070"
    private static let standardGateway = "http://localhost:9080"

    static let flags = [
        Flag(
            "--admin-url", "A", "the admin API of the Restate server", standard: standardAdmin),
        Flag("--gateway-url", "G", "the payment gateway", standard: standardGateway),
        OperatorToken.shown,
        Flag(
            "--token", "T", "bearer token for the admin API", aliases: ["RESTATE_AUTH_TOKEN"],
            isSecret: true),
        LogChoice.flag,
    ]

    let reader: ShopReader
    let gateway: HTTPGateway
    let ledger: LedgerReader
    let log: LogChoice

    init(_ arguments: Arguments) throws {
        log = try LogChoice(arguments)
        let admin = try arguments.address(
            "--admin-url", arguments.text("--admin-url") ?? Self.standardAdmin)
        reader = ShopReader(RestateAdmin(admin, token: arguments.text("--token")))
        let text = arguments.text("--gateway-url") ?? Self.standardGateway
        let secret = try OperatorToken(arguments)
        do {
            gateway = HTTPGateway(try GatewayURL(text), token: secret, trouble: log.trouble)
            ledger = try LedgerReader(gateway: text, token: secret)
        } catch {
            throw UsageError("\(error)")
        }
    }
}

/// `nexus refund`: takes a sale back.
struct RefundCommand: Subcommand {
    static let word = "refund"
    static let operands = ["<booking id>"]
    static let summary = "takes a sale back: money, seat and map"
    static let about = """
        Takes a sale back: refunds it at the gateway, then frees the seat and its place on the map
        through the admin API. Done twice, it does nothing more. A booking that nobody knows is told, and
        nothing is done.
        """
    static let groups = [
        FlagGroup([Flag("--seat", "S", "the seat that was sold")] + Operating.flags)
    ]

    private let booking: String
    private let seat: String
    private let operating: Operating

    init(_ arguments: Arguments) throws {
        guard let booking = arguments.operands.first else {
            throw UsageError("Which booking? Its id is the invocation's, like inv_1….")
        }
        guard BookingID(booking) != nil else {
            throw UsageError(
                "A booking's id is the invocation's, like inv_1…, not '\(booking)'.")
        }
        guard let seat = arguments.text("--seat") else { throw UsageError("--seat is needed.") }
        self.booking = booking
        self.seat = seat
        operating = try Operating(arguments)
    }

    func run() async throws {
        let refund = Refund(
            operating.reader, gateway: operating.gateway, ledger: operating.ledger
        ) { Console.say($0) }
        try await refund(booking, seat: seat)
    }
}

/// `nexus reconcile`: whether ledger, tickets and map fit together.
struct Reconcile: Subcommand {
    static let word = "reconcile"
    static let summary = "whether ledger, tickets and map fit together"
    static let about = """
        Compares the gateway's ledger, the tickets and the map, and prints each difference. The exit
        status is 1 if there is one. Bookings that are under way are left out.
        """
    static let groups = [FlagGroup(Operating.flags)]
    static let notes = """
        In an open shop the sales of earlier games are charges without a seat: the game frees seats,
        and refunds nobody.
        """

    private let operating: Operating

    init(_ arguments: Arguments) throws {
        operating = try Operating(arguments)
    }

    func run() async throws {
        let (differences, shop) = try await Reconciliation.lasting {
            try await operating.reader.shop(operating.ledger)
        }
        for line in differences { Console.say(line) }
        guard differences.isEmpty else { throw Differences(count: differences.count) }
        guard operating.log.level != .trouble else { return }
        let sold = shop.tickets.values.count { $0.status == .sold }
        let charges = shop.ledger.count { $0.charges > 0 && !$0.refunded }
        Console.say(
            "Ledger, tickets and map agree: \(sold) sold, \(charges) charged and kept, "
                + "\(shop.underWay.count) under way")
    }
}

private struct Differences: Error, CustomStringConvertible {
    let count: Int
    var description: String { count == 1 ? "1 difference" : "\(count) differences" }
}
