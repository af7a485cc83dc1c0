public import Restate

/// What the buyers see: all seats with their status. There is one, with the key `global`.
///
/// It follows the tickets and decides nothing: who gets a seat is the ticket's business.
public struct SeatMap: VirtualObject {
    public static let key = "global"
    /// The seats that are for sale.
    public static let seats = (1...50).map { "seat-\($0)" }

    static let map = StateKey<[String: SeatStatus]>("map", default: [:])
    private static let allAvailable = Dictionary(
        uniqueKeysWithValues: seats.map { ($0, SeatStatus.available) })

    func set(_ ctx: ObjectContext, input: SeatUpdate?) async throws -> Bool {
        let (id, status) = try (input ?? SeatUpdate()).checked()
        var map = try await ctx.get(Self.map)
        map[id] = status
        let sold = map.values.count { $0 == .sold }
        // Sold out: the next game begins.
        let isOver = sold >= Self.seats.count
        if isOver { map.merge(Self.allAvailable) { $1 } }
        ctx.set(Self.map, map)
        if isOver { ctx.service(GameManager.self).reset.send() }
        return true
    }

    func reset(_ ctx: ObjectContext) async throws {
        ctx.set(Self.map, Self.allAvailable)
    }

    /// As `reset`, and the tickets follow.
    func resetAll(_ ctx: ObjectContext) async throws {
        ctx.set(Self.map, Self.allAvailable)
        ctx.service(GameManager.self).reset.send()
    }

    func get(_ ctx: SharedObjectContext) async throws -> [MapEntry] {
        let map = try await ctx.get(Self.map)
        return Self.allAvailable.merging(map) { $1 }
            .map { (SeatNumber($0.key), MapEntry(id: $0.key, status: $0.value)) }
            .sorted { $0.0 < $1.0 }
            .map { $0.1 }
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
