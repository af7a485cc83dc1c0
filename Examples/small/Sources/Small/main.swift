import Restate

struct Order: Codable, Sendable {
    var id: String
    /// In milliseconds since 1970.
    var placed: Int64
}

struct Orders: Service {
    func place(_ ctx: Context) async throws -> Order {
        let placed = try await ctx.nowInMilliseconds()
        return Order(id: ctx.uuidString(), placed: placed)
    }

    struct API: HandlerTable {
        let place = handler(Orders.place)
    }
}

await Endpoint(Orders()).serve(port: 9080)
