import Foundation
import Restate
import RestateClient
import RestateLocal
import Testing

// docs/guide/clients.md

struct ClientsPage {
    @Test func `a client takes its address from the environment`() throws {
        func call() async throws -> Int {
            let client = try RestateClient.fromEnvironment()
            let hotel = client.service(Hotel.self)
            let number = try await hotel.stay.idempotencyKey("ada-1").timeout(.seconds(5))("ada")
            return number
        }
        _ = call
    }

    @Test func `programs outside call, and see whose error it is`() async throws {
        try await withServer(Endpoint(Hotel(), Room())) { url, _ in
            let patient = RestateClient(
                ingress: url,
                retries: ClientRetryPolicy(
                    maxAttempts: 20, maxInterval: .seconds(5), maxDuration: .seconds(120))
            )
            .header("x-tenant", "blue")  // sent with every request
            .timeout(.seconds(30))  // for every request; a call's own limit takes precedence
            _ = patient.service(Hotel.self)
            let client = RestateClient(ingress: url)
            for _ in 1...4 {
                do {
                    _ = try await client.service(Hotel.self).stay("bob")
                } catch let error as TerminalError where error.code == 409 {
                    print("The handler has ended: \(error.message)")
                } catch let error as IngressError where error.isTemporary {
                    print("Try again later: \(error)")
                } catch let error as IngressError where error.code == .notFound {
                    print("Nobody has registered the service")
                }
            }
            await #expect(throws: TerminalError.self) {
                try await client.service(Hotel.self).stay("eve")
            }
        }
    }

    @Test func `programs outside manage a server`() async throws {
        try await withServer(Endpoint(Hotel(), Room())) { url, adminURL in
            _ = try await RestateClient(ingress: url).service(Hotel.self).stay("ada")
            let admin = RestateAdmin(adminURL)
            for service in try await admin.services() where service.isPublic {
                print(service.name, service.kind.rawValue, service.revision)
            }
            let stuck = try await admin.invocations(
                where: "status = 'backing-off' AND retry_count > 10")
            for invocation in stuck { print(invocation.target, invocation.lastFailure ?? "") }
            let result = try await admin.pause(all: stuck.map(\.id))
            #expect(result.succeeded.isEmpty)
            struct Count: Decodable {
                var status: String
                var total: Int
            }
            let counts: [Count] = try await admin.query(
                "SELECT status, COUNT(*) AS total FROM sys_invocation GROUP BY status")
            let rows: [[String: JSONValue]] = try await admin.query("SELECT * FROM sys_service")
            #expect(counts.contains { $0.status == "completed" && $0.total == 2 })
            #expect(rows.count == 2)
        }
    }

    private func withServer(
        _ endpoint: Endpoint, _ body: (_ ingress: URL, _ admin: URL) async throws -> Void
    ) async throws {
        var settings = LocalServerSettings()
        settings.ingressPort = 0
        settings.adminPort = 0
        let server = try await LocalServer(settings).start()
        try await server.register(endpoint)
        try await body(URL(string: server.ingressURL)!, URL(string: server.adminURL)!)
        await server.shutdown()
    }
}
