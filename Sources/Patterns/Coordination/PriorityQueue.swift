public import Restate

/// Lets waiting work begin by priority, a limited number at once. Its key is the queue's name.
public struct PriorityQueue: VirtualObject {
    public static let name = "queue"
    static let items = StateKey<[QueueItem]>("items", default: [])
    static let inFlight = StateKey<Int>("inFlight", default: 0)
    public static let limit = 10

    /// Takes the item that is next off the list: by default that of the lowest number, of equal ones the first.
    let selectAndPopItem: @Sendable (inout [QueueItem]) -> QueueItem?

    public init(
        selectAndPopItem: @escaping @Sendable (inout [QueueItem]) -> QueueItem? = Self.lowestFirst
    ) {
        self.selectAndPopItem = selectAndPopItem
    }

    public static let lowestFirst: @Sendable (inout [QueueItem]) -> QueueItem? = { items in
        // Of equal elements `min` gives the first.
        let next = items.indices.min { items[$0].priority < items[$1].priority }
        return next.map { items.remove(at: $0) }
    }

    func push(_ ctx: ObjectContext, item: QueueItem) async throws {
        try known(item.awakeable, "awakeable")
        try await change(ctx) { items, _ in items.append(item) }
    }

    func done(_ ctx: ObjectContext) async throws {
        try await change(ctx) { _, inFlight in inFlight = max(inFlight - 1, 0) }
    }

    /// Whoever waited, or has just been let in, does not want to any more.
    func drop(_ ctx: ObjectContext, awakeable: AwakeableID<Bool>) async throws {
        try known(awakeable, "the input")
        try await change(ctx) { items, inFlight in
            if let waiting = items.firstIndex(where: { $0.awakeable == awakeable }) {
                items.remove(at: waiting)
            } else {
                inFlight = max(inFlight - 1, 0)
            }
        }
    }

    private nonisolated(nonsending) func change(
        _ ctx: ObjectContext, _ body: (inout [QueueItem], inout Int) -> Void
    ) async throws {
        var items = try await ctx.get(Self.items)
        var inFlight = try await ctx.get(Self.inFlight)
        body(&items, &inFlight)
        while inFlight < Self.limit, let next = selectAndPopItem(&items) {
            inFlight += 1
            ctx.resolve(next.awakeable, with: true)
        }
        ctx.log.info("Tick end. Queue length: \(items.count), In Flight: \(inFlight)")
        ctx.set(Self.items, items)
        ctx.set(Self.inFlight, inFlight)
    }

    public struct API: HandlerTable {
        public let push = exclusive(PriorityQueue.push)
        public let done = exclusive(PriorityQueue.done)
        public let drop = exclusive(PriorityQueue.drop)

        public init() {}
    }
}

public struct QueueItem: Codable, Sendable {
    public var awakeable: AwakeableID<Bool>
    public var priority: Int

    public init(awakeable: AwakeableID<Bool>, priority: Int) {
        self.awakeable = awakeable
        self.priority = priority
    }
}

extension Context {
    /// Runs a part of a handler when a queue lets it in.
    ///
    /// The slot is free again when the part ends. An ordinary error keeps it: the handler goes on in another
    /// attempt.
    nonisolated(nonsending) func withQueueSlot<Value>(
        _ name: String, priority: Int, _ body: nonisolated(nonsending) () async throws -> Value
    ) async throws -> Value {
        let queue = object(PriorityQueue.self, name)
        let slot = awakeable(Bool.self)
        queue.push.send(QueueItem(awakeable: slot.id, priority: priority))
        do {
            _ = try await slot.value
        } catch let error as TerminalError {
            queue.drop.send(slot.id)
            throw error
        }
        do {
            let value = try await body()
            queue.done.send()
            return value
        } catch let error as TerminalError {
            queue.done.send()
            throw error
        }
    }
}
