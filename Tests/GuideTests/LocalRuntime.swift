import Foundation
import Restate
import RestateClient
import RestateLocal
import Testing

// docs/guide/local-runtime.md

struct LocalRuntimePage {
    @Test func `a local runtime in the process answers a client`() async throws {
        var settings = LocalServerSettings()
        settings.ingressPort = 0  // any free one
        settings.adminPort = 0
        let server = try await LocalServer(settings).start()
        try await server.register(Endpoint(Counter()))  // no socket between
        let client = RestateClient(ingress: URL(string: server.ingressURL)!)
        let sum = try await client.object(Counter.self, "clicks").add(2)
        await server.shutdown()
        #expect(sum == 2)
    }

    @Test func `its modes are settings too`() async throws {
        var settings = LocalServerSettings()
        settings.ingressPort = 0
        settings.adminPort = 0
        settings.alwaysSuspend = true
        settings.lazyState = true
        settings.protocolVersion = 7
        settings.retries = InvocationRetryPolicy(maxAttempts: 1, onMaxAttempts: .kill)
        settings.chunkSize = 1
        let server = try await LocalServer(settings).start()
        try await server.register(Endpoint(Counter()))
        let client = RestateClient(ingress: URL(string: server.ingressURL)!)
        let sum = try await client.object(Counter.self, "clicks").add(2)
        #expect(sum == 2)
        await server.shutdown()
    }
}
