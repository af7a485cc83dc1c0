import Foundation
import Restate
import RestateClient
import RestateHTTP
import Testing

/// The server itself, and what is registered at it.
@Suite(.timeLimit(.minutes(10))) struct AdminDeploymentTests {
    @Test func `a server says its version, its ingress and its features`() async throws {
        try await withClient { _, admin in
            let version = try await admin.version()
            #expect(try await admin.clusterHealth().metadataNodes == [1])
            #expect(version.version.split(separator: ".").count == 3)
            #expect(version.adminAPI.contains(3))
            #expect(version.ingress?.scheme == "http")
            #expect(version.features["vqueues"] == false)
            guard case .object(let description) = try await admin.openAPI() else {
                Issue.record("The description is no object")
                return
            }
            #expect(description["openapi"] == "3.1.0")
        }
    }

    @Test func `a deployment is registered, read, changed and removed`() async throws {
        let endpoint = try Endpoint(Greeter(), Counter()).quiet
            .start(host: "127.0.0.1", port: 0, loops: 1)
        try await withClient { _, admin in
            let place = try url("http://127.0.0.1:\(endpoint.port)")
            let tried = try await admin.register(place, dryRun: true)
            #expect(tried.services.map(\.name).sorted() == ["Counter", "Greeter"])
            #expect(try await admin.deployments().isEmpty)

            let made = try await admin.register(
                place, headers: ["x-secret": "1"], metadata: ["team": "a"])
            #expect(made.services.first { $0.name == "Counter" }?.kind == .virtualObject)
            let listed = try #require(try await admin.deployments().first)
            #expect(listed.id == made.id)
            #expect(listed.uri == "\(place.absoluteString)/")
            #expect(listed.arn == nil)
            #expect(listed.headers == ["x-secret": "1"])
            #expect(listed.metadata == ["team": "a"])
            #expect(listed.protocolVersions.contains(6))
            #expect(listed.sdkVersion?.hasPrefix("restate-sdk-swift/") == true)
            #expect(listed.createdAt.map { $0 > Date(timeIntervalSince1970: 1e9) } == true)
            #expect(listed.services.map(\.revision) == [1, 1])

            let changed = try await admin.updateDeployment(made.id, headers: ["x-secret": "2"])
            #expect(changed.headers == ["x-secret": "2"])
            #expect(try await admin.deployment(made.id).headers == ["x-secret": "2"])

            try await admin.removeDeployment(made.id)
            let error = await #expect(throws: IngressError.self) {
                try await admin.deployment(made.id)
            }
            #expect(error?.code == .notFound)
        }
        await endpoint.shutdown(grace: .zero)
    }

    @Test func `an endpoint that does not answer is refused with the server's own code`()
        async throws
    {
        try await withClient { _, admin in
            let error = await #expect(throws: IngressError.self) {
                try await admin.register(try url("http://127.0.0.1:1"))
            }
            #expect(error?.restateCode == "META0003")
            #expect(error?.status == 500)
            let function = await #expect(throws: IngressError.self) {
                try await admin.register(
                    lambda: "arn:aws:lambda:eu-central-1:123456789012:function:shop:1")
            }
            #expect(function?.restateCode == "META0003")
        }
    }

    @Test func `a service is read and changed`() async throws {
        try await withClient(Greeter(), Counter(), Signup()) { client, admin in
            #expect(
                try await admin.services().map(\.name).sorted()
                    == ["Counter", "Greeter", "Signup"])
            let signup = try await admin.service("Signup")
            #expect(signup.kind == .workflow)
            #expect(signup.workflowRetention == .seconds(86_400))
            #expect(signup.retryPolicy?.onMaxAttempts == .pause)
            let handlers = try await admin.handlers(of: "Counter")
            #expect(Set(handlers.map(\.name)) == ["add", "get", "note", "noted"])
            let get = try await admin.handler("get", of: "Counter")
            #expect(get.kind == .shared)
            #expect(get.outputSchema != nil)
            guard case .object = try await admin.openAPI(of: "Greeter") else {
                Issue.record("The description is no object")
                return
            }

            let changed = try await admin.updateService(
                "Greeter", isPublic: false, idempotencyRetention: .seconds(90),
                abortTimeout: .milliseconds(1500))
            #expect(!changed.isPublic)
            #expect(changed.idempotencyRetention == .seconds(90))
            #expect(changed.abortTimeout == .milliseconds(1500))
            let error = await #expect(throws: IngressError.self) {
                try await client.service(Greeter.self).greet("Ada")
            }
            #expect(error?.status == 400)
            let wrong = await #expect(throws: IngressError.self) {
                try await admin.updateService("Greeter", workflowRetention: .seconds(1))
            }
            #expect(wrong?.status == 400)
        }
    }

    @Test func `a server without Kafka has no subscriptions, and refuses one in its words`()
        async throws
    {
        try await withClient(Greeter()) { _, admin in
            let subscriptions = try await admin.subscriptions()
            #expect(subscriptions.isEmpty)
            let error = await #expect(throws: IngressError.self) {
                try await admin.subscribe("Greeter", "greet", to: "names", of: "main")
            }
            #expect(error?.message.contains("Kafka cluster 'main' not found") == true)
        }
    }
}
