import Restate
import RestateProtocol
import Testing

/// The result of an invocation, without waiting for it.
@Suite(.timeLimit(.minutes(10)))
struct InvocationOutputTests {
    private static func answer(_ result: NotificationResult) -> Journal {
        Journal(
            later: [NotificationMessage(.getInvocationOutputCompletion, .completion(1), result)])
    }

    private static func ofNothing(_ result: NotificationResult) async throws -> String? {
        try await lines(answer(result)) { ctx in
            let output: Void? = try await ctx.output(of: InvocationID<Void>("inv_1"))
            return output != nil
        }.dropFirst().first
    }

    @Test func `an invocation without a result has ended, or not yet, or failed`() async throws {
        #expect(try await Self.ofNothing(.void) == "Output false")
        #expect(try await Self.ofNothing(.value([])) == "Output true")
        let failure = Failure(code: 404, message: "no")
        #expect(try await Self.ofNothing(.failure(failure)) == "Output failure 404 no")
    }

    @Test func `an output that is nil is not the same as none`() async throws {
        for (result, told) in [(NotificationResult.void, "none"), (.value([]), "nil")] {
            let lines = try await lines(Self.answer(result)) { ctx in
                let output = try await ctx.output(of: InvocationID<Int?>("inv_1"))
                return output.map { $0.map { "\($0)" } ?? "nil" } ?? "none"
            }
            #expect(lines.dropFirst().first == #"Output "\#(told)""#)
        }
    }
}
