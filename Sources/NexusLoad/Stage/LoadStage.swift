internal import Foundation
internal import NexusOperations
internal import Restate
internal import RestateClient

/// Runtime, endpoint and gateway as processes of their own. Their books are in a folder, so that whatever is
/// killed goes on where it was.
actor LoadStage {
    nonisolated let site: LoadSite
    private let executable: String
    private let folder: URL
    private let plan: LoadPlan
    private let ports: Ports
    private var children: [LoadPart: OwnProcess] = [:]

    struct Ports {
        var gateway: Int
        var endpoint: Int
        var ingress: Int
        var admin: Int
    }

    /// - Parameter folder: for the books, and for what the processes say.
    init(_ executable: String, _ plan: LoadPlan, folder: URL) async throws {
        self.executable = executable
        self.plan = plan
        self.folder = folder
        ports = try await Self.freePorts()
        site = try LoadSite(
            ingress: Self.url(ports.ingress), admin: Self.url(ports.admin),
            gateway: Self.url(ports.gateway).absoluteString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Starts everything, and returns when the first booking can be made.
    func open() async throws {
        for part in LoadPart.allCases { try await start(part) }
        let ledger = try LedgerReader(gateway: Self.url(ports.gateway).absoluteString)
        try await eventually("the gateway answers") { _ = try await ledger.entries() }
        let admin = RestateAdmin(Self.url(ports.admin), retries: .never)
        let endpoint = Self.url(ports.endpoint)
        try await eventually("the runtime knows the endpoint") {
            try await admin.register(endpoint)
        }
    }

    /// Kills a process, and starts it again.
    func kill(_ part: LoadPart) async throws {
        guard let child = children[part] else { return }
        guard child.isRunning() else { throw endedByItself(part) }
        child.kill()
        try await start(part)
    }

    /// Makes sure that all are there and answer, after the last kill.
    func settle() async throws {
        for (part, child) in children where !child.isRunning() { throw endedByItself(part) }
        let ledger = try LedgerReader(gateway: Self.url(ports.gateway).absoluteString)
        try await eventually("the gateway answers") { _ = try await ledger.entries() }
    }

    func close() {
        for child in children.values { child.kill() }
        children = [:]
    }

    /// Starts a process. One that ends at once is started again: another program may have had its port for a
    /// moment.
    private func start(_ part: LoadPart) async throws {
        let log = folder.appending(path: "\(part.rawValue).log").path(percentEncoded: false)
        for _ in 0..<20 {
            let child = try OwnProcess(
                executable, words(for: part), output: log, complaints: log)
            children[part] = child
            try? await Task.sleep(for: .milliseconds(200))
            if child.isRunning() { return }
        }
        throw OperationFailed("The \(part.rawValue) does not start; \(log) says why")
    }

    private func endedByItself(_ part: LoadPart) -> OperationFailed {
        OperationFailed("The \(part.rawValue) has ended by itself; its log is in \(folder.path())")
    }

    private func words(for part: LoadPart) -> [String] {
        let data = folder.appending(path: part.rawValue).path(percentEncoded: false)
        let here = ["--host", "127.0.0.1", "--log", "trouble"]
        switch part {
        case .gateway:
            return ["gateway", "--port", "\(ports.gateway)", "--data", data]
                + ["--charge-time", Self.text(plan.chargeTime)] + here
        case .endpoint:
            return ["serve", "--port", "\(ports.endpoint)", "--data", data, "--no-page"]
                + ["--gateway-url", Self.url(ports.gateway).absoluteString]
                + ["--mail-time", Self.text(plan.mailTime)] + here
        case .runtime:
            return ["runtime", "--ingress-port", "\(ports.ingress)"]
                + ["--admin-port", "\(ports.admin)", "--data", data] + here
        }
    }

    private static func text(_ time: Duration) -> String {
        "\(Int(time / .milliseconds(1)))ms"
    }

    private static func url(_ port: Int) -> URL {
        var parts = URLComponents()
        (parts.scheme, parts.host, parts.port) = ("http", "127.0.0.1", port)
        return parts.url ?? URL(fileURLWithPath: "/")
    }

    /// Ports that were free just now. They are open together, so that they are four.
    ///
    /// They are below those that systems give to outgoing connections (from 32768 on Linux), because what is started or
    /// killed comes back to its port, and one of those may have been given away meanwhile.
    private static func freePorts() async throws -> Ports {
        var open: [RunningEndpoint] = []
        var tries = 0
        while open.count < 4 {
            tries += 1
            do {
                open.append(
                    try Endpoint([]).route("GET", "/") { _ in .text("") }
                        .start(host: "127.0.0.1", port: .random(in: 10_000..<32_768), loops: 1))
            } catch {
                guard error.code == .portInUse, tries < 1000 else { throw error }
            }
        }
        let numbers = open.map(\.port)
        for endpoint in open { await endpoint.shutdown(grace: .zero) }
        return Ports(
            gateway: numbers[0], endpoint: numbers[1], ingress: numbers[2], admin: numbers[3])
    }
}

/// Tries again until it succeeds, for a minute.
private func eventually(_ what: String, _ body: @Sendable () async throws -> Void) async throws {
    let start = ContinuousClock.now
    while true {
        do {
            return try await body()
        } catch {
            guard start.duration(to: .now) < .seconds(60) else {
                throw OperationFailed("It is not within a minute that \(what): \(error)")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
