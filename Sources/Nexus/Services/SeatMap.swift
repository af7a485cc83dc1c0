public import Restate

/// What the buyers see: all seats with their status. There is one, with the key `global`.
///
/// It follows the tickets and decides nothing: who gets a seat is the ticket's business.
public struct SeatMap: VirtualObject {
    public static let key = "global"
    /// The seats of the game.
    public static let seats = House.open.seats
    /// With which the ids of seats begin that only try things out, as the scenario suite does. They can be
    /// booked like others; but they end no game, and while they are free the map does not show them.
    public static let trialPrefix = "check-"

    static let map = StateKey<[String: SeatStatus]>("map", default: [:])

    private let house: House
    private let metrics: BoxOfficeMetrics?
    private let allAvailable: [String: SeatStatus]

    init(house: House = .open, metrics: BoxOfficeMetrics? = nil) {
        self.house = house
        self.metrics = metrics
        allAvailable = Dictionary(uniqueKeysWithValues: house.seats.map { ($0, .available) })
    }

    func set(_ ctx: ObjectContext, input: SeatUpdate?) async throws -> Bool {
        let (id, status) = try (input ?? SeatUpdate()).checked()
        try house.check(id)
        var map = try await ctx.get(Self.map)
        map[id] = status == .available && isTrial(id) ? nil : status
        // Sold out: the next game begins, if it is one.
        let isOver = !house.isSealed && soldSeats(map) >= house.seats.count
        if isOver { map.merge(allAvailable) { $1 } }
        ctx.set(Self.map, map)
        metrics?.shown(map)
        if isOver { ctx.service(GameManager.self).reset.send() }
        return true
    }

    func reset(_ ctx: ObjectContext) async throws {
        ctx.set(Self.map, allAvailable)
    }

    /// As `reset`, and the tickets follow.
    func resetAll(_ ctx: ObjectContext) async throws {
        ctx.set(Self.map, allAvailable)
        ctx.service(GameManager.self).reset.send()
    }

    func get(_ ctx: SharedObjectContext) async throws -> [MapEntry] {
        let map = try await ctx.get(Self.map)
        return allAvailable.merging(map) { $1 }
            .map { (SeatNumber($0.key), MapEntry(id: $0.key, status: $0.value)) }
            .sorted { $0.0 < $1.0 }
            .map { $0.1 }
    }

    private func soldSeats(_ map: [String: SeatStatus]) -> Int {
        map.count { $0.value == .sold && !isTrial($0.key) }
    }

    private func isTrial(_ id: String) -> Bool {
        !house.isSealed && id.hasPrefix(Self.trialPrefix)
    }

    public struct API: HandlerTable {
        public let set = exclusive(SeatMap.set)
        public let reset = exclusive(SeatMap.reset)
        public let resetAll = exclusive(SeatMap.resetAll)
        public let get = shared(SeatMap.get)

        public init() {}
    }
}

/// One seat of the map.
public struct MapEntry: Codable, Equatable, Sendable {
    public var id: String
    public var status: SeatStatus
}

/// A change of the map as a caller wrote it. Any JSON can be read.
public struct SeatUpdate: Codable, Sendable {
    private var seatID: String?
    private var status: String?

    private enum CodingKeys: String, CodingKey {
        case seatID = "seatId"
        case status
    }

    init() {}

    public init(_ seatID: String, _ status: SeatStatus) {
        self.seatID = seatID
        self.status = status.rawValue
    }

    public init(from decoder: any Decoder) throws {
        guard let fields = try? decoder.container(keyedBy: CodingKeys.self) else { return }
        seatID = fields.text(.seatID)
        status = fields.text(.status)
    }

    func checked() throws(TerminalError) -> (id: String, status: SeatStatus) {
        let id = try Nexus.checked(seatID, "seatId")
        guard let status = status.flatMap(SeatStatus.init) else {
            throw badInput("status must be AVAILABLE, RESERVED or SOLD")
        }
        return (id, status)
    }
}
