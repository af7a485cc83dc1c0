import CanonicalJSON
import Restate
import Testing

@testable import Nexus

/// What callers may write, and what they are told when it is wrong.
struct InputTests {
    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "accepted"
        } catch let error as TerminalError {
            return "\(error.code) \(error.message)"
        } catch {
            return "\(error)"
        }
    }

    private func read<Input: Decodable>(_ type: Input.Type, _ json: String) throws -> Input {
        try JSON.decode(type, from: Array(json.utf8))
    }

    @Test(arguments: [
        ("{}", "ticketId"), ("null", "ticketId"), ("[]", "ticketId"), ("\"seat-1\"", "ticketId"),
        (#"{"ticketId":""}"#, "ticketId"), (#"{"ticketId":null}"#, "ticketId"),
        (#"{"ticketId":7,"userId":"u"}"#, "ticketId"), (#"{"userId":"u"}"#, "ticketId"),
        (#"{"ticketId":"s"}"#, "userId"), (#"{"ticketId":"s","userId":{}}"#, "userId"),
        (#"{"ticketId":"s","userId":"","paymentMethodId":"gold"}"#, "userId"),
    ])
    func `an order says which field is missing first`(json: String, field: String) {
        let said = message { _ = try (read(OrderInput?.self, json) ?? OrderInput()).checked() }
        #expect(said == "400 \(field) must be a non-empty string")
    }

    @Test(arguments: [#""card_gold""#, #""""#, "7", "[]", "true"])
    func `an order with another card is refused`(card: String) {
        let json = #"{"ticketId":"s","userId":"u","paymentMethodId":\#(card)}"#
        let said = message { _ = try read(OrderInput.self, json).checked() }
        #expect(
            said
                == "400 paymentMethodId must be one of card_success, card_decline, card_error")
    }

    @Test(arguments: [
        (#"{"ticketId":"s","userId":"u"}"#, PaymentCard.success),
        (#"{"ticketId":"s","userId":"u","paymentMethodId":null}"#, .success),
        (#"{"ticketId":"s","userId":"u","paymentMethodId":"card_error","more":1}"#, .error),
    ])
    func `an order without a card is paid with the one that works`(
        json: String, card: PaymentCard
    ) throws {
        let order = try read(OrderInput.self, json).checked()
        #expect(order == Order(ticketID: "s", userID: "u", card: card))
    }

    @Test(arguments: [
        ("{}", "seatId must be a non-empty string"),
        (#"{"status":"SOLD"}"#, "seatId must be a non-empty string"),
        (#"{"seatId":"s"}"#, "status must be AVAILABLE, RESERVED or SOLD"),
        (#"{"seatId":"s","status":"sold"}"#, "status must be AVAILABLE, RESERVED or SOLD"),
        (#"{"seatId":"s","status":1}"#, "status must be AVAILABLE, RESERVED or SOLD"),
    ])
    func `a seat's status must be one of three`(json: String, text: String) {
        #expect(message { _ = try read(SeatUpdate.self, json).checked() } == "400 \(text)")
    }

    @Test(arguments: [
        (#""alice""#, Buyer(userID: "alice")),
        (#"{"userId":"alice","bookingId":"b"}"#, Buyer(userID: "alice", bookingID: "b")),
    ])
    func `a buyer is a user or a booking`(json: String, buyer: Buyer) throws {
        #expect(try read(BuyerInput.self, json).buyer() == buyer)
    }

    @Test(arguments: [
        ("{}", "userId"), (#""""#, "userId"), ("7", "userId"), ("[]", "userId"),
        (#"{"bookingId":"b"}"#, "userId"), (#"{"userId":7}"#, "userId"),
        (#"{"userId":"u"}"#, "bookingId"), (#"{"userId":"u","bookingId":null}"#, "bookingId"),
        (#"{"userId":"u","bookingId":""}"#, "bookingId"),
    ])
    func `a buyer says which field is missing first`(json: String, field: String) {
        let said = message { _ = try read(BuyerInput.self, json).buyer() }
        #expect(said == "400 \(field) must be a non-empty string")
    }

    @Test func `an empty object is no booking`() throws {
        #expect(try read(BuyerInput.self, "{}").booking() == nil)
        #expect(try read(BuyerInput?.self, "null")?.booking() == nil)
    }

    @Test(arguments: [#"{"bookingID":"misspelt"}"#, #""alice""#, "7"])
    func `something else is not taken for no booking`(json: String) {
        let said = message { _ = try read(BuyerInput.self, json).booking() }
        #expect(said == "400 userId must be a non-empty string")
    }

    @Test func `what a stranger wrote is one line of the log`() {
        let text = "A1 booked for eve\r\nA2 booked for bob\u{1B}[2J\u{2028}座位 é"
        #expect(text.onOneLine == "A1 booked for eve  A2 booked for bob [2J 座位 é")
    }
}
