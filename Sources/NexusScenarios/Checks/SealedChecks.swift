internal import Nexus
internal import Restate
internal import RestateClient

extension Check {
    /// What a real sale can be asked without booking anything, and without harm if the answer is wrong.
    static let sealed = [
        Check("a seat that does not exist is refused with code 404") { place, memory in
            let seat = await memory.freshSeat()
            let order = OrderInput(ticketID: seat, userID: "nobody", card: .decline)
            do {
                _ = try await place.client.service(Checkout.self).process(order)
                throw CheckFailed(description: "\(seat) was booked")
            } catch let error as TerminalError {
                try expectEqual(error.code, 404, "the code of the refusal")
                try expectEqual(error.message, "There is no seat \(seat)", "the refusal")
            }
        },
        Check("a seat or a map that does not exist is not shown") { place, memory in
            let name = await memory.freshSeat()
            try await expectNotThere(name) { try await place.seat(name) }
            try await expectNotThere(name) {
                try await place.client.object(SeatMap.self, name).get()
            }
        },
        Check("buyers can book and look, and nothing else") { place, memory in
            let seat = await memory.freshSeat()
            for handler in ["reserve", "confirm", "release", "expire", "cleanup"] {
                try await expectPrivate(place, Ticket.name, seat, handler)
            }
            for handler in ["set", "reset", "resetAll"] {
                try await expectPrivate(place, SeatMap.name, SeatMap.key, handler)
            }
            try await expectPrivate(place, GameManager.name, nil, "reset")
            try await expectPrivate(place, MailService.name, nil, "deliver")
        },
        Check("bad input of a booking is refused with code 400 and says what is wrong") {
            place, _ in
            try await expectBadOrders(place)
        },
        Check("who holds a seat is not told") { place, _ in
            for (seat, _) in try await someSeats(place) {
                let holder = try await place.seat(seat).reservedBy
                try expect(holder == nil, "\(seat) is said to be \(holder ?? "")'s")
            }
        },
        Check("the map shows each seat as its ticket says") { place, _ in
            for (seat, _) in try await someSeats(place) {
                // Somebody may be buying it at this moment.
                try await eventually("\(seat) is the same on the map and on its ticket") {
                    try await place.map()[seat] == place.seat(seat).status
                }
            }
        },
    ]

    /// The first seats that are taken, or else any: not all of a large house.
    private static func someSeats(
        _ place: Place
    ) async throws -> ArraySlice<(key: String, value: SeatStatus)> {
        try await place.map().sorted { one, other in
            let (isTaken, otherIs) = (one.value != .available, other.value != .available)
            return isTaken == otherIs ? one.key < other.key : isTaken
        }.prefix(20)
    }

    private static func expectNotThere(
        _ name: String, _ ask: () async throws -> some Sendable
    ) async throws {
        do {
            throw CheckFailed(description: "\(name) is \(try await ask())")
        } catch let error as TerminalError {
            try expectEqual(error.code, 404, "the code of the refusal")
        }
    }

    /// Called in a way that no handler takes: if the ingress lets it through against all expectation, it
    /// does nothing all the same.
    private static func expectPrivate(
        _ place: Place, _ service: String, _ key: String?, _ handler: String
    ) async throws {
        let call = place.client.call(
            service: service, key: key, handler: handler, contentType: "application/xml")
        do {
            _ = try await call(Array("<no>".utf8))
        } catch let error as IngressError where error.isOfPrivateHandler {
            return
        } catch {
            throw CheckFailed(description: "\(service)/\(handler) answers strangers: \(error)")
        }
        throw CheckFailed(description: "\(service)/\(handler) answers strangers")
    }
}

extension Place {
    /// Whether this is a real sale. Asked with a seat that nobody else uses.
    func isSealed(_ memory: Memory) async throws -> Bool {
        do {
            _ = try await client.object(Ticket.self, await memory.freshSeat()).cleanup()
            return false
        } catch let error as IngressError where error.isOfPrivateHandler {
            return true
        }
    }

    /// Frees the seats that the checks of an open shop have booked, so that nothing of them remains.
    func giveBack(_ seats: [String]) async throws {
        let map = client.object(SeatMap.self, SeatMap.key)
        for seat in seats {
            _ = try await client.object(Ticket.self, seat).cleanup()
            _ = try await map.set(SeatUpdate(seat, .available))
        }
    }
}

extension IngressError {
    /// The words of a server, which has no code for it.
    fileprivate var isOfPrivateHandler: Bool { message.contains("not public") }
}
