internal import Foundation
public import Nexus
internal import Restate
public import RestateClient

/// Looks at a shop from behind: through the admin API of its server.
public struct ShopReader: Sendable {
    let admin: RestateAdmin

    public init(_ admin: RestateAdmin) {
        self.admin = admin
    }

    /// Everything at once. It is not one moment: whoever sees a difference looks again.
    ///
    /// - Throws: `IngressError` if the server does not answer, ``OperationFailed`` if the gateway does not.
    public func shop(_ ledger: LedgerReader) async throws -> Shop {
        // Who is under way before and after: what ends in between is so in both or in neither.
        let before = try await underWay()
        let tickets = try await tickets()
        let map = try await map()
        let entries = try await ledger.entries()
        return Shop(
            tickets: tickets, map: map, ledger: entries,
            underWay: before.union(try await underWay()))
    }

    /// All tickets that have a state.
    public func tickets() async throws -> [String: TicketState] {
        struct Row: Decodable {
            var service_key: String
            var value_utf8: String
        }
        let rows: [Row] = try await admin.query(
            "SELECT service_key, value_utf8 FROM state WHERE service_name = '\(Ticket.name)' "
                + "AND key = 'state'")
        var tickets: [String: TicketState] = [:]
        for row in rows {
            tickets[row.service_key] = try JSONDecoder().decode(
                TicketState.self, from: Data(row.value_utf8.utf8))
        }
        return tickets
    }

    /// The map as it is stored: seats of which nothing was ever shown are not there.
    public func map() async throws -> [String: SeatStatus] {
        let state = try await admin.state(of: SeatMap.name, SeatMap.key)
        guard let bytes = state.entries["map"] else { return [:] }
        return try JSONDecoder().decode([String: SeatStatus].self, from: Data(bytes))
    }

    /// Whether the server remembers a booking.
    func knows(_ booking: BookingID) async throws -> Bool {
        do {
            let invocation = try await admin.invocation(InvocationID<Void>(booking.text))
            return invocation?.service == Checkout.name
        } catch let error as IngressError where error.message.contains("non valid invocation id") {
            // It has the form of an id, and no server has made it.
            return false
        }
    }

    /// The bookings that have not ended.
    public func underWay() async throws -> Set<String> {
        struct Row: Decodable { var id: String }
        let rows: [Row] = try await admin.query(
            "SELECT id FROM sys_invocation WHERE target_service_name = '\(Checkout.name)' "
                + "AND status != 'completed'")
        return Set(rows.map(\.id))
    }
}
