import Nexus
import Restate
import Testing

@testable import NexusPage

struct BookingViewTests {
    @Test(
        arguments: [
            (nil, "waiting waiting waiting waiting"),
            (.reserving, "active waiting waiting waiting"),
            (.paying, "done active waiting waiting"),
            (.confirming, "done done active waiting"), (.mailing, "done done done active"),
            (.undoing(declined: true), "undoing failed waiting waiting"),
            (.undoing(declined: false), "undoing undoing waiting waiting"),
            (.ended, "waiting waiting waiting waiting"),
        ] as [(BookingPhase?, String)])
    func `a booking that is under way shows what it does`(
        phase: BookingPhase?, steps: String
    ) throws {
        let view = BookingView(try id(), in: phase)
        #expect(view.state == .running)
        #expect(words(view) == steps)
        #expect(view.message == nil)
    }

    @Test(
        arguments: [
            (
                "Payment failed: Payment declined: Insufficient funds", .undone,
                "undone failed waiting waiting", "The card was declined: Insufficient funds"
            ),
            (
                "Payment failed: Gateway timeout", .undone, "undone undone waiting waiting",
                "Gateway timeout"
            ),
            (
                "Booking failed: Ticket is held by another booking", .undone,
                "undone undone failed waiting", "Ticket is held by another booking"
            ),
            (
                "Ticket already sold", .refused, "failed waiting waiting waiting",
                "Ticket already sold"
            ),
        ] as [(String, BookingView.State, String, String)])
    func `a booking that failed shows what was undone`(
        text: String, state: BookingView.State, steps: String, message: String
    ) throws {
        let view = BookingView(try id(), failed: TerminalError(text))
        #expect(view.state == state)
        #expect(words(view) == steps)
        #expect(view.message == message)
    }

    @Test func `a cancelled booking is undone`() throws {
        let view = BookingView(try id(), failed: TerminalError("cancelled", code: 409))
        #expect(view.state == .undone)
        #expect(words(view) == "undone undone waiting waiting")
    }

    @Test(arguments: ["", "inv_", "inv", "x", "inv_a/b", "inv_a b", "inv_\u{E9}", "INV_1"])
    func `what cannot be an invocation's id is no booking's`(text: String) {
        #expect(BookingID(text) == nil)
    }

    @Test func `a board forgets the oldest bookings`() {
        let board = BookingBoard(capacity: 3)
        for number in 1...5 {
            board.note(.reserving, of: "inv_\(number)")
            board.note(.paying, of: "inv_\(number)")
        }
        let known = (1...5).filter { board.phase(of: "inv_\($0)") != nil }
        #expect(known == [3, 4, 5])
    }

    private func id() throws -> BookingID { try #require(BookingID("inv_1")) }

    private func words(_ view: BookingView) -> String {
        let steps = view.steps
        return [steps.reserve, steps.pay, steps.confirm, steps.mail].map(\.rawValue)
            .joined(separator: " ")
    }
}
