import Testing

@testable import Nexus

@Suite(.timeLimit(.minutes(10)))
struct TimeLimitTests {
    private struct TooLate: Error {}
    private struct Broken: Error {}

    @Test func `work in time gives its result or its error`() async throws {
        #expect(try await within(.seconds(600), else: TooLate()) { 7 } == 7)
        await #expect(throws: Broken.self) {
            try await within(.seconds(600), else: TooLate()) { throw Broken() }
        }
    }

    @Test func `work that takes no notice of its end is not waited for`() async {
        let stubborn = Task { try await Task.sleep(for: .seconds(600)) }
        defer { stubborn.cancel() }
        await #expect(throws: TooLate.self) {
            // Waiting for another task does not end with one's own cancellation.
            try await within(.milliseconds(10), else: TooLate()) { try await stubborn.value }
        }
    }

    @Test func `whoever is cancelled does not wait either`() async {
        let task = Task {
            try await within(.seconds(600), else: TooLate()) {
                try await Task.sleep(for: .seconds(600))
            }
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
