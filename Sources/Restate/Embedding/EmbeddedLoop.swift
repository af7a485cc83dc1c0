import Primitives
import RestateHTTP

/// One event loop of an embedded endpoint, with its receivers.
final class EmbeddedLoop: Sendable {
    let loop = EventLoop()
    private let host: LoopBound<GuestHost>
    private let whole: LoopBound<Reception>
    private let streamed: LoopBound<Reception>

    init(_ router: Router, _ placement: Placement) {
        host = LoopBound(GuestHost(loop: loop), on: loop)
        whole = LoopBound(Reception(router, placement, loop, mode: .requestResponse), on: loop)
        streamed = LoopBound(
            Reception(router, placement, loop, mode: router.mode(over: .http2)), on: loop)
        loop.start()
    }

    /// Begins an exchange. Called on the loop.
    func begin(_ request: EmbeddedRequest, _ form: EmbeddedForm) -> GuestExchange {
        var headers: HeaderFields = [:]
        for (name, value) in request.headers { headers.append(name: name, value: value) }
        let head = RequestHead(
            method: request.method, path: request.path, authority: headers["host"],
            headers: headers)
        return host.value.begin(head, for: (form == .whole ? whole : streamed).value)
    }

    func stop() { loop.stop() }
    func stopped() async { await loop.stopped() }

    /// The time limit for the last answers to be taken after the grace period.
    private static let farewell = Duration.milliseconds(500)

    /// Lets open exchanges finish, and returns how many were cut off.
    func drained(within grace: Duration) async -> Int {
        await onLoop { $0.drain() }
        if await emptied(within: grace) { return 0 }
        let cut = await onLoop { $0.giveUp(after: grace) }
        if cut > 0 { _ = await emptied(within: Self.farewell) }
        await onLoop { $0.cancelAll() }
        return cut
    }

    private func onLoop<R: Sendable>(_ body: @escaping @Sendable (GuestHost) -> R) async -> R {
        await withCheckedContinuation { continuation in
            loop.execute { [host] in continuation.resume(returning: body(host.value)) }
        }
    }

    private func emptied(within deadline: Duration) async -> Bool {
        await withCheckedContinuation { continuation in
            loop.execute { [host, loop] in
                // Whichever of the two comes first disables the other one.
                var waiter: LoopTimer?
                waiter = loop.schedule(after: deadline) {
                    guard waiter != nil else { return }
                    waiter = nil
                    continuation.resume(returning: false)
                }
                host.value.whenEmpty {
                    guard let timer = waiter else { return }
                    waiter = nil
                    timer.cancel()
                    continuation.resume(returning: true)
                }
            }
        }
    }
}
