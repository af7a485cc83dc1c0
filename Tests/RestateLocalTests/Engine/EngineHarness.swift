import Primitives
import Restate
import RestateHTTP
import RestateProtocol
import Testing

@testable import RestateLocal
@testable import RestateRuntime

/// The options of an engine in a test.
struct Mode: Sendable, CustomTestStringConvertible {
    enum Road: Sendable { case link, http2, http1 }

    var name: String
    var road = Road.link
    var settings = LocalSettings()
    var chunkSize: Int?
    var cutProbability = 0.0
    var seed: UInt64 = 1

    var testDescription: String { name }

    init(_ name: String, _ change: (inout Mode) -> Void = { _ in }) {
        self.name = name
        settings.retryPolicy.initialInterval = 5
        settings.retryPolicy.maxInterval = 20
        change(&self)
    }

    static let all: [Mode] = [
        Mode("link"),
        Mode("link, always suspend") { $0.settings.alwaysSuspend = true },
        Mode("link, lazy state") { $0.settings.lazyState = true },
        Mode("link, lazy and suspending") {
            $0.settings.lazyState = true
            $0.settings.alwaysSuspend = true
        },
        Mode("link, version 5") { $0.settings.protocolCap = 5 },
        Mode("link, version 7") { $0.settings.protocolCap = 7 },
        Mode("link, version 7, always suspend") {
            $0.settings.protocolCap = 7
            $0.settings.alwaysSuspend = true
        },
        Mode("link, small pieces") { $0.chunkSize = 5 },
        Mode("link, lost connections") { $0.cutProbability = 0.02 },
        Mode("HTTP/2") { $0.road = .http2 },
        Mode("HTTP/2, lost connections") {
            $0.road = .http2
            $0.cutProbability = 0.02
        },
        Mode("HTTP/1.1") { $0.road = .http1 },
        Mode("HTTP/1.1, always suspend") {
            $0.road = .http1
            $0.settings.alwaysSuspend = true
        },
    ]
}

/// Runs `body` with an engine on a loop of its own that has one registered endpoint.
func withEngine<Result: Sendable>(
    _ mode: Mode, serving endpoint: Endpoint, clock: EngineClock = EngineClock(),
    _ body: @escaping @Sendable (LoopBound<Engine>) async throws -> Result
) async throws -> Result {
    let loop = EventLoop()
    loop.start()
    let running =
        mode.road == .link
        ? nil : try endpoint.streaming(true).start(host: "127.0.0.1", port: 0, loops: 1)
    let result = await Task(executorPreference: loop) { () async throws -> Result in
        var options = EngineOptions()
        options.seed = mode.seed
        options.clock = clock
        options.chunkSize = mode.chunkSize
        options.cutProbability = mode.cutProbability
        let engine = Engine(loop: loop, settings: mode.settings, options: options)
        let place: DeploymentEndpoint
        if let running {
            place = try #require(
                DeploymentEndpoint(
                    uri: "http://127.0.0.1:\(running.port)", usesHTTP11: mode.road == .http1))
        } else {
            place = try engine.link(endpoint, name: "tests")
        }
        _ = try await engine.register(place)
        let confined = LoopBound(engine, on: loop)
        do {
            let result = try await body(confined)
            engine.shutdown()
            return result
        } catch {
            engine.shutdown()
            throw error
        }
    }.result
    await running?.shutdown(grace: .seconds(1))
    await loop.stopped()
    return try result.get()
}

extension Engine {
    /// Calls a handler and waits, on the loop.
    nonisolated(nonsending) func call(_ request: InvocationRequest) async throws
        -> InvocationOutcome
    {
        var failure: (any Error)?
        let outcome: InvocationOutcome? = await withCheckedContinuation { continuation in
            let waiter = waiter { continuation.resume(returning: try? $0.get()) }
            perform { runtime, now in
                do {
                    _ = try runtime.submit(request, waiter: waiter, at: now)
                } catch {
                    failure = error
                }
            }
            if failure != nil { continuation.resume(returning: nil) }
        }
        if let failure { throw failure }
        return try #require(outcome)
    }

    /// Calls a handler with JSON and returns the answer as text: the output, or `code message`.
    nonisolated(nonsending) func ask(
        _ target: String, _ body: String = ""
    ) async throws -> String {
        try await call(InvocationRequest(target, body)).text
    }
}

extension InvocationRequest {
    /// Makes a request from `Service/handler` or `Service/key/handler`.
    init(_ target: String, _ body: String = "") {
        let parts = target.split(separator: "/").map(String.init)
        self.init(
            service: parts[0], key: parts.count == 3 ? parts[1] : nil,
            handler: parts[parts.count - 1])
        self.body = Array(body.utf8)[...]
    }
}

extension InvocationOutcome {
    var text: String {
        switch result {
        case .value(let bytes): String(decoding: bytes, as: UTF8.self)
        case .failure(let failure): "\(failure.code) \(failure.message)"
        }
    }
}
