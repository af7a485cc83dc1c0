internal import Commands
internal import RestateRuntime

/// The command line of `restate-local replay`.
struct ReplayOptions {
    private(set) var paths: [String] = []
    private(set) var endpoint: DeploymentEndpoint?
    private(set) var server: DeploymentEndpoint?
    private(set) var condition: String?
    private(set) var limit = 1000
    private(set) var token: String?
    private(set) var folder: String?
    private(set) var identityKeyFile: String?
    private(set) var executesRuns = false
    private(set) var wantsHelp = false

    static let help =
        """
        usage: restate-local replay [FILE|FOLDER …] --endpoint URL [flags]

        Runs the program of today against journals that an earlier version has written, and names the first
        difference of each, with the lines of the code. The journals are files that an endpoint has recorded
        (Endpoint.recordJournals) or that --save has kept, or they are asked of a server. Only handlers are
        run: a run has its result from the journal, and calls are compared and not made.

          --endpoint URL      the program: an endpoint that listens; it need not be registered
          --server URL        the admin API of a server whose journals are replayed, such as
                              http://localhost:9070
          --where SQL         which of its invocations: a condition on the table sys_invocation, such as
                              "target_service_name = 'Checkout'" (those that have not ended)
          --limit N           how many of them at most, the newest (1000)
          --token T           the bearer token of the admin API
          --save DIR          keeps the server's journals as files in this folder
          --identity-key-file F   signs requests, for an endpoint that asks for it
          --http1             asks the endpoint over HTTP/1.1
          --execute-runs      for endpoints of other SDKs, which cannot be told to execute nothing: runs whose
                              results the journals lack are executed

        An invocation counts once: of several attempts the longest journal is replayed.

        The exit status is 0 if all journals are replayed, or without --where none is under way; 1 if one
        differs or cannot be read; 2 for a mistake in these words; and 3 if no invocation matches --where.
        """

    private static let flags = [
        "--endpoint", "--server", "--where", "--limit", "--token", "--save", "--identity-key-file",
    ]

    init(_ words: some Sequence<String>) throws(UsageError) {
        let arguments = try Arguments(
            words, flags: Self.flags, switches: ["--http1", "--execute-runs"], operandLimit: 10_000)
        wantsHelp = arguments.wantsHelp
        guard !wantsHelp else { return }
        paths = arguments.operands
        endpoint = try Self.address("--endpoint", arguments)
        endpoint?.usesHTTP11 = arguments.isOn("--http1")
        server = try Self.address("--server", arguments)
        // Admin APIs speak both; this one is spoken by everything that may stand before them.
        server?.usesHTTP11 = true
        condition = arguments.text("--where")
        limit = try arguments.number("--limit", in: 1...1_000_000) ?? limit
        token = arguments.text("--token")
        folder = arguments.text("--save")
        identityKeyFile = arguments.text("--identity-key-file")
        executesRuns = arguments.isOn("--execute-runs")
        guard endpoint != nil || server != nil && folder != nil else {
            throw UsageError("--endpoint says where the program of today listens.")
        }
        if server == nil {
            for flag in ["--where", "--limit", "--token", "--save"]
            where arguments.text(flag) != nil {
                throw UsageError("\(flag) is about the journals of a server, and needs --server.")
            }
        }
        guard !paths.isEmpty || server != nil else {
            throw UsageError("A file, a folder or --server says which journals are replayed.")
        }
    }

    private static func address(
        _ flag: String, _ arguments: Arguments
    ) throws(UsageError) -> DeploymentEndpoint? {
        guard let text = arguments.text(flag) else { return nil }
        do throws(AddressError) {
            let endpoint = try DeploymentEndpoint(address: text)
            guard endpoint.hasPort else { throw .noAddress }
            return endpoint
        } catch {
            guard error == .secure else {
                throw UsageError(
                    "\(flag) must be an address like http://localhost:9080, not '\(text)'.")
            }
            throw UsageError(
                "\(flag) is '\(text)', and this program speaks no TLS. Name the address behind what ends "
                    + "TLS, or one end of a tunnel, such as http://localhost:9080 after "
                    + "'ssh -L 9080:localhost:9080 HOST'.")
        }
    }
}
