import Restate
import RestateLocal

extension Benchmark {
    static let runtime = Benchmark(
        name: "runtime",
        purpose: "calls of the smallest handler through the local runtime, calls per second"
    ) { tell in
        tell("in memory" + column(try await callRate(folder: nil), 16))
        let stored = try await withFolder { try await callRate(folder: $0) }
        tell("in a folder" + column(stored, 14))
    }

    private static func callRate(folder: String?) async throws -> Double {
        let server = try await LocalServer(.measured(folder: folder)).start()
        try await server.register(Endpoint(MeasuredGreeter()))
        let load = Load.greeting(through: server)
        _ = try await load.rate(requests: 2000)
        var rates: [Double] = []
        for _ in 0..<5 { rates.append(try await load.rate(requests: 10_000)) }
        await server.shutdown()
        return median(rates)
    }
}
