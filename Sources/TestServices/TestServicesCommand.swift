import Commands
import Nexus
import Restate

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Serves what the recorded journals, the conformance suite and the measurements need.
@main
struct TestServicesCommand {
    static let help = """
        usage: test-services [flags]

        Serves the services that the recorded journals, the conformance suite and the measurements need.

          --host H           name or address to listen on (all interfaces)
          --port P           port, 0 for any free one ($PORT, else 9080)
          --loops N          event loops, one thread each (one per core)
          --streaming        attempts stream over HTTP/1.1 too
          --elsewhere        no attempt runs on its connection's loop
          --observe          every attempt is logged, traced and counted: lines on standard error,
                             spans that nobody takes, numbers at /metrics
          --hold-charges IDS payments of these bookings, with commas, are not charged for an hour
          --codec NAME       what goes into journals and state is encoded:
                             \(NamedCodecs.all.map(\.name).joined(separator: ", "))
          --endpoint NAME    serve an endpoint of its own, whose manifest was recorded, and nothing else:
                             \(NamedEndpoints.all.map(\.name).joined(separator: ", "))

        $SERVICES names the services to serve, separated by commas; unset or '*': all.
        With public keys in $E2E_REQUEST_SIGNING, separated by commas, only servers that sign their
        requests with one of them are served.


        """ + Endpoint.bounds

    static func main() async {
        await Console.run("test-services") {
            let arguments = try Arguments(
                CommandLine.arguments.dropFirst(),
                flags: ["--host", "--port", "--loops", "--hold-charges", "--codec", "--endpoint"],
                switches: ["--elsewhere", "--observe", "--streaming"])
            if arguments.wantsHelp { return Console.say(help) }
            try await serve(arguments)
        }
    }

    private static func serve(_ arguments: Arguments) async throws {
        let environment = ProcessInfo.processInfo.environment.filter { !$0.value.isEmpty }
        var endpoint = try endpoint(arguments, environment["SERVICES"])
        let keys = environment["E2E_REQUEST_SIGNING"]
        if let keys { endpoint = endpoint.requestIdentity(keys: IdentityKeys.split(keys)) }

        if let name = arguments.text("--codec") {
            guard let found = NamedCodecs.all.first(where: { $0.name == name }) else {
                throw UsageError(
                    "--codec names '\(name)', which is none of "
                        + NamedCodecs.all.map(\.name).joined(separator: ", ") + ".")
            }
            endpoint = endpoint.journalCodec(found.codec)
        }
        if arguments.isOn("--streaming") { endpoint = endpoint.streaming(true) }
        if arguments.isOn("--elsewhere") { endpoint.placing = .elsewhere }
        if arguments.isOn("--observe") {
            endpoint = endpoint.logger(StandardErrorLogger(), level: .trace).metrics()
                .hooks(TracingHooks(exporter: OTLPLines(service: "test-services") { _ in }))
        } else if environment["RESTATE_LOGGING"] == nil {
            // Most of what fails here is meant to.
            endpoint = endpoint.logger(StandardErrorLogger(), level: .error)
        }

        let ports = 0...65535
        let variable = environment["PORT"].map { Variable(name: "$PORT", text: $0) }
        let running = try endpoint.start(
            host: try arguments.host("--host"),
            port: try arguments.number("--port", in: ports) ?? variable?.number(in: ports) ?? 9080,
            loops: try arguments.number("--loops", in: 1...1024))
        Console.say("Listening on port \(running.port)")
        if keys == nil { Console.say(IdentityKeys.warning) }
        await running.untilTerminated()
    }

    private static func endpoint(_ arguments: Arguments, _ names: String?) throws -> Endpoint {
        if let name = arguments.text("--endpoint") {
            return try NamedEndpoints.endpoint(named: name)
        }
        let nexus = boxOffice(holding: arguments.text("--hold-charges"))
        let measured: [any RestateService] = [
            Tour(), TourObject(), TourFlow(), Greeter(), Replay(), Computer(),
        ]
        let services = try selected(
            names,
            of: contractServices + measured + tour2Services + nexus.services)
        return nexus.addingRoutes(to: Endpoint(services))
    }

    private static func boxOffice(holding keys: String?) -> BoxOffice {
        guard let keys else { return BoxOffice() }
        var settings = NexusSettings()
        settings.chargeTimeLimit = HeldCharges.time
        let held = Set(keys.split(separator: ",").map(String.init))
        return BoxOffice(settings, gateway: HeldCharges(keys: held))
    }
}
