public import Restate

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A seat that can be taken once. Its key is the seat's id.
///
/// All that makes double selling impossible is here: one exclusive handler runs at a time per seat,
/// and each looks at the state before it writes.
public struct Ticket: VirtualObject {
    static let state = StateKey<Seat>("state", default: .available)

    /// How long an unpaid seat is kept.
    let holdTime: Duration
    private let holdMilliseconds: Int64
    let house: House
    let metrics: BoxOfficeMetrics?

    init(holdTime: Duration, house: House, metrics: BoxOfficeMetrics?) {
        self.holdTime = holdTime
        holdMilliseconds = Int64(min((holdTime / .milliseconds(1)).rounded(), 1e14))
        self.house = house
        self.metrics = metrics
    }

    func reserve(_ ctx: ObjectContext, input: BuyerInput?) async throws -> Bool {
        guard let buyer = try input?.buyer() else {
            throw badInput("userId must be a non-empty string")
        }
        try house.check(ctx.key)
        var seat = try await ctx.get(Self.state)
        switch seat.status {
        case .sold:
            throw TerminalError("Ticket already sold")
        case .reserved:
            let isHeldByHand = seat.bookingID == nil
            guard seat.reservedBy == buyer.userID,
                isHeldByHand || seat.bookingID == buyer.bookingID
            else { throw TerminalError("Ticket is currently reserved") }
            if isHeldByHand, let bookingID = buyer.bookingID {
                // The reservation becomes the booking's, and still ends when it would have ended.
                seat.bookingID = bookingID
                ctx.set(Self.state, seat)
            }
        case .available:
            let now = try await ctx.run("now") { Int64(Date().timeIntervalSince1970 * 1000) }
            let until = now + holdMilliseconds
            ctx.set(
                Self.state,
                Seat(
                    status: .reserved, reservedBy: buyer.userID, reservedUntil: until,
                    bookingID: buyer.bookingID))
            ctx.object(Ticket.self, ctx.key).expire.send(
                Hold(reservedBy: buyer.userID, reservedUntil: until), after: holdTime)
        }
        return true
    }

    /// Sells the seat. It may be AVAILABLE: the reservation can end while the card is charged.
    func confirm(_ ctx: ObjectContext, input: BuyerInput?) async throws -> Bool {
        let booking = try input?.booking()
        var seat = try await ctx.get(Self.state)
        if let booking, seat.status != .available, seat.bookingID != booking.bookingID {
            throw TerminalError("Ticket is held by another booking")
        }
        if seat.status != .sold {
            seat.status = .sold
            seat.reservedBy = booking?.userID ?? seat.reservedBy
            seat.reservedUntil = nil
            seat.bookingID = booking?.bookingID ?? seat.bookingID
            ctx.set(Self.state, seat)
        }
        return true
    }

    /// Frees the seat: whatever it is, or only if that booking has it reserved.
    func release(_ ctx: ObjectContext, input: BuyerInput?) async throws -> Bool {
        if let booking = try input?.booking() {
            let seat = try await ctx.get(Self.state)
            guard seat.status == .reserved, seat.bookingID == booking.bookingID else {
                return false
            }
        }
        ctx.set(Self.state, .available)
        return true
    }

    /// The end of a reservation, unless it was paid, released or replaced by another one.
    func expire(_ ctx: ObjectContext, hold: Hold) async throws -> Bool {
        let seat = try await ctx.get(Self.state)
        guard seat.status == .reserved, seat.reservedBy == hold.reservedBy,
            seat.reservedUntil == hold.reservedUntil
        else { return false }
        ctx.set(Self.state, .available)
        ctx.object(SeatMap.self, SeatMap.key).set.send(SeatUpdate(ctx.key, .available))
        metrics?.expired()
        return true
    }

    /// Forgets the seat.
    func cleanup(_ ctx: ObjectContext) async throws -> Bool {
        ctx.clear(Self.state)
        return true
    }

    func get(_ ctx: SharedObjectContext) async throws -> PublicSeat {
        PublicSeat(try await ctx.get(Self.state))
    }

    public struct API: HandlerTable {
        public let reserve = exclusive(Ticket.reserve)
        // Some clients send these two an empty body with a content type.
        public let confirm = exclusive(Ticket.confirm).inputSchema(false)
        public let release = exclusive(Ticket.release).inputSchema(false)
        public let cleanup = exclusive(Ticket.cleanup)
        public let get = shared(Ticket.get)
        /// Only a reservation's own timer ends it.
        public let expire = exclusive(Ticket.expire).ingressPrivate()

        public init() {}
    }
}
