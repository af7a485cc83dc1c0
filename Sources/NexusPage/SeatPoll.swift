internal import Nexus
internal import Restate
internal import RestateClient

/// Asks the ingress for the seats: the map, and the tickets of seats that are taken, because the map
/// says neither by whom nor until when.
enum SeatPoll {
    /// What one poll may ask besides the map: a crowd costs no more than one visitor, and a large house
    /// no more than a small one.
    private static let ticketLimit = 24
    private static let timeLimit = Duration.seconds(5)

    /// What is kept from one poll to the next.
    struct Memory: Sendable {
        fileprivate struct Known: Sendable {
            var ticket: PublicSeat
            /// The poll in which it was asked.
            var poll: Int
        }

        fileprivate var tickets: [String: Known] = [:]
        /// The shop tells nobody who has which seat, so that there is nothing to ask of those that are sold.
        fileprivate var hidesHolders = false
        fileprivate var polls = 0
    }

    static func ask(
        _ client: RestateClient, _ memory: Memory
    ) async throws -> (SeatPicture, Memory) {
        var memory = memory
        memory.polls += 1
        let map = try await inTime(timeLimit) {
            try await client.object(SeatMap.self, SeatMap.key).get()
                // Nobody buys what only tries things out.
                .filter { !$0.id.hasPrefix(SeatMap.trialPrefix) }
        }
        let taken = map.filter { $0.status != .available }
        memory.tickets = memory.tickets.filter { known in taken.contains { $0.id == known.key } }
        for (id, ticket) in try await tickets(client, worthAsking(taken, memory)) {
            memory.tickets[id] = Memory.Known(ticket: ticket, poll: memory.polls)
            if ticket.status == .reserved { memory.hidesHolders = ticket.reservedBy == nil }
        }
        let seats = map.map { entry in
            let ticket = memory.tickets[entry.id]?.ticket
            return SeatPicture.Seat(
                id: entry.id, status: entry.status, holder: ticket?.reservedBy,
                until: entry.status == .reserved ? ticket?.reservedUntil : nil)
        }
        return (SeatPicture(seats: seats), memory)
    }

    /// Those of which least is known first: the map says otherwise than the ticket did, or the ticket was
    /// asked long ago. A seat that was freed and taken again between two polls is found that way.
    private static func worthAsking(_ taken: [MapEntry], _ memory: Memory) -> [String] {
        let asked = taken.filter { $0.status == .reserved || !memory.hidesHolders }
        let ranked = asked.map { entry in
            let known = memory.tickets[entry.id]
            let isNews = known?.ticket.status != entry.status
            return (id: entry.id, rank: isNews ? -1 : known?.poll ?? -1)
        }
        let news = ranked.filter { $0.rank < 0 }
        let rest = ranked.filter { $0.rank >= 0 }.sorted { $0.rank < $1.rank }
        // A few of the others in each poll, so that they take turns.
        return (news + rest.prefix(4)).prefix(ticketLimit).map(\.id)
    }

    private static func tickets(
        _ client: RestateClient, _ ids: [String]
    ) async throws -> [(String, PublicSeat)] {
        try await withThrowingTaskGroup(of: (String, PublicSeat).self) { group in
            for id in ids {
                group.addTask {
                    try await inTime(timeLimit) {
                        (id, try await client.object(Ticket.self, id).get())
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}

/// Does something, but waits no longer than the limit for it.
func inTime<Value: Sendable>(
    _ limit: Duration, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask(operation: work)
        group.addTask {
            try await Task.sleep(for: limit)
            throw TookTooLong()
        }
        defer { group.cancelAll() }
        for try await value in group { return value }
        throw CancellationError()
    }
}

struct TookTooLong: Error {}

extension PageTrouble {
    init(_ error: any Error) {
        switch (error as? IngressError)?.code {
        case IngressError.Code.notFound: self = .unregistered
        case IngressError.Code.unauthorized: self = .unauthorized
        default: self = .unreachable
        }
    }
}
