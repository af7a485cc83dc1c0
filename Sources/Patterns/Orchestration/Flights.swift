public import Restate

/// Reserves flights, and confirms or cancels what it has reserved.
public struct FlightsService: Service {
    let effects: any OutsideEffects

    public init(_ effects: any OutsideEffects) {
        self.effects = effects
    }

    func reserve(_ ctx: Context, flight: FlightRequest) async throws -> String {
        let (effects, id) = (effects, ctx.newID())
        try await ctx.withoutCancellation {
            try await ctx.run("reserve flight") {
                try await effects.perform(
                    "flights", "reserve", key: id, saying: "Flight \(id) reserved")
            }
        }
        return id
    }

    func confirm(_ ctx: Context, booking: FlightBooking) async throws {
        let (effects, id) = (effects, try named(booking.flightBookingId, "flightBookingId"))
        try await ctx.run("confirm flight") {
            try await effects.perform(
                "flights", "confirm", key: id, saying: "Flight \(id) confirmed")
        }
    }

    func cancel(_ ctx: Context, booking: FlightBooking) async throws {
        let (effects, id) = (effects, try named(booking.flightBookingId, "flightBookingId"))
        try await ctx.withoutCancellation {
            try await ctx.run("cancel flight") {
                try await effects.perform(
                    "flights", "cancel", key: id, saying: "Flight \(id) cancelled")
            }
        }
    }

    public struct API: HandlerTable {
        public let reserve = handler(FlightsService.reserve)
        public let confirm = handler(FlightsService.confirm)
        public let cancel = handler(FlightsService.cancel)

        public init() {}
    }
}

public struct FlightRequest: Codable, Sendable {
    public var flightId: String
    public var passengerName: String

    public init(flightId: String, passengerName: String) {
        self.flightId = flightId
        self.passengerName = passengerName
    }
}

public struct FlightBooking: Codable, Sendable {
    public var flightBookingId: String

    public init(_ id: String) {
        flightBookingId = id
    }
}
