import Restate
import RestateProtocol
import Testing

/// Futures in the order in which they complete.
@Suite(.timeLimit(.minutes(10)))
struct CompletionOrderTests {
    @Test func `futures come in the journal's order, each with its place in the list`()
        async throws
    {
        let journal = Journal(
            run(1, "a"), run(2, "b"), run(3, "c"), ran(2, "20"), ran(3, "30"), ran(1, "10"))
        let lines = try await lines(journal) { ctx in
            var seen: [Int] = []
            let futures = ["a", "b", "c"].map { name in ctx.start(name) { 0 } }
            for try await (index, value) in ctx.inCompletionOrder(futures) {
                seen += [index, value]
            }
            return seen
        }
        #expect(lines == ["Output [1,20,2,30,0,10]", "End"])
    }

    @Test func `what happens between two steps has its place in the journal`() async throws {
        let journal = Journal(
            sleep(1), sleep(2), slept(2), setState("seen", "1"), slept(1), setState("seen", "0"))
        let seen = StateKey<Int?>("seen")
        let lines = try await lines(journal) { ctx in
            let timers = [ctx.timer(.seconds(1)), ctx.timer(.seconds(1))]
            for try await (index, _) in ctx.inCompletionOrder(timers) { ctx.set(seen, index) }
            return "done"
        }
        #expect(lines == [#"Output "done""#, "End"])
    }

    @Test func `each step waits for what is left`() async throws {
        let lines = try await lines(Journal(sleep(1), sleep(2), slept(1))) { ctx in
            let timers = [ctx.timer(.seconds(1)), ctx.timer(.seconds(2))]
            for try await _ in ctx.inCompletionOrder(timers) {}
            return 0
        }
        #expect(lines == ["Suspension [2, cancel]"])
    }

    @Test func `nothing comes of no futures`() async throws {
        let lines = try await lines { ctx in
            var count = 0
            for try await _ in ctx.inCompletionOrder([DurableFuture<Int>]()) { count += 1 }
            return count
        }
        #expect(lines == ["Output 0", "End"])
    }

    @Test func `a failure ends the loop`() async throws {
        let journal = Journal(run(1, "a"), run(2, "b"), runFailed(2, 404, "no"), ran(1, "10"))
        let lines = try await lines(journal) { ctx in
            let futures = ["a", "b"].map { name in ctx.start(name) { 0 } }
            for try await _ in ctx.inCompletionOrder(futures) {}
            return 0
        }
        #expect(lines == ["Output failure 404 no", "End"])
    }

    @Test func `failures that are made into results do not end it`() async throws {
        let journal = Journal(run(1, "a"), run(2, "b"), runFailed(2, 404, "no"), ran(1, "10"))
        let lines = try await lines(journal) { ctx in
            let futures = ["a", "b"].map { name in ctx.start(name) { 0 }.mapResult { $0 } }
            var told: [String] = []
            for try await (index, result) in ctx.inCompletionOrder(futures) {
                switch result {
                case .success(let value): told.append("\(index): \(value)")
                case .failure(let error): told.append("\(index): \(error.message)")
                }
            }
            return told
        }
        #expect(lines == [#"Output ["1: no","0: 10"]"#, "End"])
    }
}
