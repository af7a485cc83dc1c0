internal import Commands
internal import RestateLocal
internal import RestateRuntime

/// Reads the environment variables of a Restate server that have a meaning here, so that a script
/// that starts a server for tests can start this program instead.
struct ServerVariables {
    private(set) var settings: LocalServerSettings
    private(set) var notes: [String] = []
    private(set) var shutdownTimeout: Duration?
    private var hosts: Set<String> = []

    static let help =
        """

        A server's environment variables have the same meaning here; flags take precedence:

          RESTATE_INGRESS__BIND_ADDRESS, RESTATE_ADMIN__BIND_ADDRESS   host:port, of the same host
          RESTATE_INGRESS__BIND_PORT, RESTATE_ADMIN__BIND_PORT, RESTATE_BIND_IP
          RESTATE_BASE_DIR                                             the folder of --data
          RESTATE_CLUSTER_NAME                                         what endpoints are told
          RESTATE_WORKER__INVOKER__INACTIVITY_TIMEOUT, …__ABORT_TIMEOUT
          RESTATE_WORKER__INVOKER__EAGER_STATE_SIZE_LIMIT, …__DISABLE_EAGER_STATE
          RESTATE_WORKER__INVOKER__MESSAGE_SIZE_LIMIT
          RESTATE_WORKER__INVOKER__CONCURRENT_INVOCATIONS_LIMIT        the same as --attempts
          RESTATE_WORKER__INVOKER__PER_INVOCATION_MEMORY_LIMIT         of an entry, or of an object's
                                                                       state; more pauses (32MiB)
          RESTATE_DEFAULT_RETRY_POLICY__INITIAL_INTERVAL, …__MAX_INTERVAL,
            …__EXPONENTIATION_FACTOR, …__MAX_ATTEMPTS, …__ON_MAX_ATTEMPTS
          RESTATE_DEFAULT_JOURNAL_RETENTION, RESTATE_SHUTDOWN_TIMEOUT
          RESTATE_WORKER__INVOKER__REQUEST_IDENTITY_PRIVATE_KEY_PEM_FILE, and its older name
            RESTATE_REQUEST_IDENTITY_PRIVATE_KEY_PEM_FILE              the key that signs requests
          RESTATE_EXPERIMENTAL_ENABLE_PROTOCOL_V7

        Variables that configure a server's internals (partitions, threads, timers in memory, nodes,
        caches) are accepted and have no effect. Scopes and rules (vqueues) are not supported.
        """

    init(
        _ environment: [String: String], _ settings: LocalServerSettings
    ) throws(UsageError) {
        self.settings = settings
        for (name, text) in environment.sorted(by: { $0.key < $1.key })
        where name.hasPrefix("RESTATE_") && !text.isEmpty {
            try take(Variable(name: name, text: text))
        }
        guard hosts.count <= 1 else {
            throw UsageError(
                "RESTATE_INGRESS__BIND_ADDRESS and RESTATE_ADMIN__BIND_ADDRESS must name the same "
                    + "host here.")
        }
        // The address of a port is more specific than `RESTATE_BIND_IP`, so it takes precedence.
        if let host = hosts.first { self.settings.host = host }
    }

    private mutating func take(_ variable: Variable) throws(UsageError) {
        let path = variable.name.dropFirst("RESTATE_".count)
        if Self.ofTheInside.contains(where: path.hasPrefix) || Self.ofTheCLI.contains(path) {
            return
        }
        switch path {
        case "INGRESS__BIND_ADDRESS": settings.ingressPort = try address(variable)
        case "ADMIN__BIND_ADDRESS": settings.adminPort = try address(variable)
        case "INGRESS__BIND_PORT": settings.ingressPort = try variable.number(in: 0...65535)
        case "ADMIN__BIND_PORT": settings.adminPort = try variable.number(in: 0...65535)
        case "BIND_IP": settings.host = try variable.host()
        case "BASE_DIR": settings.dataDirectory = variable.text
        case "REQUEST_IDENTITY_PRIVATE_KEY_PEM_FILE": settings.identityKeyFile = variable.text
        case "CLUSTER_NAME": settings.runtime.clusterName = variable.text
        case "SHUTDOWN_TIMEOUT": shutdownTimeout = .milliseconds(try variable.duration())
        case "DEFAULT_JOURNAL_RETENTION":
            settings.runtime.journalRetention = try variable.duration()
        case "EXPERIMENTAL_ENABLE_PROTOCOL_V7":
            settings.runtime.protocolCap = try variable.isTrue() ? 7 : 6
        case "EXPERIMENTAL_ENABLE_VQUEUES":
            if try variable.isTrue() {
                throw UsageError(
                    "\(variable.name) is on, but there are no vqueues, scopes and rules in the local "
                        + "runtime.")
            }
        default:
            let worker = path.hasPrefix("WORKER__INVOKER__")
            let retry = path.hasPrefix("DEFAULT_RETRY_POLICY__")
            let isKnown =
                if worker {
                    try invoker(variable, path.dropFirst("WORKER__INVOKER__".count))
                } else if retry {
                    try retryPolicy(variable, path.dropFirst("DEFAULT_RETRY_POLICY__".count))
                } else {
                    false
                }
            if isKnown { return }
            // Starting without a protection that the user asked for would be worse than not
            // starting.
            guard !Self.isAboutTrust(path) else {
                throw UsageError(
                    "\(variable.name) is not supported, and ignoring it could leave requests unprotected. "
                        + "Unset it, or use one of the names that --help lists.")
            }
            notes.append("\(variable.name) is not supported and is ignored.")
        }
    }

    private static func isAboutTrust(_ path: Substring) -> Bool {
        let words = path.split(separator: "_")
        return words.contains { ["KEY", "KEYS", "IDENTITY", "PEM"].contains($0) }
    }

    private mutating func invoker(
        _ variable: Variable, _ name: Substring
    ) throws(UsageError) -> Bool {
        switch name {
        case "INACTIVITY_TIMEOUT": settings.runtime.inactivityTimeout = try variable.duration()
        case "ABORT_TIMEOUT": settings.runtime.abortTimeout = try variable.duration()
        case "DISABLE_EAGER_STATE": settings.runtime.lazyState = try variable.isTrue()
        case "EAGER_STATE_SIZE_LIMIT":
            let limit = try variable.size()
            settings.runtime.eagerStateLimit = limit
            if limit == 0 { settings.runtime.lazyState = true }
        case "MESSAGE_SIZE_LIMIT": settings.runtime.messageLimit = try variable.size()
        case "PER_INVOCATION_MEMORY_LIMIT":
            settings.runtime.invocationMemory = try variable.size()
        case "REQUEST_IDENTITY_PRIVATE_KEY_PEM_FILE": settings.identityKeyFile = variable.text
        case "CONCURRENT_INVOCATIONS_LIMIT":
            settings.runtime.concurrentAttempts = try variable.number(in: 1...1_000_000)
        default: return false
        }
        return true
    }

    private mutating func retryPolicy(
        _ variable: Variable, _ name: Substring
    ) throws(UsageError) -> Bool {
        switch name {
        case "INITIAL_INTERVAL":
            settings.runtime.retryPolicy.initialInterval = try variable.duration()
        case "MAX_INTERVAL": settings.runtime.retryPolicy.maxInterval = try variable.duration()
        case "EXPONENTIATION_FACTOR": settings.runtime.retryPolicy.factor = try variable.factor()
        case "MAX_ATTEMPTS":
            let isUnlimited = variable.text == "unlimited"
            settings.runtime.retryPolicy.maxAttempts =
                isUnlimited ? nil : try variable.number(in: 1...1_000_000_000)
        case "ON_MAX_ATTEMPTS":
            switch variable.text.lowercased() {
            case "pause": settings.runtime.retryPolicy.onMaxAttempts = .pause
            case "kill": settings.runtime.retryPolicy.onMaxAttempts = .kill
            default: throw variable.mistake("pause or kill")
            }
        default: return false
        }
        return true
    }

    /// Returns the port and remembers the host, because all ports must have the same one.
    private mutating func address(_ variable: Variable) throws(UsageError) -> Int {
        let (host, port) = try variable.address()
        hosts.insert(host)
        return port
    }

    /// The prefixes of variables that configure a server's internals, such as partitions, storage
    /// and clusters. They have no effect here.
    private static let ofTheInside = [
        "ADVERTISED_", "AUTO_PROVISION", "BIFROST__", "BIND_ADDRESS", "BIND_PORT", "COMMON__",
        "CONFIG", "DEFAULT_NUM_PARTITIONS", "DEFAULT_REPLICATION", "DEFAULT_THREAD_POOL_SIZE",
        "DISABLE_", "FORCE_NODE_ID", "GOSSIP_", "LISTEN_MODE", "LOCATION", "LOG_", "LOG_SERVER__",
        "METADATA_", "NETWORKING__", "NODE_NAME", "ROCKSDB_", "ROLES", "STORAGE_",
        "TOKIO_", "TRACING_", "USE_RANDOM_PORTS", "WORKER__CLEANUP_INTERVAL",
        "WORKER__INTERNAL_QUEUE_LENGTH", "WORKER__INVOKER__IN_MEMORY_QUEUE_LENGTH_LIMIT",
        "WORKER__INVOKER__MEMORY_LIMIT", "WORKER__INVOKER__NO_PROXY",
        "WORKER__NUM_TIMERS_IN_MEMORY_LIMIT", "WORKER__RULE_BOOK_POLL_INTERVAL",
        "WORKER__SNAPSHOTS__", "WORKER__STORAGE__",
    ]

    /// The variables of the command line tools and clients, which share the environment.
    private static let ofTheCLI: Set<Substring> = [
        "ADMIN_URL", "INGRESS_URL", "HOST", "HOST_SCHEME", "HOST_PORT", "AUTH_TOKEN", "ENVIRONMENT",
        "CLI_CONFIG_HOME", "CLI_CONFIG_FILE", "CLOUD_URL",
    ]
}
