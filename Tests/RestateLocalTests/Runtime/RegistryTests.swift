import Primitives
import RestateProtocol
import Testing

@testable import RestateLocal
@testable import RestateRuntime

/// Deployments that come, change and go, and which revision of a service counts.
@Suite struct CoreRegistryTests {
    static let service = #"{"name":"S","ty":"SERVICE","handlers":[{"name":"h"}]}"#
    static let both =
        service + #",{"name":"T","ty":"SERVICE","handlers":[{"name":"h"},{"name":"i"}]}"#

    @Test func `a service that an endpoint no longer serves is gone with the next registration`()
        throws
    {
        var script = try Script(Self.both)
        try script.register(Self.service) { $0.force = true }
        #expect(script.runtime.registry.services.keys.sorted() == ["S"])
        #expect(throws: TargetError.unknownService) { try script.call("T/h") }
    }

    @Test func `without its newest revision a service has the one before`() throws {
        var script = try Script(Self.both)
        let two = try script.register(Self.service, at: "two")
        #expect(script.runtime.registry.services["S"]?.revision == 2)
        var isGone = script.runtime.removeDeployment(two.deployment.id)
        #expect(isGone)
        #expect(script.runtime.registry.services["S"]?.revision == 1)
        isGone = script.runtime.removeDeployment(two.deployment.id)
        #expect(!isGone)
        _ = try script.call("S/h")
        #expect(script.attempts.last?.request.endpoint.kind == .inProcess("one"))
    }

    @Test func `an update moves a deployment and leaves what it serves`() throws {
        var script = try Script(Self.both)
        let id = try #require(script.runtime.registry.deployments.keys.first)
        let (running, _) = try script.call("S/h")
        script.say(0, sleep(1, until: script.now + 10), suspension(1))
        let updated = try script.update(id, Self.service, at: "elsewhere")
        #expect(updated.deployment.id == id)
        #expect(updated.services.map(\.name) == ["S", "T"])
        script.pass(10)
        #expect(script.attempts.last?.request.invocation == running)
        #expect(script.attempts.last?.request.endpoint.kind == .inProcess("elsewhere"))
        #expect(script.runtime.registry.services["S"]?.revision == 1)
    }

    @Test func `an update that overwrites takes over what is served there`() throws {
        var script = try Script(Self.service)
        let id = try #require(script.runtime.registry.deployments.keys.first)
        let dry = try script.update(id, Self.both, at: "one") {
            $0.overwrite = true
            $0.dryRun = true
        }
        #expect(dry.services.map(\.name) == ["S", "T"])
        #expect(script.runtime.registry.services.keys.sorted() == ["S"])
        try script.update(id, Self.both, at: "one") { $0.overwrite = true }
        #expect(script.runtime.registry.services["T"]?.revision == 1)
        #expect(script.runtime.registry.services["S"]?.revision == 1)
    }

    @Test func `an update cannot change the protocol's versions, nor what is not there`() throws {
        var script = try Script(Self.service)
        let id = try #require(script.runtime.registry.deployments.keys.first)
        let error = #expect(throws: RegistrationError.self) {
            try script.update(id, Self.service, at: "one", versions: "5,6")
        }
        #expect(error?.code == "META0016")
        #expect(error?.status == 400)
        let missing = #expect(throws: RegistrationError.self) {
            try script.update("dp_1", Self.service, at: "one")
        }
        #expect(missing?.status == 404)
    }
}
