public import Restate

/// Books a trip, all of it or nothing. Its key is the trip's id.
///
/// There are two kinds of undo. A reservation is confirmed or cancelled later: its undo is noted after the
/// reservation, whose id it needs. A payment has a key that is drawn before: its undo is noted before the payment,
/// which may have happened although its answer was lost.
public struct BookingWorkflow: Workflow {
    let effects: any OutsideEffects

    public init(_ effects: any OutsideEffects) {
        self.effects = effects
    }

    func run(_ ctx: WorkflowContext, trip: Trip) async throws {
        let flights = ctx.service(FlightsService.self)
        let cars = ctx.service(CarRentalService.self)
        try await ctx.saga { saga in
            // A cancellation waits for the reservations, so that their ids are known.
            let flight = try await ctx.withoutCancellation {
                try await flights.reserve(trip.flights)
            }
            saga.undo("the flight") { try await flights.cancel(FlightBooking(flight)) }

            let car = try await ctx.withoutCancellation { try await cars.reserve(trip.car) }
            saga.undo("the car") { try await cars.cancel(CarBooking(car)) }

            let (effects, payment) = (effects, ctx.newID())
            saga.undo("the payment") {
                try await ctx.run("refund") { try await effects.refund(payment) }
            }
            try await ctx.run("charge") { try await effects.charge(trip.paymentInfo, key: payment) }

            try await flights.confirm(FlightBooking(flight))
            try await cars.confirm(CarBooking(car))
        }
    }

    public struct API: HandlerTable {
        public let run = workflow(BookingWorkflow.run)

        public init() {}
    }
}

public struct Trip: Codable, Sendable {
    public var flights: FlightRequest
    public var car: CarRequest
    public var paymentInfo: PaymentInfo

    public init(flights: FlightRequest, car: CarRequest, paymentInfo: PaymentInfo) {
        self.flights = flights
        self.car = car
        self.paymentInfo = paymentInfo
    }
}

public struct PaymentInfo: Codable, Sendable {
    public var cardNumber: String
    public var amount: Int

    public init(cardNumber: String, amount: Int) {
        self.cardNumber = cardNumber
        self.amount = amount
    }
}
