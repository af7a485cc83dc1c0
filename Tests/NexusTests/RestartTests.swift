import Support
import Testing

/// Payloads are compared on replay, perhaps in a process that was started since: whatever is written
/// must not depend on the process, as the order of a dictionary does.
@Suite(.timeLimit(.minutes(10))) struct RestartTests {
    @Test func `a process that was started again answers with the same bytes`() async throws {
        let goldens = try Fixtures.journals(in: "nexus")
            .filter { $0.path.contains("/v6-suspend/") && isTimeless($0) }
        #expect(goldens.count > 30)
        #expect(goldens.contains { $0.requestPath.hasSuffix("/SeatMap/set") })
        let first = try await answers(to: goldens)
        let second = try await answers(to: goldens)
        for (golden, (one, other)) in zip(goldens, zip(first, second)) {
            #expect(!one.isEmpty, "\(golden)")
            #expect(one == other, "\(golden)")
        }
    }

    /// A process of its own for all of them, killed at the end.
    private func answers(to goldens: [Golden]) async throws -> [[UInt8]] {
        try await withProduct("nexus", ["serve", "--port", "0"]) { port in
            var answers: [[UInt8]] = []
            for golden in goldens { answers.append(try await answer(to: golden, port: port)) }
            return answers
        }
    }

    /// The answer was recorded to its end, and nothing in it comes from a clock or from outside: no
    /// closure runs, no timer is set.
    private func isTimeless(_ golden: Golden) -> Bool {
        let answer = golden.frames.filter { $0.direction == .fromEndpoint }
        guard let last = answer.last, ["End", "Suspension"].contains(last.name) else {
            return false
        }
        return answer.allSatisfy {
            !["ProposeRunCompletion", "Sleep"].contains($0.name)
                && $0.fields["invoke_time"] == nil
        }
    }
}
