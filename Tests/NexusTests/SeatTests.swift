import CanonicalJSON
import Restate
import Testing

@testable import Nexus

struct SeatTests {
    private func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSON.encode(value), as: UTF8.self)
    }

    @Test func `a seat's state has its nulls, but a booking only if there is one`() throws {
        #expect(
            try json(Seat.available)
                == #"{"reservedBy":null,"reservedUntil":null,"status":"AVAILABLE"}"#)
        let seat = Seat(
            status: .reserved, reservedBy: "u", reservedUntil: 1_795_229_661_693, bookingID: "b")
        let text =
            #"{"bookingId":"b","reservedBy":"u","reservedUntil":1795229661693,"status":"RESERVED"}"#
        #expect(try json(seat) == text)
        #expect(try JSON.decode(Seat.self, from: Array(text.utf8)) == seat)
        #expect(
            try json(PublicSeat(seat))
                == #"{"reservedBy":"u","reservedUntil":1795229661693,"status":"RESERVED"}"#)
    }

    @Test func `seats are ordered by the number at their end, then by id, others last`() {
        let ordered = [
            "seat-1", "a-2", "seat-2", "seat-002x3", "seat-9", "a-10", "seat-010", "seat-10", "50",
            "seat-18446744073709551616", "balcony", "seat-",
        ]
        #expect(ordered.reversed().sorted { SeatNumber($0) < SeatNumber($1) } == ordered)
    }

    @Test func `a number of only zeros is a number`() {
        #expect(SeatNumber("seat-0") < SeatNumber("seat-1"))
        #expect(SeatNumber("seat-0") < SeatNumber("seat"))
        #expect(SeatNumber("seat-0") < SeatNumber("seat-00"))
    }
}
