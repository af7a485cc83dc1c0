internal import Commands
internal import Restate
internal import RestateLocal

/// `patterns runtime`: the local runtime alone, so that it can be killed.
struct RuntimeAlone {
    private static let flags = [ChildProcess.flag] + RuntimeFlags.flags

    private let settings: LocalServerSettings
    private let isChild: Bool
    private let wantsHelp: Bool

    init(_ words: some Sequence<String>) throws {
        let arguments = try Arguments(
            words, flags: RuntimeFlags.flags.map(\.name), switches: [ChildProcess.flag.name])
        wantsHelp = arguments.wantsHelp
        isChild = arguments.isOn(ChildProcess.flag.name)
        settings = try RuntimeFlags.settings(arguments)
    }

    func run() async throws {
        if wantsHelp { return Console.tell("runtime", Self.flags) }
        if isChild { ChildProcess.endWithInput() }
        let server = try await Ports.opening("--ingress-port and --admin-port") {
            try await LocalServer(settings).start()
        }
        if !isChild {
            Console.say("  ingress   \(server.ingressURL)\n  admin     \(server.adminURL)")
        }
        await server.untilTerminated()
    }
}

/// The flags of the local runtime.
enum RuntimeFlags {
    static let flags = [
        Flag("--ingress-port", "P", "where clients call", standard: "8080"),
        Flag("--admin-port", "P", "the admin API", standard: "9070"),
        Flag("--data", "DIR", "keeps everything of the runtime in this folder"),
    ]

    static func settings(_ arguments: Arguments) throws(UsageError) -> LocalServerSettings {
        let ports = 0...65535
        var runtime = LocalServerSettings()
        runtime.ingressPort = try arguments.number("--ingress-port", in: ports) ?? 8080
        runtime.adminPort = try arguments.number("--admin-port", in: ports) ?? 9070
        runtime.dataDirectory = arguments.text("--data")
        runtime.storageFailed = { Console.fail("patterns", $0) }
        runtime.log = { Console.say($0) }
        runtime.detail = .trouble
        // Whoever watches does not want to wait long for what was killed.
        runtime.retries = InvocationRetryPolicy(
            initialInterval: .milliseconds(100), maxInterval: .seconds(1), factor: 2)
        return runtime
    }
}
