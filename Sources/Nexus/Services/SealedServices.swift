internal import Restate

// The services of a sealed house. They have the names and the code of the others; but through the ingress
// buyers can only book and look.

/// A seat, of which strangers learn its status only.
struct SealedTicket: VirtualObject {
    static let name = Ticket.name

    let ticket: Ticket

    /// Who holds a seat is nobody's business.
    func get(_ ctx: SharedObjectContext) async throws -> PublicSeat {
        try ticket.house.check(ctx.key)
        var seat = try await ticket.get(ctx)
        seat.reservedBy = nil
        return seat
    }

    struct API: HandlerTable {
        let reserve = exclusive { (it: SealedTicket) in it.ticket.reserve }.ingressPrivate()
        let confirm = exclusive { (it: SealedTicket) in it.ticket.confirm }.ingressPrivate()
        let release = exclusive { (it: SealedTicket) in it.ticket.release }.ingressPrivate()
        let cleanup = exclusive { (it: SealedTicket) in it.ticket.cleanup }.ingressPrivate()
        let get = shared(SealedTicket.get)
        let expire = exclusive { (it: SealedTicket) in it.ticket.expire }.ingressPrivate()
    }
}

/// The map, which nobody but the services changes.
struct SealedSeatMap: VirtualObject {
    static let name = SeatMap.name

    let map: SeatMap

    /// There is one map, and a buyer who asks for another one should not take an empty house for it.
    func get(_ ctx: SharedObjectContext) async throws -> [MapEntry] {
        guard ctx.key == SeatMap.key else {
            throw TerminalError("There is no seat map \(ctx.key)", code: 404)
        }
        return try await map.get(ctx)
    }

    struct API: HandlerTable {
        let set = exclusive { (it: SealedSeatMap) in it.map.set }.ingressPrivate()
        let reset = exclusive { (it: SealedSeatMap) in it.map.reset }.ingressPrivate()
        let resetAll = exclusive { (it: SealedSeatMap) in it.map.resetAll }.ingressPrivate()
        let get = shared(SealedSeatMap.get)
    }
}

/// The game, which nobody can begin.
struct SealedGameManager: Service {
    static let name = GameManager.name

    let game: GameManager

    struct API: HandlerTable {
        let reset = handler { (it: SealedGameManager) in it.game.reset }.ingressPrivate()
    }
}
