import Nexus
import NexusLoad
import Restate
import Testing

@Suite struct LoadAnswerTests {
    @Test(arguments: [
        ("Ticket already sold", PaymentCard.success, LoadOutcome.alreadySold),
        ("Ticket is currently reserved", .decline, .reserved),
        ("Payment failed: Payment declined: Insufficient funds", .decline, .declined),
        ("Payment failed: Gateway timeout", .error, .gatewayTimeout),
        ("Payment failed: Gateway timeout", .success, .gatewayTimeout),
        ("Booking failed: Ticket is held by another booking", .success, .lost),
    ])
    func `a refusal is known by its text`(text: String, card: PaymentCard, outcome: LoadOutcome) {
        #expect(LoadAnswer(.failure(TerminalError(text)), card: card) == .outcome(outcome))
    }

    @Test func `only a good card is confirmed, and only the bad one is declined`() {
        let confirmed = "Booking Confirmed"
        #expect(LoadAnswer(.success(confirmed), card: .success) == .outcome(.confirmed))
        #expect(
            LoadAnswer(.success(confirmed), card: .decline)
                == .error("'Booking Confirmed' with card_decline"))
        #expect(
            LoadAnswer(.success("Booked"), card: .success) == .error("'Booked' with card_success"))
        let declined = TerminalError("Payment failed: Payment declined: Insufficient funds")
        #expect(
            LoadAnswer(.failure(declined), card: .success)
                == .error("\(declined.message) (card_success)"))
    }

    @Test func `a gateway that is not there is an error unless the test kills gateways`() {
        let down = TerminalError("Payment failed: Gateway error: no connection")
        #expect(
            LoadAnswer(.failure(down), card: .success) == .error("\(down.message) (card_success)"))
        #expect(
            LoadAnswer(.failure(down), card: .success, gatewayMayBeDown: true)
                == .outcome(.gatewayDown))
    }

    @Test func `whatever else is thrown is an error with its text`() {
        struct Strange: Error, CustomStringConvertible { let description = "no answer" }
        #expect(LoadAnswer(.failure(Strange()), card: .success) == .error("no answer"))
        #expect(
            LoadAnswer(.failure(TerminalError("ticketId is odd", code: 400)), card: .error)
                == .error("ticketId is odd (card_error)"))
    }
}
