import Primitives
import RestateHTTP

/// One request to an embedded endpoint, for callers on any thread.
final class EmbeddedExchange: Sendable {
    private let loop: EventLoop
    /// Keeps the loops running while a response is being read.
    private let endpoint: EmbeddedEndpoint
    private let onLoop: LoopBound<OnLoop>

    private final class OnLoop {
        /// Set in the first call on the loop, which every other one follows.
        var exchange: GuestExchange?
        /// Reads the request's body.
        var feeder: Task<Void, Never>?
    }

    init(
        _ request: EmbeddedRequest, _ form: EmbeddedForm, on host: EmbeddedLoop,
        of endpoint: EmbeddedEndpoint
    ) {
        loop = host.loop
        self.endpoint = endpoint
        onLoop = LoopBound(OnLoop(), on: loop)
        loop.execute { self.onLoop.value.exchange = host.begin(request, form) }
    }

    private func perform(_ body: @escaping @Sendable (GuestExchange, OnLoop) -> Void) {
        loop.execute {
            let state = self.onLoop.value
            if let exchange = state.exchange { body(exchange, state) }
        }
    }

    func cancel() {
        perform { exchange, state in
            state.feeder?.cancel()
            exchange.cancel()
        }
    }

    // MARK: The request

    func push(_ bytes: [UInt8]) { perform { exchange, _ in exchange.push(bytes) } }
    func endInput() { perform { exchange, _ in exchange.endInput() } }

    func feed<Body: AsyncSequence & Sendable>(_ body: Body)
    where Body.Element: Sequence & Sendable, Body.Element.Element == UInt8 {
        let task = Task {
            do {
                for try await piece in body {
                    push(Array(piece))
                    guard await hasRoom() else { return }
                }
                endInput()
            } catch {
                cancel()
            }
        }
        perform { _, state in state.feeder = task }
    }

    /// Waits until more input may come. Returns false if none is wanted any more.
    private func hasRoom() async -> Bool {
        await withCheckedContinuation { continuation in
            perform { exchange, _ in
                exchange.whenRoom { continuation.resume(returning: $0) }
            }
        }
    }

    // MARK: The response

    func head() async throws -> (status: Int, headers: [(name: String, value: String)]) {
        switch try await output() {
        case .head(let status, let fields): return (status, fields.map { ($0.name, $0.value) })
        case .bytes, .ended, .broken: throw ResponseBroken()
        }
    }

    /// Returns the next bytes of the response, or nil at its end.
    func next() async throws -> [UInt8]? {
        switch try await output() {
        case .bytes(let bytes): return bytes
        case .ended: return nil
        case .head, .broken: throw ResponseBroken()
        }
    }

    private func output() async throws -> GuestExchange.Output {
        let output = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                perform { exchange, state in
                    exchange.read { output in
                        switch output {
                        case .head, .bytes: break
                        // Who answers early does not want the rest of the request.
                        case .ended, .broken: state.feeder?.cancel()
                        }
                        continuation.resume(returning: output)
                    }
                }
            }
        } onCancel: {
            cancel()
        }
        if case .broken = output { try Task.checkCancellation() }
        return output
    }
}
