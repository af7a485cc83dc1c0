/// Answers exactly as a journal says, with chosen changes. It tests the golden player itself.
///
/// It also checks the player: bytes out of order, or sent before the player has read what they
/// follow, fail the exchange.
package final class RecordedConnection: GoldenConnection {
    package enum Step {
        case head(status: Int, contentType: String?)
        /// Bytes for the player, and whether it must read them before it may continue.
        case answer([UInt8], isOptional: Bool)
        case request([UInt8])
        case requestEnd
        case end
        case reset
        /// Nothing more comes, and the exchange does not end.
        case silence
    }

    package var steps: [Step]
    /// Called when the player has come to a `silence`.
    package var onSilence: @Sendable () -> Void = {}
    private var position = 0
    /// The head of the response, until the player reads it.
    private var pendingHead: GoldenEvent?

    package init(_ golden: Golden) {
        steps = [
            .head(
                status: golden.status ?? 200, contentType: golden.responseHeaders["content-type"])
        ]
        for step in golden.steps {
            switch step {
            case .frame(let frame) where frame.direction == .toEndpoint:
                steps.append(.request(frame.bytes))
            case .frame(let frame):
                let isOptional = GoldenComparison.optional.contains(frame.name)
                steps.append(.answer(frame.bytes, isOptional: isOptional))
            case .inputEnd: steps.append(.requestEnd)
            case .outputEnd: steps.append(.end)
            case .broken: break
            }
        }
    }

    package func open(path: String, headers: [(name: String, value: String)]) throws {
        guard path.hasPrefix("/invoke/"), headers.first?.name == "content-type" else {
            throw FixtureError("an odd request: \(path)")
        }
    }

    package func send(_ bytes: [UInt8]) throws {
        skipOptional()
        guard position < steps.count, case .request(bytes) = steps[position] else {
            throw FixtureError("these bytes come out of turn: \(hex(bytes))")
        }
        position += 1
    }

    package func end() throws {
        skipOptional()
        guard position < steps.count, case .requestEnd = steps[position] else {
            throw FixtureError("the request ends out of turn")
        }
        position += 1
    }

    package func next() async throws -> GoldenEvent {
        if let head = pendingHead {
            pendingHead = nil
            return head
        }
        guard position < steps.count else { throw FixtureError("a read after the end") }
        position += 1
        switch steps[position - 1] {
        case .head(let status, let contentType):
            return .head(status: status, contentType: contentType)
        case .answer(let bytes, _): return .bytes(bytes)
        case .end: return .ended
        case .reset: return .reset(code: 8)
        case .request, .requestEnd: throw FixtureError("a read before the request went on")
        case .silence:
            onSilence()
            // Cancelled when the player is abandoned.
            try await Task.sleep(for: .seconds(3600))
            return .ended
        }
    }

    package func close() {}

    private func skipOptional() {
        while position < steps.count {
            switch steps[position] {
            case .head(let status, let contentType):
                pendingHead = .head(status: status, contentType: contentType)
            case .answer(_, isOptional: true): break
            default: return
            }
            position += 1
        }
    }
}
