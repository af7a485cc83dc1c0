public import Restate

/// Begins the game anew: all seats for sale again, on the map and in their tickets.
public struct GameManager: Service {
    var house = House.open

    func reset(_ ctx: Context) async throws {
        ctx.object(SeatMap.self, SeatMap.key).reset.send()
        for seat in house.seats {
            ctx.object(Ticket.self, seat).release.send()
        }
    }

    public struct API: HandlerTable {
        public let reset = handler(GameManager.reset)

        public init() {}
    }
}
