internal import Restate

/// A booking's dealings with the seat: its ticket, and what the map shows of it.
struct Booking {
    private let ticket: Client<Ticket>
    private let map: Client<SeatMap>
    private let seatID: String
    private let buyer: BuyerInput

    init(_ ctx: Context, _ order: Order) {
        ticket = ctx.object(Ticket.self, order.ticketID)
        map = ctx.object(SeatMap.self, SeatMap.key)
        seatID = order.ticketID
        buyer = BuyerInput(userID: order.userID, bookingID: ctx.invocationID)
    }

    nonisolated(nonsending) func reserve() async throws {
        _ = try await ticket.reserve(buyer)
    }

    nonisolated(nonsending) func confirm() async throws {
        _ = try await ticket.confirm(buyer)
    }

    nonisolated(nonsending) func show(_ status: SeatStatus) async throws {
        _ = try await map.set(SeatUpdate(seatID, status))
    }

    /// Frees the seat, if this booking has it.
    nonisolated(nonsending) func giveBack() async throws {
        if try await ticket.release(buyer) { try await show(.available) }
    }
}
