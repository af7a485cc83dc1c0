public import Restate

/// Reserves rental cars, and confirms or cancels what it has reserved.
public struct CarRentalService: Service {
    let effects: any OutsideEffects

    public init(_ effects: any OutsideEffects) {
        self.effects = effects
    }

    func reserve(_ ctx: Context, car: CarRequest) async throws -> String {
        let (effects, id) = (effects, ctx.newID())
        try await ctx.withoutCancellation {
            try await ctx.run("reserve car") {
                try await effects.perform(
                    "cars", "reserve", key: id, saying: "Car \(id) reserved")
            }
        }
        return id
    }

    func confirm(_ ctx: Context, booking: CarBooking) async throws {
        let (effects, id) = (effects, try named(booking.carBookingId, "carBookingId"))
        try await ctx.run("confirm car") {
            try await effects.perform(
                "cars", "confirm", key: id, saying: "Car \(id) confirmed")
        }
    }

    func cancel(_ ctx: Context, booking: CarBooking) async throws {
        let (effects, id) = (effects, try named(booking.carBookingId, "carBookingId"))
        try await ctx.withoutCancellation {
            try await ctx.run("cancel car") {
                try await effects.perform(
                    "cars", "cancel", key: id, saying: "Car \(id) cancelled")
            }
        }
    }

    public struct API: HandlerTable {
        public let reserve = handler(CarRentalService.reserve)
        public let confirm = handler(CarRentalService.confirm)
        public let cancel = handler(CarRentalService.cancel)

        public init() {}
    }
}

public struct CarRequest: Codable, Sendable {
    public var pickupLocation: String
    public var rentalDate: String

    public init(pickupLocation: String, rentalDate: String) {
        self.pickupLocation = pickupLocation
        self.rentalDate = rentalDate
    }
}

public struct CarBooking: Codable, Sendable {
    public var carBookingId: String

    public init(_ id: String) {
        carBookingId = id
    }
}
