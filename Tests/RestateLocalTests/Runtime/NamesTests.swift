import Primitives
import Restate
import RestateProtocol
import Testing

@testable import RestateLocal
@testable import RestateRuntime

/// Two spellings of a letter are two names.
@Suite struct CoreNamesTests {
    private static let one = "caf\u{E9}"
    private static let two = "cafe\u{301}"

    private func signal(_ id: InvocationIdentity, _ name: String) -> SendSignalCommand {
        var command = SendSignalCommand()
        command.target = id.text
        command.signal = .name(name)
        command.result = .void
        return command
    }

    @Test func `who waits for a signal is not woken by its other spelling`() throws {
        var script = try Script()
        let (waiting, _) = try script.call("S/h")
        var rest = SuspensionMessage()
        rest.namedSignals = [Self.one]
        script.say(0, rest)
        #expect(script.status(waiting) == "suspended")
        _ = try script.call("S/child")
        script.say(1, signal(waiting, Self.two))
        #expect(script.status(waiting) == "suspended")
        #expect(script.attempts(of: waiting).count == 1)
        script.say(1, signal(waiting, Self.one))
        #expect(script.status(waiting) == "running")
        let names = try script.attempts[2].frames.compactMap { frame -> String? in
            guard frame.type == .signalNotification,
                case .namedSignal(let name)? = try NotificationMessage(decoding: frame).id
            else { return nil }
            return name
        }
        #expect(names.map { Array($0.utf8) } == [Array(Self.two.utf8), Array(Self.one.utf8)])
    }

    @Test func `an attempt that suspends on what it was given is tried again after a pause`() throws
    {
        var script = try Script()
        let (id, _) = try script.call("S/h")
        script.say(0, sleep(1, until: 1_000_100), suspension(1))
        script.pass(100)
        #expect(script.attempts.count == 2)
        // It has the completion, and says that it waits for it.
        script.say(1, suspension(1))
        #expect(script.attempts.count == 2)
        #expect(script.status(id) == "backing-off")
        #expect(script.runtime.snapshot(id)?.attempts.lastFailure?.restateCode == "RT0012")
        script.pass(500)
        #expect(script.attempts.count == 3)
        script.finish(2, "done")
        #expect(script.status(id) == nil || script.status(id) == "completed")
    }

    @Test func `a suspension that crosses with what it waits for goes on at once`() throws {
        var script = try Script()
        let (id, _) = try script.call("S/h")
        script.say(0, sleep(1, until: 1_000_100))
        script.pass(100)
        script.say(0, suspension(1))
        #expect(script.status(id) == "running")
        #expect(script.attempts.count == 2)
    }

    /// To `String` the sign for Kelvin is the letter K.
    @Test func `a service is not found by another spelling of its name`() throws {
        let script = try Script(#"{"name":"Kiosk","ty":"SERVICE","handlers":[{"name":"Kick"}]}"#)
        #expect(script.runtime.registry.services["Kiosk"] != nil)
        #expect(script.runtime.registry.services["\u{212A}iosk"] == nil)
        let service = try #require(script.runtime.registry.services["Kiosk"])
        #expect(service.handler("Kick") != nil)
        #expect(service.handler("\u{212A}ick") == nil)
    }

    @Test func `places of endpoints are told apart by their bytes`() throws {
        let one = DeploymentEndpoint(inProcess: Self.one)
        let two = DeploymentEndpoint(inProcess: Self.two)
        #expect(!one.isSamePlace(as: two))
        #expect(one.isSamePlace(as: one))
    }
}
