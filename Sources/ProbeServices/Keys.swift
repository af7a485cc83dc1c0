import Foundation
import Restate

struct Keys: VirtualObject {
    func fill(_ ctx: ObjectContext, n: Int) async throws -> Int {
        for i in 0..<n { ctx.set(StateKey<Int>("k\(i)", default: 0), i) };
        return try await ctx.stateKeys().count
    }
    func sum(_ ctx: ObjectContext, n: Int) async throws -> Int {
        var s = 0; for i in 0..<n { s += try await ctx.get(StateKey<Int>("k\(i)", default: 0)) };
        return s
    }
    func clearSome(_ ctx: ObjectContext, n: Int) async throws -> Int {
        for i in 0..<n { ctx.clear(StateKey<Int>("k\(i)", default: 0)) };
        return try await ctx.stateKeys().count
    }
    struct API: HandlerTable {
        let fill = exclusive(Keys.fill); let sum = exclusive(Keys.sum);
        let clearSome = exclusive(Keys.clearSome)
    }
}
