import RestateRuntime
import Testing

@testable import LocalCommand
@testable import RestateLocal

/// What flags and a server's variables set.
struct OptionsTests {
    private func options(
        _ words: [String] = [], _ environment: [String: String] = [:]
    ) throws -> Options {
        try Options(words, environment)
    }

    @Test func `what a query may take can be set, and has defaults`() throws {
        let usual = try options().settings.queries
        #expect(usual.answer == 64 << 20)
        #expect(usual.time == .seconds(20))
        let queries = try options([
            "--query-answer", "1000", "--query-memory", "2000", "--query-time", "3",
            "--query-threads",
            "4",
        ]).settings.queries
        #expect(queries.answer == 1000)
        #expect(queries.memory == 2000)
        #expect(queries.time == .seconds(3))
        #expect(queries.threads == 4)
        #expect(throws: (any Error).self) { try options(["--query-time", "0"]) }
    }

    @Test func `without anything it is a server on the usual ports`() throws {
        let options = try options()
        #expect(options.settings.host == "127.0.0.1")
        #expect(options.settings.ingressPort == 8080)
        #expect(options.settings.adminPort == 9070)
        #expect(options.settings.runtime.protocolCap == 6)
        #expect(options.settings.delivery.chunkSize == nil)
        #expect(options.endpoints.isEmpty)
        #expect(options.notes.isEmpty)
    }

    @Test func `flags set where it listens and how it behaves`() throws {
        let options = try options([
            "--host", "::1", "--ingress-port", "0", "--admin-port=1", "--log", "all",
            "--always-suspend", "--lazy-state", "--protocol", "7", "--http1", "--request-response",
            "--chunk", "3", "--cut", "0.25", "--register", "http://a:1", "--register",
            "http://b:2/c", "--allow-host", "a", "--allow-host", "b.c", "--ui", "files",
        ])
        let settings = options.settings
        #expect(settings.host == "::1")
        #expect(settings.ingressPort == 0)
        #expect(settings.adminPort == 1)
        #expect(settings.allowedHosts == ["a", "b.c"])
        #expect(settings.uiDirectory == "files")
        #expect(settings.detail == .everything)
        #expect(settings.runtime.alwaysSuspend)
        #expect(settings.runtime.lazyState)
        #expect(settings.runtime.protocolCap == 7)
        #expect(settings.delivery.alwaysHTTP11)
        #expect(settings.delivery.alwaysRequestResponse)
        #expect(settings.delivery.chunkSize == 3)
        #expect(settings.delivery.cutProbability == 0.25)
        #expect(options.endpoints == ["http://a:1", "http://b:2/c"])
    }

    @Test func `an address to listen on may have brackets, and a star is all of them`() throws {
        #expect(try options(["--host", "[::1]"]).settings.host == "::1")
        #expect(try options(["--host", "*"]).settings.host == "*")
        #expect(try options([], ["RESTATE_BIND_IP": "[::]"]).settings.host == "::")
    }

    @Test func `a server's variables mean the same here`() throws {
        let options = try options(
            [],
            [
                "RESTATE_INGRESS__BIND_ADDRESS": "127.0.0.1:18080",
                "RESTATE_ADMIN__BIND_ADDRESS": "127.0.0.1:19070",
                "RESTATE_CLUSTER_NAME": "ours",
                "RESTATE_WORKER__INVOKER__INACTIVITY_TIMEOUT": "0s",
                "RESTATE_WORKER__INVOKER__ABORT_TIMEOUT": "PT2M",
                "RESTATE_WORKER__INVOKER__EAGER_STATE_SIZE_LIMIT": "64KiB",
                "RESTATE_WORKER__INVOKER__MESSAGE_SIZE_LIMIT": "1MB",
                "RESTATE_DEFAULT_RETRY_POLICY__INITIAL_INTERVAL": "1ms",
                "RESTATE_DEFAULT_RETRY_POLICY__MAX_INTERVAL": "10 sec",
                "RESTATE_DEFAULT_RETRY_POLICY__EXPONENTIATION_FACTOR": "1.5",
                "RESTATE_DEFAULT_RETRY_POLICY__MAX_ATTEMPTS": "1",
                "RESTATE_DEFAULT_RETRY_POLICY__ON_MAX_ATTEMPTS": "kill",
                "RESTATE_DEFAULT_JOURNAL_RETENTION": "1h",
                "RESTATE_EXPERIMENTAL_ENABLE_PROTOCOL_V7": "true",
                "RESTATE_EXPERIMENTAL_ENABLE_VQUEUES": "false",
                "RESTATE_SHUTDOWN_TIMEOUT": "3s",
            ])
        let runtime = options.settings.runtime
        #expect(options.settings.host == "127.0.0.1")
        #expect(options.settings.ingressPort == 18080)
        #expect(options.settings.adminPort == 19070)
        #expect(runtime.clusterName == "ours")
        #expect(runtime.inactivityTimeout == 0)
        #expect(runtime.abortTimeout == 120_000)
        #expect(runtime.eagerStateLimit == 65536)
        #expect(!runtime.lazyState)
        #expect(runtime.messageLimit == 1_000_000)
        #expect(runtime.retryPolicy.initialInterval == 1)
        #expect(runtime.retryPolicy.maxInterval == 10_000)
        #expect(runtime.retryPolicy.factor == 1.5)
        #expect(runtime.retryPolicy.maxAttempts == 1)
        #expect(runtime.retryPolicy.onMaxAttempts == .kill)
        #expect(runtime.journalRetention == 3_600_000)
        #expect(runtime.protocolCap == 7)
        #expect(options.grace == .seconds(3))
        #expect(options.notes.isEmpty)
    }

    @Test func `flags win over variables`() throws {
        let options = try options(
            ["--ingress-port", "1", "--host", "0.0.0.0", "--protocol", "5"],
            [
                "RESTATE_INGRESS__BIND_ADDRESS": "127.0.0.1:2",
                "RESTATE_EXPERIMENTAL_ENABLE_PROTOCOL_V7": "true",
            ])
        #expect(options.settings.ingressPort == 1)
        #expect(options.settings.host == "0.0.0.0")
        #expect(options.settings.runtime.protocolCap == 5)
    }

    @Test(arguments: ["RESTATE_WORKER__INVOKER__DISABLE_EAGER_STATE", "EAGER_STATE_SIZE_LIMIT"])
    func `state that is not sent along is switched off in two ways`(name: String) throws {
        let environment =
            name.hasPrefix("RESTATE_")
            ? [name: "true"] : ["RESTATE_WORKER__INVOKER__" + name: "0"]
        #expect(try options([], environment).settings.runtime.lazyState)
    }

    @Test func `attempts may be unlimited`() throws {
        let name = "RESTATE_DEFAULT_RETRY_POLICY__MAX_ATTEMPTS"
        #expect(try options().settings.runtime.retryPolicy.maxAttempts == 70)
        #expect(
            try options([], [name: "unlimited"]).settings.runtime.retryPolicy.maxAttempts == nil)
    }

    @Test(
        arguments: [
            "RESTATE_WORKER__INVOKER__REQUEST_IDENTITY_PRIVATE_KEY_PEM_FILE",
            "RESTATE_REQUEST_IDENTITY_PRIVATE_KEY_PEM_FILE",
        ])
    func `requests are signed under the variable's name of today and its older one`(name: String)
        throws
    {
        #expect(try options([], [name: "/key.pem"]).settings.identityKeyFile == "/key.pem")
    }

    @Test(
        arguments: [
            "RESTATE_INVOKER__REQUEST_IDENTITY_FILE", "RESTATE_WORKER__SIGNING_KEY",
            "RESTATE_WORKER__INVOKER__PRIVATE_KEY_PEM_FILES",
        ])
    func `an unknown variable about keys or identity stops the start`(name: String) {
        let error = #expect(throws: (any Error).self) { try options([], [name: "x"]) }
        #expect("\(error, default: "")".contains("\(name) is not supported"))
    }

    @Test func `places and memory can be set`() throws {
        #expect(try options().settings.runtime.concurrentAttempts == 24_000)
        #expect(try options(["--attempts", "5"]).settings.runtime.concurrentAttempts == 5)
        let variables = [
            "RESTATE_WORKER__INVOKER__CONCURRENT_INVOCATIONS_LIMIT": "7",
            "RESTATE_WORKER__INVOKER__PER_INVOCATION_MEMORY_LIMIT": "64MiB",
        ]
        let settings = try options([], variables).settings.runtime
        #expect(settings.concurrentAttempts == 7)
        #expect(settings.invocationMemory == 64 << 20)
    }

    @Test func `what shapes a server's insides is accepted, what is not known is told`() throws {
        let options = try options(
            [],
            [
                "RESTATE_DEFAULT_NUM_PARTITIONS": "4", "RESTATE_DEFAULT_THREAD_POOL_SIZE": "1",
                "RESTATE_WORKER__NUM_TIMERS_IN_MEMORY_LIMIT": "1", "RESTATE_NODE_NAME": "n",
                "RESTATE_BIND_ADDRESS": "127.0.0.1:5122", "RESTATE_AUTH_TOKEN": "t",
                "RESTATE_WORKER__CLEANUP_INTERVAL": "1s", "RESTATE_WORKER__INVOKER__SPEED": "9",
                "RESTATE_FLAVOUR": "vanilla", "PATH": "/bin", "RESTATE_CLUSTER_NAME": "",
            ])
        #expect(
            options.notes == [
                "RESTATE_FLAVOUR is not supported and is ignored.",
                "RESTATE_WORKER__INVOKER__SPEED is not supported and is ignored.",
            ])
        #expect(options.settings.runtime.clusterName == "localcluster")
    }

    @Test(arguments: [
        ("RESTATE_WORKER__INVOKER__INACTIVITY_TIMEOUT", "soon", "a time like"),
        ("RESTATE_WORKER__INVOKER__DISABLE_EAGER_STATE", "maybe", "true or false"),
        ("RESTATE_WORKER__INVOKER__EAGER_STATE_SIZE_LIMIT", "3 apples", "a size like"),
        ("RESTATE_WORKER__INVOKER__MESSAGE_SIZE_LIMIT", "9999999999GiB", "a size like"),
        ("RESTATE_DEFAULT_RETRY_POLICY__MAX_ATTEMPTS", "0", "a number from 1"),
        ("RESTATE_DEFAULT_RETRY_POLICY__ON_MAX_ATTEMPTS", "cry", "pause or kill"),
        ("RESTATE_DEFAULT_RETRY_POLICY__EXPONENTIATION_FACTOR", "nan", "a factor"),
        ("RESTATE_INGRESS__BIND_ADDRESS", "8080", "an address like"),
        ("RESTATE_INGRESS__BIND_ADDRESS", "::1:8080", "an address like"),
        ("RESTATE_ADMIN__BIND_ADDRESS", "localhost:70000", "an address like"),
        ("RESTATE_ADMIN__BIND_ADDRESS", "a/b:80", "an address like"),
        ("RESTATE_ADMIN__BIND_PORT", "x", "a number from 0 to 65535"),
        ("RESTATE_BIND_IP", "10.0.0.1:80", "a name or an address like localhost"),
    ])
    func `a malformed value is told by its variable`(
        name: String, text: String, expected: String
    ) {
        let error = #expect(throws: (any Error).self) { try options([], [name: text]) }
        let sentence = error.map { "\($0)" } ?? ""
        #expect(sentence.hasPrefix("\(name) must be \(expected)"))
        #expect(sentence.hasSuffix("not '\(text)'."))
    }

    @Test(arguments: [
        (["--protocol", "8"], "--protocol must be a number from 5 to 7, not '8'."),
        (["--cut", "1.5"], "--cut must be a probability from 0 to 1, not '1.5'."),
        (["--chunk", "0"], "--chunk must be a number from 1"),
        (["--chunk", "1.5"], "--chunk must be a whole number from 1"),
        (
            ["--data", "d", "--result-cache", "1.5"],
            "--result-cache must be a whole number from 0 to 1099511627776, not '1.5'."
        ),
        (
            ["--result-cache", "10"],
            "--result-cache needs --data: without a folder, all completed invocations are in memory."
        ),
        (["--log", "some"], "--log is trouble or all, not 'some'."),
        (["--register", "ftp://x"], "--register must be an address like"),
        (["--register", "http://a,b:9080"], "--register must be an address like"),
        (["--register", "http://a:70000"], "--register must be an address like"),
        (["--register", "http://a:0"], "--register must be an address like"),
        (["--host", "localhost:8080"], "--host must be a name or an address like localhost"),
        (["--host", "http://localhost"], "--host must be a name or an address like localhost"),
        (["--allow-host", "a/b"], "--allow-host must be a name or an address like localhost"),
        (["--allow-host", "a", "--allow-host", "b c"], "--allow-host must be a name"),
        (["--allow-host", "a:80"], "--allow-host must be a name"),
        (["--allow-host="], "--allow-host needs a value."),
        (["--host", "a", "--host", "b"], "--host is given twice."),
        (["--quiet"], "There is no flag '--quiet'; there are --ingress-port"),
    ])
    func `a flag that makes no sense is refused`(words: [String], sentence: String) {
        let error = #expect(throws: (any Error).self) { try options(words) }
        #expect((error.map { "\($0)" } ?? "").hasPrefix(sentence))
    }

    @Test func `what is not in here is refused when it is switched on`() {
        let error = #expect(throws: (any Error).self) {
            try options([], ["RESTATE_EXPERIMENTAL_ENABLE_VQUEUES": "true"])
        }
        #expect((error.map { "\($0)" } ?? "").contains("no vqueues, scopes and rules"))
    }

    @Test func `both ports are of one host`() throws {
        let two = [
            "RESTATE_INGRESS__BIND_ADDRESS": "127.0.0.1:1",
            "RESTATE_ADMIN__BIND_ADDRESS": "[::1]:2",
        ]
        #expect(throws: (any Error).self) { try options([], two) }
        let one = try options([], ["RESTATE_ADMIN__BIND_ADDRESS": "[::1]:2"])
        #expect(one.settings.host == "::1")
    }
}
