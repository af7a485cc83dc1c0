import Primitives
import RestateHTTP

/// One request to an embedded endpoint, for callers on any thread.
///
/// `@unchecked Sendable`: the exchange itself is used on its loop only.
final class EmbeddedExchange: @unchecked Sendable {
    private let loop: EventLoop
    /// Keeps the loops running while a response is being read.
    private let endpoint: EmbeddedEndpoint
    /// Set in the first call on the loop, which every other one follows.
    private var exchange: GuestExchange?
    /// Reads the request's body.
    private let feeder = Locked<Task<Void, Never>?>(nil)

    init(
        _ request: EmbeddedRequest, _ form: EmbeddedForm, on host: EmbeddedLoop,
        of endpoint: EmbeddedEndpoint
    ) {
        loop = host.loop
        self.endpoint = endpoint
        loop.execute { self.exchange = host.begin(request, form) }
    }

    private func onLoop(_ body: @escaping @Sendable (GuestExchange) -> Void) {
        loop.execute { if let exchange = self.exchange { body(exchange) } }
    }

    func cancel() {
        feeder.withLock { $0 }?.cancel()
        onLoop { $0.cancel() }
    }

    // MARK: The request

    func push(_ bytes: [UInt8]) { onLoop { $0.push(bytes) } }
    func endInput() { onLoop { $0.endInput() } }

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
        feeder.withLock { $0 = task }
    }

    /// Waits until more input may come. Returns false if none is wanted any more.
    private func hasRoom() async -> Bool {
        await withCheckedContinuation { continuation in
            onLoop { $0.whenRoom { continuation.resume(returning: $0) } }
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
        case .ended:
            // Who answers early does not want the rest of the request.
            feeder.withLock { $0 }?.cancel()
            return nil
        case .head, .broken: throw ResponseBroken()
        }
    }

    private func output() async throws -> GuestExchange.Output {
        let output = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                onLoop { $0.read { continuation.resume(returning: $0) } }
            }
        } onCancel: {
            cancel()
        }
        if case .broken = output {
            feeder.withLock { $0 }?.cancel()
            try Task.checkCancellation()
        }
        return output
    }
}
