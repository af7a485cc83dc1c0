import Support
import Restate
import RestateMachine
import RestateProtocol
import Testing

@testable import RestateServices

@Suite(.timeLimit(.minutes(10)))
struct StreamTests {
    @Test func `a server that does not read holds the handler up`() async throws {
        let reached = Reached()
        let lines = try await onLoop { loop in
            let attempt = try Attempt(loop, Journal(later: [slept(1)])) { ctx in
                ctx.set(StateKey<Int?>("a"), 1)
                try await ctx.sleep(.seconds(1))
                reached.note("after the wait")
                return 1
            }
            attempt.stream.outputIsFull = true
            await settle()
            #expect(reached.places == [])
            attempt.stream.outputIsFull = false
            await settle()
            #expect(reached.places == ["after the wait"])
            return await attempt.rest()
        }
        #expect(lines == ["Set a 1", "Sleep 1", "Output 1", "End"])
    }

    @Test func `a handler that only reads known state is held up too`() async throws {
        let reached = Reached()
        let lines = try await onLoop { loop in
            let attempt = try Attempt(loop, Journal()) { ctx in
                let key = StateKey<String?>("a")
                ctx.set(key, String(repeating: "x", count: 100_000))
                _ = try await ctx.get(key)
                reached.note("after the read")
                return 1
            }
            attempt.stream.outputIsFull = true
            await settle()
            #expect(reached.places == [])
            attempt.stream.outputIsFull = false
            await settle()
            #expect(reached.places == ["after the read"])
            return await attempt.rest()
        }
        #expect(lines.last == "End")
    }

    @Test func `a handler that waits keeps no memory for its output`() async throws {
        let reached = Reached()
        let lines = try await onLoop { loop in
            var journal = Journal(sleep(1))
            let value = Bytes(String(repeating: "7", count: 4000).utf8)
            journal.start.stateMap = [StateEntry(key: Bytes("a".utf8), value: value)]
            let attempt = try Attempt(loop, journal) { ctx in
                let driver = ctx.invocation
                driver.comesToRest = {
                    reached.note("waits, with room for \(driver.machine.output.bytes.capacity)")
                }
                // Replayed, so that nothing is written before this wait.
                try await ctx.sleep(.seconds(1))
                try await ctx.sleep(.seconds(1))
                return 1
            }
            await settle()
            #expect(reached.places == ["waits, with room for 0"])
            attempt.send(slept(1))
            await settle()
            #expect(reached.places == ["waits, with room for 0", "waits, with room for 0"])
            attempt.send(slept(2))
            return await attempt.rest()
        }
        #expect(lines == ["Sleep 2", "Output 1", "End"])
    }

    @Test func `a handler that swallows the end does not keep the loop from others`()
        async throws
    {
        let reached = Reached()
        try await onLoop { loop in
            let stubborn = try Attempt(loop, Journal()) { ctx in
                while !reached.places.contains("another had its turn") {
                    try? await ctx.sleep(.seconds(1))
                }
                return 1
            }
            stubborn.stream.endInput()
            #expect(await stubborn.next() == "Sleep 1")
            #expect(await stubborn.next() == "Suspension [1, cancel]")
            let other = try Attempt(loop, Journal()) { _ in
                reached.note("another had its turn")
                return 2
            }
            #expect(await other.rest() == ["Output 2", "End"])
            #expect(await stubborn.rest() == [])
        }
    }

    @Test func `a handler that is held up goes on when the connection is lost`() async throws {
        let lines = try await onLoop { loop in
            let attempt = try Attempt(loop, Journal()) { ctx in
                ctx.set(StateKey<Int?>("a"), 1)
                try await ctx.sleep(.seconds(1))
                return 1
            }
            attempt.stream.outputIsFull = true
            await settle()
            attempt.stream.reset()
            return await attempt.rest()
        }
        #expect(!lines.contains("Output 1"))
    }

    @Test func `a reset ends the handler at its wait, and cancels the closures of runs`()
        async throws
    {
        let reached = Reached()
        try await onLoop { loop in
            let attempt = try Attempt(loop, Journal()) { ctx in
                do {
                    return try await ctx.run("long") {
                        await withTaskCancellationHandler {
                            reached.note("started")
                            await reached.wait(for: "cancelled")
                        } onCancel: {
                            reached.note("cancelled")
                        }
                        return 1
                    }
                } catch {
                    reached.note("unwound")
                    throw error
                }
            }
            await reached.wait(for: "started")
            #expect(await attempt.next() == "Run 1 'long'")
            attempt.stream.reset()
            await reached.wait(for: "cancelled")
            #expect(await attempt.rest() == [])
        }
        #expect(reached.places == ["started", "unwound", "cancelled"])
    }

    @Test func `a request may come in single bytes`() async throws {
        let lines = try await onLoop { loop in
            var journal = Journal(run(1, "a"), ran(1, "5"))
            journal.input = "7"
            let bytes = journal.bytes
            let attempt = try Attempt(loop, bytes: []) { ctx in try await ctx.run("a") { 0 } }
            for byte in bytes {
                attempt.stream.send([byte])
                await Task.yield()
            }
            return await attempt.rest()
        }
        #expect(lines == ["Output 5", "End"])
    }

    @Test func `a request that ends inside its journal is a violation`() async throws {
        let lines = try await onLoop { loop in
            let bytes = Journal(run(1, "a"), ran(1, "5")).bytes
            let attempt = try Attempt(loop, bytes: bytes.dropLast()) { ctx in
                Issue.record("The handler was started")
                return 1
            }
            return await attempt.rest()
        }
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("Error 571 ") == true)
    }

    @Test func `bytes that are no frames end the attempt with an error`() async throws {
        let lines = try await onLoop { loop in
            let attempt = try Attempt(loop, bytes: Array("GET / HTTP/1.1\r\n\r\n".utf8)) { ctx in
                Issue.record("The handler was started")
                return 1
            }
            return await attempt.rest()
        }
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("Error 5") == true)
    }

    @Test func `the response ends after the request has`() async throws {
        try await onLoop { loop in
            let attempt = try Attempt(loop, Journal()) { _ in 1 }
            #expect(await attempt.next() == "Output 1")
            #expect(await attempt.next() == "End")
            await settle()
            #expect(!attempt.stream.isFinished)
            // The server may still talk; we have said our last word.
            attempt.send(signal("late", "1"))
            #expect(await attempt.rest() == [])
            #expect(attempt.stream.isFinished)
        }
    }

    @Test func `a waiting handler goes on when the answer comes`() async throws {
        try await onLoop { loop in
            let attempt = try Attempt(loop, Journal()) { ctx in
                try await ctx.sleep(.seconds(1))
                let value = try await ctx.signal("go", as: String.self).value
                return value + "!"
            }
            #expect(await attempt.next() == "Sleep 1")
            attempt.send(signal("go", #""went""#))
            await settle()
            #expect(!attempt.stream.hasFrames)
            attempt.send(slept(1))
            #expect(await attempt.next() == #"Output "went!""#)
            #expect(await attempt.rest() == ["End"])
        }
    }

    @Test func `the headers of the attempt's own request can be read`() async throws {
        let lines = try await onLoop { loop in
            let headers = [(name: "traceparent", value: "00-1-2-01")]
            let attempt = try Attempt(loop, bytes: Journal().bytes, headers: headers) { ctx in
                ctx.request.attemptHeaders.map { "\($0.name): \($0.value)" }
            }
            return await attempt.rest()
        }
        #expect(lines == [#"Output ["traceparent: 00-1-2-01"]"#, "End"])
    }

    @Test func `two attempts on one loop do not disturb each other`() async throws {
        try await onLoop { loop in
            let first = try Attempt(loop, Journal()) { ctx in
                try await ctx.signal("go", as: Int.self).value
            }
            let second = try Attempt(loop, Journal()) { ctx in
                try await ctx.signal("go", as: Int.self).value
            }
            await settle()
            second.send(signal("go", "2"))
            #expect(await second.rest() == ["Output 2", "End"])
            first.send(signal("go", "1"))
            #expect(await first.rest() == ["Output 1", "End"])
        }
    }
}
