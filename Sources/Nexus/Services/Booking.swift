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

    /// Gives the seat back, if this booking has it. No cancellation stops that half-way.
    nonisolated(nonsending) func undo() async throws {
        var tries = 0
        var isFree = try await insist {
            tries += 1
            return try await ticket.release(buyer)
        }
        if !isFree, tries > 1 {
            // A release that was interrupted may have been done: then this one found nothing to do.
            isFree = try await insist { try await ticket.get().status == .available }
        }
        if isFree { try await insist { try await show(.available) } }
    }
}

/// Makes a step again whenever a cancellation interrupted it: for what must be done once begun.
/// Such a step must bear being made twice.
nonisolated(nonsending) func insist<Value>(
    _ step: nonisolated(nonsending) () async throws -> Value
) async throws -> Value {
    while true {
        do {
            return try await step()
        } catch let error as TerminalError where error.isCancellation {
            continue
        }
    }
}
