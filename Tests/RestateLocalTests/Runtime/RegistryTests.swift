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

    /// As programs register themselves at each start.
    @Test
    func `a deployment that another has followed is the newest again when it is registered again`()
        throws
    {
        var script = try Script(Self.both)
        let one = try #require(script.runtime.registry.services["S"]?.deploymentID)
        try script.register(Self.service, at: "two")
        let again = try script.register(Self.both, Self.again)
        #expect(again.deployment.id == one)
        #expect(script.runtime.registry.services["S"]?.deploymentID == one)
        #expect(script.runtime.registry.services["S"]?.revision == 3)
        _ = try script.call("S/h")
        #expect(script.attempts.last?.request.endpoint.kind == .inProcess("one"))
        // Now nothing has changed.
        let kept = try script.register(Self.both, Self.again)
        #expect(kept.outcome == .unchanged)
        #expect(script.runtime.registry.services["S"]?.revision == 3)
    }

    @Test func `the order of services and handlers is no change`() throws {
        var script = try Script(Self.both)
        let turned =
            #"{"handlers":[{"name":"i"},{"name":"h"}],"ty":"SERVICE","name":"T"},"# + Self.service
        #expect(try script.register(turned, Self.again).outcome == .unchanged)
        #expect(script.runtime.registry.services["T"]?.revision == 1)
        let other = turned.replacing(#""i""#, with: #""j""#)
        #expect(try script.register(other, Self.again).outcome == .overwritten)
        #expect(script.runtime.registry.services["T"]?.revision == 2)
    }

    @Test func `of an endpoint that is built with another SDK only that is noted`() throws {
        var script = try Script(Self.both)
        let kept = try script.register(Self.both, sdk: "x/2", Self.again)
        #expect(kept.outcome == .unchanged)
        #expect(kept.deployment.sdkVersion == "x/2")
        let id = kept.deployment.id
        #expect(script.runtime.registry.deployments[id]?.sdkVersion == "x/2")
        #expect(script.runtime.registry.services["S"]?.revision == 1)
    }

    private static func again(_ options: inout RegistrationOptions) {
        options.force = true
        options.keepsUnchanged = true
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
