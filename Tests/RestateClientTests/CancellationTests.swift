import Foundation
import Restate
import RestateClient
import Testing

/// Calls that are cancelled while their answers arrive.
@Suite(.timeLimit(.minutes(10))) struct CancellationTests {
    @Test
    func `a thousand groups whose calls fail while others are cancelled all come to their end`()
        async throws
    {
        let ingress = try Endpoint([]).route("POST", "/Greeter/greet") { _ in
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...30)))
            return .text("no", status: 500)
        }.start(host: "127.0.0.1", port: 0, loops: 1)
        let client = RestateClient(ingress: try url("http://127.0.0.1:\(ingress.port)"))
        var failed = 0
        for _ in 0..<125 {
            failed += await withTaskGroup(of: Bool.self) { lanes in
                for _ in 0..<8 { lanes.addTask { await groupFails(client) } }
                return await lanes.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
        }
        #expect(failed == 1000)
        await ingress.shutdown(grace: .zero)
    }

    /// Four calls at once: the first that fails cancels the others.
    private func groupFails(_ client: RestateClient) async -> Bool {
        do {
            try await withThrowingTaskGroup(of: String.self) { calls in
                for _ in 0..<4 {
                    calls.addTask { try await client.service(Greeter.self).greet("Ada") }
                }
                try await calls.waitForAll()
            }
            return false
        } catch {
            return error is IngressError
        }
    }

    @Test func `a call that was cancelled before it began is not made`() async throws {
        let client = RestateClient(ingress: try url("http://127.0.0.1:1"))
        let call = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await client.service(Greeter.self).greet("Ada")
        }
        await #expect(throws: CancellationError.self) { try await call.value }
    }
}
