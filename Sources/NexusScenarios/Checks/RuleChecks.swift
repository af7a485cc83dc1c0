internal import Nexus
internal import Restate
internal import RestateClient

extension Check {
    static let rules = [
        Check("the same idempotency key twice books once") { place, memory in
            let seat = await memory.freshSeat()
            let key = await memory.freshKey()
            try await expectBooked(seat, by: "alice", place, key: key)
            try await expectBooked(seat, by: "alice", place, key: key)
            let outcome = try await place.book(seat, for: "alice")
            try expect(
                outcome.isRefusal(with: "already sold"), "without the key it is \(outcome)")
        },
        Check("bad input is refused with code 400 and says what is wrong") { place, _ in
            try await expectBadOrders(place)
            try await expectBadInput(
                place.client.call(service: "SeatMap", key: SeatMap.key, handler: "set"),
                #"{"seatId":"check-","status":"GONE"}"#,
                "status must be AVAILABLE, RESERVED or SOLD")
        },
    ]

    /// Ends the game that is under way, so that it comes last but for the faults.
    static let game = Check("50 sold seats reset the map and every ticket") { place, _ in
        try await beginGame(place)
        try await withThrowingTaskGroup { group in
            for seat in SeatMap.seats {
                group.addTask {
                    try expectEqual(
                        try await place.book(seat, for: "alice"), .booked,
                        "the booking of \(seat)")
                }
            }
            try await group.waitForAll()
        }
        try await eventually("all seats are free again") {
            for seat in SeatMap.seats {
                guard try await place.seat(seat).status == .available else { return false }
            }
            let map = try await place.map()
            return SeatMap.seats.allSatisfy { map[$0] == .available }
        }
    }
}

/// Everything free, and no reset still under way that would undo what comes next.
private func beginGame(_ place: Place) async throws {
    for seat in SeatMap.seats { _ = try await place.client.object(Ticket.self, seat).release() }
    try await place.client.object(SeatMap.self, SeatMap.key).reset()
}

/// Bookings that cannot be meant. None names a seat that anybody has.
func expectBadOrders(_ place: Place) async throws {
    let checkout = place.client.call(service: "Checkout", handler: "process")
    try await expectBadInput(
        checkout, #"{"userId":"a"}"#, "ticketId must be a non-empty string")
    try await expectBadInput(
        checkout, #"{"ticketId":"","userId":"a"}"#, "ticketId must be a non-empty string")
    try await expectBadInput(
        checkout, #"{"ticketId":"check-","userId":7}"#, "userId must be a non-empty string")
    try await expectBadInput(
        checkout, #"{"ticketId":"check-","userId":"a","paymentMethodId":"cash"}"#,
        "paymentMethodId must be one of card_success, card_decline, card_error")
    try await expectBadInput(checkout, "{", "Failed to deserialize input: ")
}

private func expectBadInput(
    _ call: IngressCall<[UInt8], [UInt8]>, _ input: String, _ complaint: String
) async throws {
    do {
        let output = try await call(Array(input.utf8))
        throw CheckFailed(
            description: "\(input) gives \(String(decoding: output, as: UTF8.self))")
    } catch let error as TerminalError {
        try expectEqual(error.code, 400, "the code of \(input)")
        try expect(
            error.message.hasPrefix(complaint), "\(input) gives the error \(error.message)")
    }
}
