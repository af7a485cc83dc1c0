import Foundation
import Restate

struct Obj: VirtualObject {
    static let n = StateKey<Int>("n", default: 0)
    static let blob = StateKey<String?>("blob")
    func add(_ ctx: ObjectContext, v: Int) async throws -> Int {
        let s = try await ctx.get(Self.n) + v; ctx.set(Self.n, s); return s
    }
    func key(_ ctx: SharedObjectContext) async throws -> String { ctx.key }
    func get(_ ctx: SharedObjectContext) async throws -> Int { try await ctx.get(Self.n) }
    func setKey(_ ctx: ObjectContext, v: [String]) async throws {
        ctx.set(StateKey<String?>(v[0]), v[1])
    }
    func getKey(_ ctx: SharedObjectContext, v: String) async throws -> String? {
        try await ctx.get(StateKey<String?>(v))
    }
    func keys(_ ctx: SharedObjectContext) async throws -> [String] {
        try await ctx.stateKeys().sorted()
    }
    func clearThenGet(_ ctx: ObjectContext) async throws -> String {
        ctx.set(Self.n, 5); ctx.set(Self.blob, "b")
        ctx.clearAll()
        let a = try await ctx.get(Self.n); let k = try await ctx.stateKeys()
        ctx.set(Self.n, 7)
        let b = try await ctx.get(Self.n); let k2 = try await ctx.stateKeys()
        try await ctx.sleep(.milliseconds(5))
        let c = try await ctx.get(Self.n); let bl = try await ctx.get(Self.blob);
        let k3 = try await ctx.stateKeys()
        return "\(a) \(k) \(b) \(k2) \(c) \(String(describing: bl)) \(k3)"
    }
    func keysSleep(_ ctx: ObjectContext) async throws -> String {
        ctx.set(StateKey<Int>("z", default: 0), 1)
        let a = try await ctx.stateKeys().sorted(); try await ctx.sleep(.milliseconds(10))
        let b = try await ctx.stateKeys().sorted(); return "\(a) \(b)"
    }
    func setBlob(_ ctx: ObjectContext, n: Int) async throws -> Int {
        ctx.set(Self.blob, String(repeating: "x", count: n)); return n
    }
    func blobLen(_ ctx: SharedObjectContext) async throws -> Int {
        try await ctx.get(Self.blob)?.utf8.count ?? -1
    }
    func hold(_ ctx: ObjectContext, ms: Int) async throws -> String {
        try await ctx.sleep(.milliseconds(ms)); return "held"
    }
    func sendSelf(_ ctx: ObjectContext) async throws -> String {
        ctx.object(Obj.self, ctx.key).add.send(100); return "sent"
    }
    func sharedSend(_ ctx: SharedObjectContext) async throws -> String {
        ctx.object(Obj.self, ctx.key).add.send(1000); return "sent"
    }
    struct API: HandlerTable {
        let add = exclusive(Obj.add); let key = shared(Obj.key); let get = shared(Obj.get);
        let setKey = exclusive(Obj.setKey)
        let getKey = shared(Obj.getKey); let keys = shared(Obj.keys);
        let clearThenGet = exclusive(Obj.clearThenGet); let keysSleep = exclusive(Obj.keysSleep)
        let setBlob = exclusive(Obj.setBlob); let blobLen = shared(Obj.blobLen);
        let hold = exclusive(Obj.hold)
        let sendSelf = exclusive(Obj.sendSelf); let sharedSend = shared(Obj.sharedSend)
    }
}
