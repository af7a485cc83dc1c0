import Primitives
import Nexus
import Restate
import RestateHTTP
import RestateProtocol
import Testing

@testable import RestateLocal
@testable import RestateRuntime
@testable import TestServices

/// The engine around the runtime: clocks, discovery, connections that fail.
@Suite(.timeLimit(.minutes(10))) struct CoreEngineTests {
    @Test func `a handler sleeps for a day while a test takes milliseconds`() async throws {
        let clock = EngineClock(standingAt: 1_800_000_000_000)
        let endpoint = Endpoint(Tour()).quiet
        let answer = try await withEngine(Mode("link"), serving: endpoint, clock: clock) {
            let engine = $0.value
            var outcome: InvocationOutcome?
            let waiter = engine.waiter { outcome = try? $0.get() }
            engine.perform {
                // What a day is, in milliseconds of the handler's own clock.
                _ = try? $0.submit(
                    InvocationRequest("Tour/sleep", "86400000"), waiter: waiter, at: $1)
            }
            while outcome == nil {
                try await Task.sleep(for: .milliseconds(1))
                if let next = engine.runtime.nextDeadline { clock.move(to: next) }
                engine.advance()
            }
            return outcome?.text
        }
        #expect(answer == #""slept""#)
        #expect(clock.now >= 1_800_000_000_000)
    }

    @Test(arguments: [UInt64(3), 4, 5])
    func `bookings survive lost connections`(seed: UInt64) async throws {
        var settings = NexusSettings()
        settings.chargeTime = .zero
        settings.mailTime = .zero
        let office = BoxOffice(settings)
        let mode = Mode("lost") {
            $0.cutProbability = 0.05
            $0.seed = seed
            $0.chunkSize = 50
        }
        let (answers, sold) = try await withEngine(mode, serving: office.endpoint) {
            let engine = $0.value
            var answers: [String] = []
            for seat in 1...5 {
                let order = #"{"ticketId":"seat-\#(seat)","userId":"alice"}"#
                answers.append(try await engine.ask("Checkout/process", order))
            }
            let map = engine.runtime.state(of: StateOwner(service: "SeatMap", key: "global"))
            let text = String(decoding: map.first?.value ?? [], as: UTF8.self)
            return (answers, text)
        }
        #expect(answers == Array(repeating: #""Booking Confirmed""#, count: 5))
        #expect(sold.split(separator: "SOLD").count == 6)
    }

    @Test func `nothing listens, and whoever registers is told`() async throws {
        let error = try await withEngine(Mode("link"), serving: Endpoint(Tour()).quiet) {
            let engine = $0.value
            let place = try #require(DeploymentEndpoint(uri: "http://127.0.0.1:1"))
            do throws(RegistrationError) {
                _ = try await engine.register(place)
                return RegistrationError?.none
            } catch {
                return error
            }
        }
        #expect(error?.status == 500)
        #expect(
            error?.message
                == "[META0003] [META0003] error when calling 'http://127.0.0.1:1/': h2 pool "
                + "connection error: Connection refused (os error 111)")
    }

    @Test func `an endpoint that goes away is tried again until it is back`() async throws {
        let endpoint = Endpoint(Tour()).quiet
        let first = try endpoint.start(host: "127.0.0.1", port: 0, loops: 1)
        let port = first.port
        let answer = try await withEngine(Mode("link"), serving: Endpoint(TourObject()).quiet) {
            let engine = $0.value
            let place = try #require(DeploymentEndpoint(uri: "http://127.0.0.1:\(port)/"))
            _ = try await engine.register(place)
            await first.shutdown(grace: .zero)
            var outcome: InvocationOutcome?
            let waiter = engine.waiter { outcome = try? $0.get() }
            engine.perform {
                _ = try? $0.submit(InvocationRequest("Tour/echo", "1"), waiter: waiter, at: $1)
            }
            while !engine.runtime.snapshots().contains(where: { $0.attempts.lastFailure != nil }) {
                try await Task.sleep(for: .milliseconds(2))
            }
            let second = try endpoint.start(host: "127.0.0.1", port: port, loops: 1)
            while outcome == nil { try await Task.sleep(for: .milliseconds(2)) }
            await second.shutdown(grace: .seconds(1))
            return outcome?.text
        }
        #expect(answer == "1")
    }

    @Test(arguments: ["http://host:1/a/b", "http://[::1]:9080", "http://h", "http://h/p?q=1"])
    func `a place is read from its address`(uri: String) throws {
        let place = try #require(DeploymentEndpoint(uri: uri))
        let paths = [
            "http://host:1/a/b": "/a/b/discover", "http://[::1]:9080": "/discover",
            "http://h": "/discover", "http://h/p?q=1": "/p/discover?q=1",
        ]
        #expect(place.path("/discover") == paths[uri])
    }

    @Test(arguments: [
        "", "h", "https://h", "http://", "http://a b", "http://h:x", "http://a,b:1", "http://[z]:1",
    ])
    func `what is no address is refused`(uri: String) {
        #expect(DeploymentEndpoint(uri: uri) == nil)
    }

    @Test func `an attempt tells the endpoint who calls it`() async throws {
        var settings = LocalSettings()
        settings.clusterName = "ours"
        var runtime = LocalRuntime(settings: settings, seed: 1)
        let manifest = try EndpointLink(Endpoint(Tour()).quiet).manifest()
        let place = DeploymentEndpoint(inProcess: "tests")
        let found = Discovered(manifest: try Engine.manifest(manifest), sdkVersion: nil)
        _ = try runtime.register(found, at: place, RegistrationOptions(), at: 1)
        _ = try runtime.submit(InvocationRequest("Tour/echo", "1"), at: 1)
        let requests = runtime.takeEffects().compactMap {
            if case .start(let request) = $0 { request } else { nil }
        }
        let request = try #require(requests.first)
        #expect(AttemptHeaders.fields(of: request)["x-restate-cluster-name"] == "ours")
    }

    @Test func `keys travel percent-encoded`() {
        #expect(AttemptHeaders.percentEncoded("a b/ü-._~") == "a%20b%2F%C3%BC-._~")
    }
}
