import Restate

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The smallest handler there is: what one request costs.
struct Greeter: Service {
    func greet(_ ctx: Context, name: String) async throws -> String {
        "Hello, \(name)!"
    }

    struct API: HandlerTable {
        let greet = handler(Greeter.greet)
    }
}

/// As many steps as one likes: what a journal of that length costs.
struct Replay: Service {
    func runs(_ ctx: Context, count: Int) async throws -> Int {
        guard count >= 0 else { throw TerminalError("A negative number of runs", code: 400) }
        var sum = 0
        for _ in 0..<count { sum += try await ctx.run("step") { 1 } }
        return sum
    }

    struct API: HandlerTable {
        let runs = handler(Replay.runs)
    }
}

/// A handler that needs a core, and does not give it back before it is done: what that costs others.
struct Computer: Service {
    func compute(_ ctx: Context, milliseconds: Int) async throws -> Int {
        guard 0...60_000 ~= milliseconds else {
            throw TerminalError("Between nothing and a minute", code: 400)
        }
        let end = Self.computed() + milliseconds * 1_000_000
        var rounds = 0
        while Self.computed() < end { rounds += 1 }
        return rounds
    }

    /// Nanoseconds of a core that this thread has had. How many others wait for one does not count.
    private static func computed() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    struct API: HandlerTable {
        let compute = handler(Computer.compute)
    }
}
