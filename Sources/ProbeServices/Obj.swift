import Restate

/// An object whose state is read, written, cleared and listed in every order.
struct Obj: VirtualObject {
    static let n = StateKey<Int>("n", default: 0)
    static let blob = StateKey<String?>("blob")

    func add(_ ctx: ObjectContext, amount: Int) async throws -> Int {
        let sum = try await ctx.get(Self.n) + amount
        ctx.set(Self.n, sum)
        return sum
    }

    func key(_ ctx: SharedObjectContext) async throws -> String { ctx.key }

    func get(_ ctx: SharedObjectContext) async throws -> Int { try await ctx.get(Self.n) }

    /// A key and its value, both from the caller.
    func setKey(_ ctx: ObjectContext, pair: [String]) async throws {
        ctx.set(StateKey<String?>(pair[0]), pair[1])
    }

    func getKey(_ ctx: SharedObjectContext, name: String) async throws -> String? {
        try await ctx.get(StateKey<String?>(name))
    }

    func keys(_ ctx: SharedObjectContext) async throws -> [String] {
        try await ctx.stateKeys().sorted()
    }

    /// What is seen after a clear, after a new value, and in the next attempt.
    func clearThenGet(_ ctx: ObjectContext) async throws -> String {
        ctx.set(Self.n, 5)
        ctx.set(Self.blob, "b")
        ctx.clearAll()
        let cleared = try await ctx.get(Self.n)
        let noKeys = try await ctx.stateKeys()
        ctx.set(Self.n, 7)
        let new = try await ctx.get(Self.n)
        let newKeys = try await ctx.stateKeys()
        try await ctx.sleep(.milliseconds(5))
        let later = try await ctx.get(Self.n)
        let blob = try await ctx.get(Self.blob)
        let laterKeys = try await ctx.stateKeys()
        return "\(cleared) \(noKeys) \(new) \(newKeys) \(later) \(String(describing: blob)) "
            + "\(laterKeys)"
    }

    func keysSleep(_ ctx: ObjectContext) async throws -> String {
        ctx.set(StateKey<Int>("z", default: 0), 1)
        let before = try await ctx.stateKeys().sorted()
        try await ctx.sleep(.milliseconds(10))
        let after = try await ctx.stateKeys().sorted()
        return "\(before) \(after)"
    }

    func setBlob(_ ctx: ObjectContext, size: Int) async throws -> Int {
        ctx.set(Self.blob, String(repeating: "x", count: max(0, size)))
        return size
    }

    func blobLen(_ ctx: SharedObjectContext) async throws -> Int {
        try await ctx.get(Self.blob)?.utf8.count ?? -1
    }

    /// Keeps the key for that time, so that others wait for it.
    func hold(_ ctx: ObjectContext, milliseconds: Int) async throws -> String {
        try await ctx.sleep(.milliseconds(milliseconds))
        return "held"
    }

    func sendSelf(_ ctx: ObjectContext) async throws -> String {
        ctx.object(Obj.self, ctx.key).add.send(100)
        return "sent"
    }

    func sharedSend(_ ctx: SharedObjectContext) async throws -> String {
        ctx.object(Obj.self, ctx.key).add.send(1000)
        return "sent"
    }

    struct API: HandlerTable {
        let add = exclusive(Obj.add)
        let key = shared(Obj.key)
        let get = shared(Obj.get)
        let setKey = exclusive(Obj.setKey)
        let getKey = shared(Obj.getKey)
        let keys = shared(Obj.keys)
        let clearThenGet = exclusive(Obj.clearThenGet)
        let keysSleep = exclusive(Obj.keysSleep)
        let setBlob = exclusive(Obj.setBlob)
        let blobLen = shared(Obj.blobLen)
        let hold = exclusive(Obj.hold)
        let sendSelf = exclusive(Obj.sendSelf)
        let sharedSend = shared(Obj.sharedSend)
    }
}
