public import Foundation
public import Nexus
internal import NexusOperations
internal import Restate
internal import RestateClient

/// The shop that is put under load, and what can be looked at there. Nobody else should be buying meanwhile:
/// their sales would be nobody's in the books of the test.
public struct LoadSite: Sendable {
    /// Asks again for two minutes: a load test of a crashing system meets servers that are not there.
    let client: RestateClient
    private let quick: RestateClient
    private let reader: ShopReader?
    private let ledger: LedgerReader?

    /// - Parameters:
    ///   - admin: the admin API, to see which booking has a seat; nil if it cannot be reached.
    ///   - gateway: the address of the gateway, for its ledger; nil if there is none.
    ///   - operatorToken: for a ledger that wants it.
    public init(
        ingress: URL, admin: URL? = nil, gateway: String? = nil, token: String? = nil,
        operatorToken: OperatorToken? = nil
    ) throws {
        let patience = ClientRetryPolicy(
            maxAttempts: 120, initialInterval: .milliseconds(50), factor: 2,
            maxInterval: .seconds(1), maxDuration: .seconds(300))
        client = RestateClient(ingress: ingress, token: token, retries: patience)
        quick = RestateClient(ingress: ingress, token: token)
        reader = admin.map { ShopReader(RestateAdmin($0, token: token, retries: patience)) }
        ledger = try gateway.map { try LedgerReader(gateway: $0, token: operatorToken) }
    }

    /// What there is before the test.
    struct Before: Sendable {
        var map: [String: SeatStatus]
        var keys: Set<String>
        var isSealed: Bool
    }

    /// Looks around, so that a server that is not there is told at once.
    func before() async throws -> Before {
        let services = try await quick.health()
        guard services.contains(Checkout.name) else {
            throw OperationFailed("The server does not know \(Checkout.name): register Nexus first")
        }
        return Before(
            map: try await map(), keys: Set(try await ledger?.entries().map(\.key) ?? []),
            isSealed: try await isSealed())
    }

    /// What there is when all is quiet. A reset may still be under way at first.
    ///
    /// - Parameter limit: how long map and tickets may take to agree.
    func evidence(
        since before: Before, seats: [String], within limit: Duration = .seconds(30)
    ) async throws -> LoadEvidence {
        let start = ContinuousClock.now
        while true {
            let found = try await differences(seats)
            if found.isEmpty || start.duration(to: .now) > limit {
                let entries = try await ledger?.entries().filter { !before.keys.contains($0.key) }
                return LoadEvidence(
                    payments: entries, mapBefore: before.map, differences: found,
                    isSealed: before.isSealed)
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private func differences(_ seats: [String]) async throws -> [String] {
        if let reader, let ledger {
            var shop = try await reader.shop(ledger)
            guard shop.underWay.isEmpty else { return ["\(shop.underWay.count) bookings go on"] }
            shop.tickets = shop.tickets.filter { seats.contains($0.key) }
            shop.map = shop.map.filter { seats.contains($0.key) }
            return Reconciliation.differencesOfSeats(in: shop)
        }
        var shop = Shop(map: try await map().filter { seats.contains($0.key) })
        for seat in seats {
            shop.tickets[seat] = TicketState(
                try await client.object(Ticket.self, seat).get().status)
        }
        return Reconciliation.differencesOfMap(in: shop)
    }

    private func map() async throws -> [String: SeatStatus] {
        let entries = try await client.object(SeatMap.self, SeatMap.key).get()
        return Dictionary(entries.map { ($0.id, $0.status) }, uniquingKeysWith: { $1 })
    }

    /// In a sealed shop nobody may clear a ticket from outside; in an open one there was nothing to clear.
    private func isSealed() async throws -> Bool {
        let seat = "\(SeatMap.trialPrefix)load-\(UInt64.random(in: 0 ... .max))"
        do {
            _ = try await client.object(Ticket.self, seat).cleanup()
            return false
        } catch let error as IngressError where error.message.contains("not public") {
            return true
        }
    }
}
