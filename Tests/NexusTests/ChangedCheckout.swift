import Restate

@testable import Nexus

/// The way of a booking that goes well, with one change. It has the name of the real one.
struct ChangedCheckout: Service {
    static let name = "Checkout"

    enum Change { case nothing, added, removed, moved, renamed, answered }

    let change: Change

    func process(_ ctx: Context, input: OrderInput?) async throws -> String {
        let order = try (input ?? OrderInput()).checked()
        let booking = Booking(ctx, order)
        try await booking.reserve()
        if change == .moved { try await step(ctx, "process-payment", line: Self.moved) }
        if change != .removed { try await booking.show(.reserved) }
        if change == .added { try await step(ctx, "check-fraud", line: Self.added) }
        let payment = change == .renamed ? "charge-card" : "process-payment"
        if change != .moved { try await step(ctx, payment, line: Self.payment) }
        try await booking.confirm()
        try await booking.show(.sold)
        try await ctx.run("send-email") {}
        return change == .answered ? "Booked" : "Booking Confirmed"
    }

    /// A step of the line that is said, so that tests can name it.
    private nonisolated(nonsending) func step(
        _ ctx: Context, _ name: String, line: UInt
    ) async throws {
        let _: String = try await ctx.run(name, line: line) { "" }
    }

    static let moved: UInt = 1001
    static let added: UInt = 1002
    static let payment: UInt = 1003

    struct API: HandlerTable { let process = handler(ChangedCheckout.process) }
}
