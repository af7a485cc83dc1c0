package import RestateProtocol

/// Where handlers are served.
package struct DeploymentEndpoint: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case http(host: String, port: Int, path: String)
        /// An endpoint in this process, by the name under which it was linked.
        case inProcess(String)
    }

    package var kind: Kind
    package var usesHTTP11 = false
    /// As it is shown, with a slash at the end.
    package var uri: String

    package init(inProcess name: String) {
        kind = .inProcess(name)
        uri = "in-process://\(name)/"
    }

    /// Nil if `uri` is not one. Without a scheme it is taken as http, as the CLI does.
    package init?(uri: String, usesHTTP11: Bool = false) {
        guard uri.hasPrefix("http://") else { return nil }
        let rest = uri.dropFirst("http://".count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        var path = String(rest.dropFirst(authority.count))
        if !path.hasPrefix("/") { path = "/" + path }
        guard let (host, port) = Self.split(authority) else { return nil }
        kind = .http(host: host, port: port, path: path)
        self.usesHTTP11 = usesHTTP11
        self.uri = "http://\(authority)\(path)"
    }

    /// The host without brackets, and the port: 80 if there is none.
    private static func split(_ authority: Substring) -> (host: String, port: Int)? {
        guard !authority.isEmpty, !authority.contains(where: { $0 == " " || $0 == "@" })
        else { return nil }
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            let host = String(authority[authority.index(after: authority.startIndex)..<end])
            let rest = authority[authority.index(after: end)...]
            guard let port = rest.isEmpty ? 80 : Int(rest.dropFirst()) else { return nil }
            return (host, port)
        }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, !parts[0].isEmpty else { return nil }
        guard let port = parts.count == 1 ? 80 : Int(parts[1]), (0...65535).contains(port)
        else { return nil }
        return (String(parts[0]), port)
    }

    var authority: String {
        switch kind {
        case .http(let host, let port, _):
            host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .inProcess(let name): name
        }
    }

    /// The path of a request: what was registered, and one slash between.
    package func path(_ suffix: String) -> String {
        guard case .http(_, _, let path) = kind else { return suffix }
        let query = path.firstIndex(of: "?").map { String(path[$0...]) } ?? ""
        var base = path.prefix { $0 != "?" }
        while base.hasSuffix("/") { base = base.dropLast() }
        return base + suffix + query
    }

    /// The same place, whatever the scheme and the HTTP version.
    func isSamePlace(as other: DeploymentEndpoint) -> Bool {
        switch (kind, other.kind) {
        case (
            .http(let host, let port, let path), .http(let otherHost, let otherPort, let otherPath)
        ):
            ExactName(text: host) == ExactName(text: otherHost) && port == otherPort
                && ExactName(text: path) == ExactName(text: otherPath)
        case (.inProcess(let name), .inProcess(let other)):
            ExactName(text: name) == ExactName(text: other)
        default: false
        }
    }
}

/// A registered endpoint and what it serves.
package struct Deployment: Sendable {
    package var id: String
    package var endpoint: DeploymentEndpoint
    package var additionalHeaders: [Header]
    package var metadata: [String: String]
    package var createdAt: Timestamp
    package var sdkVersion: String?
    package var manifest: Manifest
    package var services: NameTable<ServiceRecord>

    package var minVersion: Int { manifest.minProtocolVersion }
    package var maxVersion: Int { manifest.maxProtocolVersion }
    package var isBidirectional: Bool { manifest.protocolMode == "BIDI_STREAM" }
    package var protocolType: String { isBidirectional ? "BidiStream" : "RequestResponse" }
    package var httpVersion: String { endpoint.usesHTTP11 ? "HTTP/1.1" : "HTTP/2.0" }
}

/// One service in the revision that a deployment serves.
package struct ServiceRecord: Sendable {
    package var name: String
    package var kind: ServiceKind
    package var deploymentID: String
    package var revision: Int
    /// In the manifest's order.
    package var handlers: [HandlerRecord]
    /// What the manifest says, or was patched to.
    package var options: ManifestOptions
    package var isPublic: Bool { options.ingressPrivate != true }

    package func handler(_ name: String) -> HandlerRecord? {
        handlers.first { ExactName(text: $0.name) == ExactName(text: name) }
    }
}

package struct HandlerRecord: Sendable {
    package enum Kind: String, Sendable {
        case service, exclusive = "Exclusive", shared = "Shared", workflow = "Workflow"
    }

    package var name: String
    package var kind: Kind
    package var input: ManifestInput?
    package var output: ManifestOutput?
    package var options: ManifestOptions
    package var inputRules: InputRules
}

/// What a service can be told besides its manifest.
package struct ServicePatch: Sendable {
    package var isPublic: Bool?
    package var idempotencyRetention: Milliseconds?
    package var workflowCompletionRetention: Milliseconds?
    package var journalRetention: Milliseconds?
    package var inactivityTimeout: Milliseconds?
    package var abortTimeout: Milliseconds?

    package init() {}
}
