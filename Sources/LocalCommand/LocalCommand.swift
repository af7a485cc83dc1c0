internal import Commands
internal import RestateHTTP
internal import RestateLocal

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The program `restate-local`: the local runtime as a process of its own, for endpoints in any
/// language.
@main
enum LocalCommand {
    static func main() async {
        await Console.run("restate-local") {
            let words = CommandLine.arguments.dropFirst()
            if words.first == "replay" {
                return try await Console.command("restate-local replay") {
                    try await ReplayCommand.run(words.dropFirst())
                }
            }
            let options = try Options(words, ProcessInfo.processInfo.environment)
            if options.wantsHelp { return Console.say(Options.help) }
            for note in options.notes { Console.complain("restate-local: \(note)") }
            try await run(options)
        }
    }

    private static func run(_ options: Options) async throws {
        var settings = options.settings
        // An orderly shutdown would save nothing more: everything that was confirmed is in the
        // folder.
        settings.storageFailed = { Console.fail("restate-local", $0) }
        let server: RunningLocalServer
        do {
            server = try await LocalServer(settings).start()
        } catch let error as LocalServerError where error.code == .portInUse {
            throw Failure(
                description: "\(error); choose other ports with --ingress-port and --admin-port, "
                    + "0 for any free one")
        }
        Console.say(
            """
            The local runtime is ready.
              ingress  \(server.ingressURL)
              admin    \(server.adminURL)
            """)
        do {
            try await untilTerminated(server, registering: options.endpoints)
        } catch {
            await server.shutdown()
            throw error
        }
        await server.shutdown(grace: options.grace)
    }

    /// Registers the endpoints while it waits for a signal to end the program. They may start later
    /// than this program, and a signal must not wait for them.
    private static func untilTerminated(
        _ server: RunningLocalServer, registering endpoints: [String]
    ) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                await HTTPServer.untilTerminated()
                return true
            }
            group.addTask {
                for endpoint in endpoints { try await register(endpoint, with: server) }
                return false
            }
            while try await group.next() == false {}
            group.cancelAll()
        }
    }

    /// How long an endpoint that cannot be reached is tried.
    private static let patience = Duration.seconds(60)
    private static let pause = Duration.milliseconds(250)

    private static func register(_ url: String, with server: RunningLocalServer) async throws {
        let limit = ContinuousClock.now + patience
        while true {
            do {
                try await server.register(url)
                return Console.say("Registered \(url)")
            } catch let error as LocalServerError {
                guard error.code == .endpointUnreachable, ContinuousClock.now < limit else {
                    throw Failure(description: "\(url) is not registered: \(error)")
                }
                try await Task.sleep(for: pause)
            }
        }
    }
}

private struct Failure: Error, CustomStringConvertible {
    let description: String
}
