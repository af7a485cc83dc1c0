public import Restate

/// Books a seat: reserve it, charge the card, sell it. What was begun is undone if it cannot end
/// well, whatever crashes.
///
/// The booking is known by the invocation's id, the same on every retry and replay: it holds the
/// seat, and it is the key under which the gateway charges at most once.
public struct Checkout: Service {
    static let price = 100
    private static let declined = "Payment declined: "
    private static let seat = "the seat"
    private static let payment = "the payment"
    private static let chargeRetries = RunRetryPolicy(
        initialInterval: .milliseconds(100), factor: 2, maxAttempts: 3)

    let gateway: any PaymentGateway
    let mailer: any Mailer
    /// How long the gateway may take to answer a charge.
    let chargeTimeLimit: Duration
    let mailPatience: MailPatience
    var house = House.open
    /// Told one line per booking.
    let log: @Sendable (String) -> Void

    func process(_ ctx: Context, input: OrderInput?) async throws -> String {
        let order = try (input ?? OrderInput()).checked()
        try house.check(order.ticketID)
        do {
            try await book(ctx, order)
        } catch let error as TerminalError {
            log("\(order.ticketID) not booked for \(order.userID): \(error.message)".onOneLine)
            throw error
        }
        log("\(order.ticketID) booked for \(order.userID)".onOneLine)
        return "Booking Confirmed"
    }

    private nonisolated(nonsending) func book(_ ctx: Context, _ order: Order) async throws {
        let booking = Booking(ctx, order)
        try await ctx.saga { saga in
            // Noted first: a cancellation ends the wait for what may have been done all the same.
            saga.undo(Self.seat) { try await booking.giveBack() }
            do {
                try await booking.reserve()
            } catch let refusal as TerminalError where !refusal.isCancellation {
                saga.forget()
                throw refusal
            }

            // After anything but a refusal nobody knows whether the card was charged, or will be.
            saga.undo(Self.payment) { try await refund(ctx) }
            do {
                try await booking.show(.reserved)
                try await charge(ctx, order)
            } catch let error as TerminalError where !error.isCancellation {
                if error.message.hasPrefix(Self.declined) { saga.forget(Self.payment) }
                throw TerminalError("Payment failed: \(error.message)")
            }

            // Paid. From here it only goes forward, and a cancellation stops nothing.
            saga.forget(Self.seat)
            try await ctx.withoutCancellation {
                do {
                    try await booking.confirm()
                } catch let refusal as TerminalError {
                    throw TerminalError("Booking failed: \(refusal.message)")
                }
                saga.forget()
                try await booking.show(.sold)
                try await sendMail(ctx, order)
            }
        }
    }

    private nonisolated(nonsending) func charge(_ ctx: Context, _ order: Order) async throws {
        let (gateway, limit, key) = (gateway, chargeTimeLimit, ctx.invocationID)
        let _: String = try await ctx.run("process-payment", retry: Self.chargeRetries) {
            do {
                return try await within(limit, else: GatewayError.timeout) {
                    try await gateway.charge(Self.price, to: order.card, key: key)
                }
            } catch let refusal as PaymentDeclined {
                throw TerminalError(Self.declined + refusal.reason)
            }
        }
    }

    /// Voids the payment, so that nothing stays charged: also a charge that is still under way.
    private nonisolated(nonsending) func refund(_ ctx: Context) async throws {
        let (gateway, key) = (gateway, ctx.invocationID)
        let _: Bool = try await ctx.run("refund-payment") { try await gateway.refund(key: key) }
    }

    private nonisolated(nonsending) func sendMail(_ ctx: Context, _ order: Order) async throws {
        let (mailer, patience, key) = (mailer, mailPatience, ctx.invocationID)
        let mail = Mail(
            to: order.userID, subject: "Booking Confirmed",
            text: "You have successfully purchased ticket \(order.ticketID).")
        do {
            try await ctx.run("send-email", retry: patience.retries) {
                try await within(patience.eachTry, else: MailTakesLong()) {
                    try await mailer.send(mail, key: key)
                }
            }
        } catch is TerminalError {
            ctx.service(MailService.self).deliver.send(WaitingMail(mail, key: key))
        }
    }

    public struct API: HandlerTable {
        public let process = handler(Checkout.process)

        public init() {}
    }
}
