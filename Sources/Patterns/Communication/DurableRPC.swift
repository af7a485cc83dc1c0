public import Restate

/// A product that can be reserved once. An ordinary program calls it with an idempotency key, so that a request
/// that is made again gets the first one's answer.
public struct Product: VirtualObject {
    public static let name = "product"
    static let reserved = StateKey<Bool>("reserved", default: false)

    public init() {}

    func reserve(_ ctx: ObjectContext) async throws -> Bool {
        if try await ctx.get(Self.reserved) { return false }
        ctx.set(Self.reserved, true)
        return true
    }

    public struct API: HandlerTable {
        public let reserve = exclusive(Product.reserve)

        public init() {}
    }
}
