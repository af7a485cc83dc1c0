import Support
import Restate
import RestateProtocol
import Testing

/// Calls of handlers that are known only at run time, as the server gets them.
@Suite(.timeLimit(.minutes(10)))
struct RawCallTests {
    private static let bytes: [UInt8] = [0, 1, 254, 255]

    @Test func `a call by name carries the key, the bytes and the options`() async throws {
        let (frames, lines) = try await play { ctx in
            let call = ctx.call(service: "Elsewhere", key: "k", handler: "do")
                .idempotencyKey("once").header("x-a", "1").scope("s", limitKey: "l").named("n")
            let started = call.start(Self.bytes)
            call.send(Self.bytes, after: .seconds(1))
            return try await started.value.map(Int.init)
        }
        var call = CallCommand()
        call.request = CallRequest(
            service: "Elsewhere", handler: "do", key: "k", parameter: Bytes(Self.bytes),
            headers: [Header(key: "x-a", value: "1")], idempotencyKey: "once", scope: "s",
            limitKey: "l", name: "n")
        (call.invocationIDCompletion, call.completionID) = (1, 2)
        #expect(try CallCommand(decoding: frames[0].payload) == call)

        let send = try OneWayCallCommand(decoding: frames[1].payload)
        #expect(send.request == call.request)
        #expect(send.invokeTime > 0)
        #expect(lines.suffix(2) == ["Output [255,0,34]", "End"])
    }

    @Test func `without a key it is a service's`() async throws {
        let (frames, _) = try await play { ctx in
            try await ctx.call(service: "Elsewhere", handler: "do")([]).map(Int.init)
        }
        let call = try CallCommand(decoding: frames[0].payload)
        #expect(call.request.key == "")
        #expect(call.request.parameter.isEmpty)
        #expect(call.request.idempotencyKey == nil)
    }

    /// The server's answer to the first call is bytes that are no JSON.
    private func play(
        _ body: @escaping @Sendable (WorkflowContext) async throws -> [Int]
    ) async throws -> (frames: [Frame], lines: [String]) {
        let frames = try await onLoop { loop in
            var journal = Journal(
                later: [
                    NotificationMessage(
                        .callCompletion, .completion(2), .value([255, 0, 34]))
                ])
            journal.version = .v7
            let attempt = try Attempt(loop, journal, body)
            attempt.stream.endInput()
            var frames: [Frame] = []
            while let frame = await attempt.stream.next() { frames.append(frame) }
            return frames
        }
        return (frames, frames.map(line))
    }
}
