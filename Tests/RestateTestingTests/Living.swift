import Restate
import Synchronization

/// How many of the ``Life``s are there.
final class Living: Sendable {
    private let number = Mutex(0)

    var count: Int { number.withLock { $0 } }

    func change(by difference: Int) { number.withLock { $0 += difference } }
}

/// Is there as long as somebody holds it.
final class Life: Sendable {
    private let living: Living

    init(_ living: Living) {
        self.living = living
        living.change(by: 1)
    }

    deinit { living.change(by: -1) }
}

/// Holds a life, as a service holds what it works with.
struct Counted: Service {
    let life: Life

    func work(_ ctx: Context) async throws -> Int {
        let life = life
        let one = try await ctx.run("step") { withExtendedLifetime(life) { 1 } }
        try await ctx.sleep(.seconds(1))
        return one
    }

    struct API: HandlerTable {
        let work = handler(Counted.work)
    }
}
