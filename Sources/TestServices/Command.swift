#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif
import Commands
import Nexus
import Restate

/// Serves what the recorded journals and the measurements need.
@main
struct Command {
    static func main() async {
        let arguments: Arguments
        do {
            arguments = try Arguments(
                CommandLine.arguments.dropFirst(), port: variable("PORT"))
        } catch {
            complain(error.description)
            exit(2)
        }
        switch arguments.task {
        case .help:
            print(Arguments.usage)
        case .measureMachine:
            MachineMeasurement.run()
        case .serve:
            do {
                try await serve(arguments)
            } catch let mistake as Arguments.Mistake {
                complain(mistake.description)
                exit(2)
            } catch {
                complain("\(error)")
                exit(1)
            }
        }
    }

    private static func serve(_ arguments: Arguments) async throws {
        let nexus = BoxOffice()
        let measured: [any RestateService] = [
            Tour(), TourObject(), TourFlow(), Greeter(), Replay(),
        ]
        let services = try selected(
            variable("SERVICES"), of: contractServices + measured + nexus.services)
        var endpoint = nexus.addingRoutes(to: Endpoint(services))
        let keys = variable("E2E_REQUEST_SIGNING").flatMap { $0.isEmpty ? nil : $0 }
        if let keys { endpoint = endpoint.requestIdentity(keys: IdentityKeys.split(keys)) }
        let running = try endpoint.start(
            host: arguments.host, port: arguments.port, loops: arguments.loops)
        print("Listening on port \(running.port)")
        if keys == nil { print(IdentityKeys.warning) }
        fflush(nil)  // Into a pipe, too, before the first request comes.
        await running.untilTerminated()
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    private static func complain(_ sentence: String) {
        let line = Array("test-services: \(sentence)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }
}
