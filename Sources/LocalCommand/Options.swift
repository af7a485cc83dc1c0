internal import Commands
internal import RestateHTTP
internal import RestateLocal
internal import RestateRuntime

/// The settings from the command line and the environment. Flags take precedence.
struct Options {
    private(set) var settings = LocalServerSettings()
    private(set) var endpoints: [String] = []
    private(set) var grace = Duration.seconds(1)
    /// Warnings about variables that have no effect here.
    private(set) var notes: [String] = []
    private(set) var wantsHelp = false

    static let help =
        """
        usage: restate-local [flags]
               restate-local replay --help    (recorded journals against a program of today)

        A Restate server's side in one process, for development and tests: ingress, admin API, journals,
        timers and retries, for endpoints in any language. Production runs a Restate server.

          --ingress-port P    where clients call services, 0 for any free port (8080)
          --admin-port P      the admin API, for the restate CLI (9070)
          --host H            name or address to listen on (127.0.0.1: this machine only; 0.0.0.0 or ::
                              accepts connections from other machines)
          --allow-host N      a name by which the admin API is reached, besides localhost, IP addresses
                              and the name of this machine, or a site whose pages may use it; may be
                              repeated
          --ui DIR            the files of a Restate server's web UI, served at /ui/ of the admin port
          --register URL      an endpoint to register, tried for a minute until it answers; may be
                              repeated
          --data DIR          keeps everything in this folder and continues from it after a restart;
                              without it everything is in memory
          --result-cache N    bytes of completed invocations that stay in memory besides the folder
                              (4194304); needs --data
          --attempts N        attempts at the same time; further ones wait, and attempts that only wait
                              for a result are suspended to let them run (24000)
          --log L             trouble: retries and pauses; all: every step of an invocation (trouble)

        Limits of SQL queries:

          --query-answer N    bytes of an answer (67108864)
          --query-memory N    bytes that a query uses for intermediate results (536870912)
          --query-time S      seconds that a query may run (20)
          --query-threads N   queries that run at once (2)

        To test how an endpoint behaves under unusual conditions:

          --always-suspend    ends each request after the journal, so that every wait suspends
          --lazy-state        sends no state with an attempt
          --protocol N        the highest version of the protocol: 5, 6 or 7 (6)
          --http1             uses HTTP/1.1 for all endpoints
          --request-response  treats all endpoints as if they could not stream
          --chunk N           sends requests in pieces of N bytes
          --cut P             cuts the connection at each event with this probability, 0 to 1

        """ + ServerVariables.help + "\n\n" + Bound.localHelp

    private static let flags = [
        "--ingress-port", "--admin-port", "--host", "--allow-host", "--ui", "--register", "--data",
        "--log", "--protocol", "--chunk", "--cut", "--attempts", "--query-answer", "--query-memory",
        "--query-time", "--query-threads", "--result-cache",
    ]
    private static let switches = [
        "--always-suspend", "--lazy-state", "--http1", "--request-response",
    ]

    init(_ words: some Sequence<String>, _ environment: [String: String]) throws(UsageError) {
        let arguments = try Arguments(
            words, flags: Self.flags, repeatable: ["--register", "--allow-host"],
            switches: Self.switches)
        wantsHelp = arguments.wantsHelp
        guard !wantsHelp else { return }
        settings.log = { Console.say($0) }

        let variables = try ServerVariables(environment, settings)
        settings = variables.settings
        notes = variables.notes
        if let time = variables.shutdownTimeout { grace = time }
        try listen(arguments)
        try behave(arguments)
        endpoints = arguments.texts("--register")
        for endpoint in endpoints where DeploymentEndpoint(uri: endpoint)?.hasPort != true {
            throw UsageError(
                "--register must be an address like http://localhost:9080, not '\(endpoint)'.")
        }
    }

    private mutating func listen(_ arguments: Arguments) throws(UsageError) {
        if let host = try arguments.host("--host") { settings.host = host }
        settings.allowedHosts = try arguments.hosts("--allow-host")
        settings.uiDirectory = arguments.text("--ui")
        if let port = try arguments.number("--ingress-port", in: 0...65535) {
            settings.ingressPort = port
        }
        if let port = try arguments.number("--admin-port", in: 0...65535) {
            settings.adminPort = port
        }
        if let count = try arguments.number("--attempts", in: 1...1_000_000) {
            settings.runtime.concurrentAttempts = count
        }
        let log = try arguments.choice("--log", of: ["trouble", "all"])
        settings.detail = log == "all" ? .everything : .trouble
        if let path = arguments.text("--data") { settings.dataDirectory = path }
        if let size = try arguments.number("--result-cache", in: 0...1 << 40) {
            guard settings.dataDirectory != nil else {
                throw UsageError(
                    "--result-cache needs --data: without a folder, all completed invocations are in "
                        + "memory.")
            }
            settings.runtime.storedResultBytes = size
        }
        try limitQueries(arguments)
    }

    private mutating func limitQueries(_ arguments: Arguments) throws(UsageError) {
        if let size = try arguments.number("--query-answer", in: 1...1 << 40) {
            settings.queries.answer = size
        }
        if let size = try arguments.number("--query-memory", in: 1...1 << 40) {
            settings.queries.memory = size
        }
        if let seconds = try arguments.number("--query-time", in: 1...86_400) {
            settings.queries.time = .seconds(seconds)
        }
        if let count = try arguments.number("--query-threads", in: 1...1000) {
            settings.queries.threads = count
        }
    }

    private mutating func behave(_ arguments: Arguments) throws(UsageError) {
        if arguments.isOn("--always-suspend") { settings.runtime.alwaysSuspend = true }
        if arguments.isOn("--lazy-state") { settings.runtime.lazyState = true }
        if let version = try arguments.number("--protocol", in: 5...7) {
            settings.runtime.protocolCap = version
        }
        if arguments.isOn("--http1") { settings.delivery.alwaysHTTP11 = true }
        if arguments.isOn("--request-response") { settings.delivery.alwaysRequestResponse = true }
        if let size = try arguments.number("--chunk", in: 1...1_000_000_000) {
            settings.delivery.chunkSize = size
        }
        if let text = arguments.text("--cut") {
            guard let share = Double(text), (0...1).contains(share) else {
                throw UsageError("--cut must be a probability from 0 to 1, not '\(text)'.")
            }
            settings.delivery.cutProbability = share
        }
    }
}
