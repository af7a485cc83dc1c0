import EndpointSupport
import Foundation
import Restate
import RestateClient
import RestateLocal
import Support
import Testing

/// Two versions of a service, whose journals are replayed.
struct Stock: Service {
    var isChecked = false
    var sold: @Sendable (Int) async throws -> Int = { $0 }

    func sell(_ ctx: Context, count: Int) async throws -> Int {
        let sold = sold
        if isChecked { try await ctx.run("check") {} }
        _ = try await ctx.run("sell") { try await sold(count) }
        return count
    }

    struct API: HandlerTable { let sell = handler(Stock.sell) }
}

let forbiddenRun: @Sendable (Int) async throws -> Int = { _ in
    Issue.record("a replay has executed a run")
    return 0
}

var replaySettings: LocalServerSettings {
    var settings = LocalServerSettings()
    (settings.host, settings.ingressPort, settings.adminPort) = ("127.0.0.1", 0, 0)
    return settings
}

func replay(_ words: [String]) async throws -> EndedProcess {
    try await EndedProcess(product: "restate-local", ["replay"] + words)
}

/// A folder with the journals of two invocations of the first version.
func withRecordedStock(_ body: (String) async throws -> Void) async throws {
    try await withJournalFolder { folder in
        let server = try await LocalServer(replaySettings).start()
        try await serving(Endpoint(Stock()).recordJournals(to: folder)) { port in
            try await server.register("http://127.0.0.1:\(port)")
            let ingress = try #require(URL(string: server.ingressURL))
            let stock = RestateClient(ingress: ingress).service(Stock.self)
            #expect(try await stock.sell(1) == 1)
            #expect(try await stock.sell(2) == 2)
            await server.shutdown()
        }
        try await body(folder)
    }
}

func withJournalFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory
        .appending(path: "journals-\(UUID().uuidString)").path(percentEncoded: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(folder)
}

func withAddress(
    of service: some Service, _ body: (String) async throws -> Void
) async throws {
    try await serving(Endpoint(service)) { try await body("http://127.0.0.1:\($0)") }
}
