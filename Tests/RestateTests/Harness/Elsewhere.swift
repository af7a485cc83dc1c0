import Primitives
import Foundation
import RestateHTTP
import RestateProtocol

@testable import Restate
@testable import RestateServices

/// With `ATTEMPTS_ELSEWHERE` in the environment the attempts of these tests run off their loop, as
/// those of handlers that compute do. The same tests must pass.
enum Elsewhere {
    static let isOn = ProcessInfo.processInfo.environment["ATTEMPTS_ELSEWHERE"] != nil
    /// The rule for endpoints whose tests must pass either way.
    static let rule: Placement.Rule = isOn ? .elsewhere : .adaptive()
    private static let placement = Placement(loops: 4, .elsewhere)

    static func begin(
        _ handler: ServedHandler, _ version: ProtocolVersion, _ stream: FakeStream,
        _ loop: EventLoop
    ) -> Task<Void, Never> {
        if isOn { return placement.begin(handler, version, stream, on: loop) }
        let invocation = LoopBound(AttemptDriver(handler, version, stream, loop), on: loop)
        return Task(executorPreference: loop) { await invocation.value.serve() }
    }

    /// Lets the other threads work, as often as the two sides can answer each other.
    static func settle() async {
        guard isOn else { return }
        for _ in 0..<5 {
            // Limited, because attempts of other tests may be there without end.
            for _ in 0..<20 {
                try? await Task.sleep(for: .milliseconds(1))
                if placement.workers.isQuiet { break }
            }
            for _ in 0..<50 { await Task.yield() }
        }
    }
}
