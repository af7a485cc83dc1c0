public import Restate

/// A machine that is up or down. Its key is the machine's id; an object does one thing at a time, so that no two
/// transitions of a machine mix.
public struct MachineOperator: VirtualObject {
    public static let name = "machineOperator"

    enum Status: String, Codable {
        case isUp = "UP"
        case isDown = "DOWN"
    }

    static let status = StateKey<Status>("status", default: .isDown)

    /// Fails an attempt now and then, to show that this does no harm.
    let mayFail: @Sendable () throws -> Void

    public init(mayFail: @escaping @Sendable () throws -> Void = {}) {
        self.mayFail = mayFail
    }

    func setUp(_ ctx: ObjectContext) async throws -> String {
        guard try await ctx.get(Self.status) != .isUp else {
            return "\(ctx.key) is already up, so nothing to do"
        }
        try await transition(ctx, to: .isUp)
        return "\(ctx.key) is now up"
    }

    func tearDown(_ ctx: ObjectContext) async throws -> String {
        guard try await ctx.get(Self.status) == .isUp else {
            return "\(ctx.key) is not up, cannot tear down"
        }
        try await transition(ctx, to: .isDown)
        return "\(ctx.key) is now down"
    }

    private nonisolated(nonsending) func transition(
        _ ctx: ObjectContext, to status: Status
    ) async throws {
        ctx.log.info("Beginning transition of \(ctx.key) to \(status.rawValue)")
        try mayFail()
        try await ctx.sleep(.seconds(5))
        ctx.log.info("Done transitioning \(ctx.key) to \(status.rawValue)")
        ctx.set(Self.status, status)
    }

    public struct API: HandlerTable {
        public let setUp = exclusive(MachineOperator.setUp)
        public let tearDown = exclusive(MachineOperator.tearDown)

        public init() {}
    }
}
