import Primitives
import Restate
import RestateHTTP
import RestateLocal
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Steps that block their threads, in a test with a local runtime and in-process services.
@Suite(.timeLimit(.minutes(10))) struct BlockingRunTests {
    @Test func `blocking steps hold up neither each other nor an unrelated one`() async throws {
        let count = 4 * EventLoop.coreCount
        let inside = Locked(0)
        try await withLocalServer([Quick()], registered: false) { server, _ in
            try await server.register(
                Endpoint(Blocking(inside: inside), Quick()).quiet, name: "here")
            async let blocked = server.post("Blocking/all", "\(count)")
            while inside.withLock({ $0 }) < count { try await Task.sleep(for: .milliseconds(1)) }
            // All of them are inside, and stay there until somebody else's step is done.
            let answer = try await server.post("Quick/step", "")
            #expect(answer.text == "1")
            inside.withLock { $0 = .max }
            #expect(try await blocked.text == "\(count)")
        }
    }
}

private struct Blocking: Service {
    let inside: Locked<Int>

    func all(_ ctx: Context, count: Int) async throws -> Int {
        let futures = (0..<count).map { index in
            ctx.start("block \(index)") { [inside] in
                inside.withLock { $0 += 1 }
                while inside.withLock({ $0 }) < .max { usleep(1000) }
                return 1
            }
        }
        return try await ctx.all(futures).value.reduce(0, +)
    }

    struct API: HandlerTable { let all = handler(Blocking.all) }
}

private struct Quick: Service {
    func step(_ ctx: Context) async throws -> Int { try await ctx.run("step") { 1 } }

    struct API: HandlerTable { let step = handler(Quick.step) }
}
