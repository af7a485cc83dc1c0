internal import Primitives
public import Restate
internal import RestateHTTP
internal import RestateIdentity
internal import RestateProtocol
package import RestateRuntime
internal import SQLEngine

/// A Restate server's side in this process, for development and tests: ingress, admin API, journals,
/// timers and retries, with nothing to install.
///
/// ```swift
/// let server = try await LocalServer().start()
/// try await server.register(Endpoint(Greeter()))
/// ```
/// Then `curl localhost:8080/Greeter/greet --json '"Ada"'`.
///
/// It keeps everything in memory, unless it is given a data folder
/// (``LocalServerSettings/dataDirectory``). Production runs a Restate server.
public struct LocalServer: Sendable {
    /// The ports, folders and limits with which ``start()`` opens the server.
    public var settings: LocalServerSettings

    /// Makes a server, which opens nothing yet. By default it has a server's ports and keeps all in
    /// memory.
    public init(_ settings: LocalServerSettings = LocalServerSettings()) {
        self.settings = settings
    }

    /// Opens both ports. With a data folder, everything that is in it goes on from where it was.
    /// - Throws: ``LocalServerError`` if a port cannot be opened, or the data folder or the request
    ///   identity key not be used.
    public func start() async throws -> RunningLocalServer {
        var settings = settings
        let signer = try settings.identityKeyFile.map(RequestSigner.init(pemFile:))
        settings.delivery.signer = signer
        let server = try await RunningLocalServer(settings)
        if let signer {
            settings.log("Requests are signed; endpoints trust \(signer.publicKey.text)")
        }
        let place = settings.dataDirectory.map { "in '\($0)'" } ?? "in memory"
        settings.log("The local runtime keeps everything \(place): for development and tests.")
        settings.log("Production runs a Restate server: https://docs.restate.dev")
        settings.log(reach)
        return server
    }
}

extension LocalServer {
    /// The line of the log that says who can reach the ports, and where the web UI is.
    private var reach: String {
        let names = ["127.0.0.1", "::1", "localhost"]
        let who =
            settings.host.map { names.contains($0.lowercased()) } ?? false
            ? "Only this machine can reach its ports; another host to listen on changes that."
            : "Whoever reaches \(settings.host.map { "'\($0)'" } ?? "this machine") can invoke "
                + "handlers and register endpoints."
        return settings.uiDirectory == nil ? who : who + " The web UI is at /ui/ of the admin port."
    }
}

/// The settings of the local runtime. The defaults are a server's.
public struct LocalServerSettings: Sendable {
    /// The name or address to listen on; nil listens on all interfaces. The default can be reached
    /// from this machine only. Whoever can reach the ports can invoke handlers and register
    /// endpoints.
    public var host: String? = "127.0.0.1"
    /// Names that the admin API accepts as host besides localhost, IP addresses and this machine's
    /// name, and as sites whose pages may use it. The check exists because a page of any site could
    /// otherwise have somebody's browser register endpoints.
    public var allowedHosts: [String] = []
    /// A folder with the files of a Restate server's web UI, which is served at `/ui/` of the admin
    /// port.
    public var uiDirectory: String?
    /// The port on which clients call services; 0 takes any free one.
    public var ingressPort = 8080
    /// The port on which endpoints are registered and invocations managed; 0 takes any free one.
    public var adminPort = 9070
    /// The folder in which deployments, state, promises, timers, journals, open and finished
    /// invocations outlive the process; nil to keep everything in memory. It is made if there is none,
    /// readable for its owner alone, and one runtime uses it at a time.
    ///
    /// ```swift
    /// var settings = LocalServerSettings()
    /// settings.dataDirectory = "restate-data"
    /// let server = try await LocalServer(settings).start()
    /// ```
    /// What was answered is on the disk before, so that it is still there, once, after the process
    /// was killed at any moment. That takes a few milliseconds a call; calls that come together share
    /// them. Endpoints of this process are to be linked again after a start, with
    /// ``RunningLocalServer/register(_:name:)``.
    public var dataDirectory: String?
    /// How often a folder that another runtime has is tried again, a tenth of a second apart. A process
    /// that was killed keeps its locks until the system has taken it down, a moment longer than its end.
    package var folderWaits = 50
    /// Called once, on an event loop, if the data folder cannot be written any more, as when the disk
    /// is full. Requests that were waiting have been answered with the reason by then. Afterwards every
    /// request fails with status 503 and the reason until the process is restarted.
    public var storageFailed: @Sendable (LocalServerError) -> Void = { _ in }
    /// Called with one line for each event of an invocation. It runs on an event loop and must not
    /// block.
    public var log: @Sendable (String) -> Void = { _ in }
    /// Which events are logged.
    public var detail = LogDetail.everything
    /// The path of a PEM file with an Ed25519 key (PKCS#8), with which requests to endpoints are
    /// signed, as a server does. Its public form, which `Endpoint.requestIdentity(keys:)` takes, is
    /// logged at the start. Endpoints of this process get no signatures: they need none.
    ///
    /// `openssl genpkey -algorithm ed25519 -out identity.pem` makes one. Needs a build with the
    /// package trait `RequestIdentity` and libssl-dev; without, the server does not start.
    public var identityKeyFile: String?
    /// The runtime's behaviour, including its modes for tests.
    package var runtime = LocalSettings()
    /// The limits of SQL queries.
    public var queries = QueryLimits()
    /// How attempts are delivered to endpoints.
    package var delivery = EngineOptions()

    /// Makes the settings of a server: ports 8080 and 9070, everything in memory.
    public init() {}
}

/// Which events of invocations are logged.
public enum LogDetail: Sendable {
    /// Events that need attention: retries with their error, and pauses.
    case trouble
    /// Every event: calls, attempts, waits, results, and those that need attention.
    case everything

    fileprivate func includes(_ event: LogEvent) -> Bool {
        switch self {
        case .everything: true
        case .trouble: event.isTrouble
        }
    }
}

/// A local runtime that has opened its ports.
public final class RunningLocalServer: Sendable {
    private let ingress: HTTPServer
    private let admin: HTTPServer
    private let engine: EngineAccess
    private let writer: StoreWriter?

    /// Opens the data folder and both ports, in this order, so that a folder in use is reported
    /// before a port is taken. On any failure everything that was opened is closed.
    fileprivate init(_ settings: LocalServerSettings) async throws {
        let host = settings.host ?? ""
        try Self.check(settings)
        let ui = try settings.uiDirectory.map { folder throws(LocalServerError) in
            try UIFiles(folder: folder)
        }
        let (writer, runtime) = try await Self.open(settings)
        self.writer = writer
        // The runtime is moved into the engine. With a second owner its tables would be copied at
        // the first change.
        let first = Locked<LocalRuntime?>(runtime)
        let made = Locked<LoopBound<Engine>?>(nil)
        do {
            // Ingress, runtime and attempts share one loop, so that nothing passes between threads.
            ingress = try HTTPServer.start(
                host: host, port: settings.ingressPort, loops: 1, limits: .ofServer
            ) { loop in
                let engine = Engine(
                    loop: loop,
                    runtime: first.withLock { $0.take() }
                        ?? LocalRuntime(settings: settings.runtime, seed: settings.delivery.seed),
                    store: writer, options: settings.delivery
                ) { event in
                    if settings.detail.includes(event) { settings.log(event.description) }
                }
                engine.failed = settings.storageFailed
                made.withLock { $0 = LoopBound(engine, on: loop) }
                return Ingress(engine)
            }
        } catch {
            await writer?.close()
            throw LocalServerError(error)
        }
        let loop = ingress.loops[0]
        // This runs after the receiver was made, which was given to the loop first.
        let engine = await withCheckedContinuation { continuation in
            loop.execute { continuation.resume(returning: made.withLock { $0 }) }
        }
        guard let engine else { throw LocalServerError(.stopped, "The engine has not started.") }
        let access = EngineAccess(
            engine, loop, speaksVersion7: settings.runtime.protocolCap >= 7,
            isKept: writer != nil)
        self.engine = access
        let api = Admin(
            engine: access, ingressURL: Self.url(settings.host, ingress.port) + "/",
            queryLimits: settings.queries, queryThreads: QueryThreads(settings.queries),
            gate: AdminGate(allowed: settings.allowedHosts), ui: ui)
        do {
            admin = try HTTPServer.start(
                host: host, port: settings.adminPort, loops: 1, limits: .ofServer
            ) { loop in
                AdminReceiver(api, loop)
            }
        } catch {
            await ingress.shutdown(deadline: .zero)
            await writer?.close()
            throw LocalServerError(error)
        }
        self.host = settings.host
        // Stored invocations continue only when both ports are open: before, a failed start must
        // leave the folder as it was.
        if writer != nil { await access { $0.wakeUp() } }
    }

    private static func check(_ settings: LocalServerSettings) throws(LocalServerError) {
        if let host = settings.host, !["", "*"].contains(host), HostName(host) == nil {
            throw LocalServerError(
                .setting, "host must be a name or an address without a port, not '\(host)'.")
        }
        for host in settings.allowedHosts where HostName(host) == nil {
            throw LocalServerError(
                .setting,
                "allowedHosts must be names or addresses without a port, and '\(host)' is none.")
        }
        for (name, port) in [
            ("ingressPort", settings.ingressPort), ("adminPort", settings.adminPort),
        ] where !(0...65535).contains(port) {
            throw LocalServerError(
                .setting, "\(name) must be a number from 0 to 65535, not \(port).")
        }
    }

    private static func open(
        _ settings: LocalServerSettings
    ) async throws -> (StoreWriter?, LocalRuntime?) {
        guard let path = settings.dataDirectory else { return (nil, nil) }
        var waits = 0
        while true {
            do throws(StorageError) {
                // Each start takes another seed, so that no id is given twice.
                return try await StoreWriter.open(
                    path, settings: settings.runtime, seed: .random(in: .min ... .max))
            } catch {
                guard error.kind == .inUse, waits < settings.folderWaits else {
                    throw LocalServerError(
                        error.kind == .place ? .setting : .storage, error.description, cause: error)
                }
            }
            if waits == 0 {
                settings.log(
                    "The data folder '\(path)' is in use by another local runtime; waiting for its end."
                )
            }
            waits += 1
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private let host: String?

    /// The port on which handlers are called, also if the settings asked for any (0).
    public var ingressPort: Int { ingress.port }
    /// The port of the admin API, also if the settings asked for any (0).
    public var adminPort: Int { admin.port }
    /// The address for a client of this machine, like `http://localhost:8080`.
    public var ingressURL: String { Self.url(host, ingressPort) }
    /// The address of the admin API for this machine, like `http://localhost:9070`.
    public var adminURL: String { Self.url(host, adminPort) }

    /// Registers an endpoint of another process, as `restate deployments register` does. An endpoint
    /// that is registered already is asked again: if it says the same of itself, its services keep
    /// their revisions and the options that the admin API has changed. Otherwise the registration
    /// replaces the earlier one, because tests start their endpoint again and again on one port.
    /// - Throws: ``LocalServerError`` if nothing answers at the address, or not as an endpoint
    ///   does.
    public func register(_ url: String) async throws {
        guard let endpoint = DeploymentEndpoint(uri: url) else {
            throw LocalServerError(
                .setting,
                "'\(url)' is not the address of an endpoint; an example is http://localhost:9080.")
        }
        try await register { _ in endpoint }
    }

    /// Registers an endpoint of this process, whose handlers are called without a socket. One that is
    /// registered under the same name is replaced, and keeps revisions and changed options if it says
    /// the same of itself.
    /// - Parameters:
    ///   - endpoint: whose handlers are called, and whose routes are not: it has no port.
    ///   - name: distinguishes it from other endpoints of this process.
    /// - Throws: ``LocalServerError`` if its services cannot be served.
    public func register(_ endpoint: Endpoint, name: String = "local") async throws {
        try await register { engine in try engine.link(endpoint, name: name) }
    }

    private func register(
        _ find: @escaping @Sendable (Engine) throws -> DeploymentEndpoint
    ) async throws {
        let failure: LocalServerError? = await engine { engine in
            let endpoint: DeploymentEndpoint
            do {
                endpoint = try find(engine)
            } catch {
                return LocalServerError(.registration, "\(error)", cause: error)
            }
            return await Self.complaint(engine, endpoint)
        }
        if let failure { throw failure }
    }

    /// Registers the endpoint and returns the error, if there is one. It is a separate function
    /// because the compiler (6.3) crashes on typed throws in the closure that calls it.
    private nonisolated(nonsending) static func complaint(
        _ engine: Engine, _ endpoint: DeploymentEndpoint
    ) async -> LocalServerError? {
        var options = RegistrationOptions()
        options.force = true
        options.keepsUnchanged = true
        do throws(RegistrationError) {
            _ = try await engine.register(endpoint, options)
            return await engine.stored()
        } catch {
            return LocalServerError(
                error.code == "META0003" ? .endpointUnreachable : .registration, error.description,
                cause: error)
        }
    }

    /// Serves until the process is asked to end (SIGTERM or SIGINT), then shuts down as
    /// ``shutdown(grace:)`` does.
    public func untilTerminated(grace: Duration = .seconds(5)) async {
        await HTTPServer.untilTerminated()
        await shutdown(grace: grace)
    }

    /// Closes both ports. Calls that clients wait for get up to `grace` to end; then all attempts
    /// are aborted, and clients that still wait are answered with status 503.
    public func shutdown(grace: Duration = .zero) async {
        ingress.drain()
        admin.drain()
        if grace > .zero {
            // The engine runs on the ingress's loop until the last call is answered.
            async let isAdminEmpty = admin.emptied(within: grace)
            _ = await (ingress.emptied(within: grace), isAdminEmpty)
        }
        // The answers say what happens to accepted invocations, so these must be stored before.
        _ = await engine { await $0.stored() }
        let (asked, called) = (await admin.openStreams() > 0, await ingress.openStreams() > 0)
        await endAttempts()
        // The admin API ends first, because it uses the ingress's loop.
        await admin.shutdown(deadline: asked ? Self.lastAnswers : .zero)
        await ingress.shutdown(deadline: called ? Self.lastAnswers : .zero)
        await writer?.close()
    }

    /// How long the last answers may take to reach clients that read them.
    private static let lastAnswers = Duration.milliseconds(500)

    /// Ends all attempts, and waits until handlers of this process have stopped.
    private func endAttempts() async {
        await engine { $0.shutdown() }
        // One turn later, attempts that run off the loop have been told, too.
        let links = await engine { $0.allLinks }
        for link in links { await link.stopped() }
    }

    /// Returns an address at which clients can reach a port. An address that means all interfaces
    /// becomes localhost.
    private static func url(_ host: String?, _ port: Int) -> String {
        switch host {
        case nil, "", "0.0.0.0", "::": "http://localhost:\(port)"
        case let host? where host.contains(":"): "http://[\(host)]:\(port)"
        case let host?: "http://\(host):\(port)"
        }
    }
}
