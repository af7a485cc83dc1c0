import Foundation
import Restate
import RestateLocal

extension Benchmark {
    static let runtime = Benchmark(
        name: "runtime",
        purpose: "calls of the smallest handler through the local runtime, calls per second"
    ) { tell in
        tell("in memory" + column(try await callRate(folder: nil), 16))
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "restate-benchmark-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        tell("in a folder" + column(try await callRate(folder: folder.path), 14))
    }

    private static func callRate(folder: String?) async throws -> Double {
        var settings = LocalServerSettings()
        settings.host = "127.0.0.1"
        settings.ingressPort = 0
        settings.adminPort = 0
        settings.dataDirectory = folder
        settings.log = { _ in }
        let server = try await LocalServer(settings).start()
        try await server.register(Endpoint(MeasuredGreeter()))
        let load = Load(
            port: server.ingressPort, path: "/MeasuredGreeter/greet",
            contentType: "application/json", body: Array("\"alice\"".utf8),
            answer: Array("\"Hello, alice!\"".utf8))
        _ = try await load.rate(requests: 2000)
        var rates: [Double] = []
        for _ in 0..<5 { rates.append(try await load.rate(requests: 10_000)) }
        await server.shutdown()
        return median(rates)
    }
}
