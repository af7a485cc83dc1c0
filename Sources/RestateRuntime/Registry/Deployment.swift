package import Primitives
package import RestateProtocol

/// The address of an endpoint.
package struct DeploymentEndpoint: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case http(host: String, port: Int, path: String)
        /// An endpoint in this process, by the name under which it was linked.
        case inProcess(String)
    }

    package let kind: Kind
    /// The host and the port, as a request names them.
    package let authority: String
    package var usesHTTP11 = false
    /// The address as it is shown, which ends with a slash if it has no path.
    package var uri: String

    package init(inProcess name: String) {
        kind = .inProcess(name)
        authority = name
        uri = "in-process://\(name)/"
    }

    /// Returns nil if `uri` is not an address that this runtime can call.
    package init?(uri: String, usesHTTP11: Bool = false) {
        guard let endpoint = try? Self(address: uri, usesHTTP11: usesHTTP11) else { return nil }
        self = endpoint
    }

    /// Parses an address, and says in the error what is wrong with it.
    package init(address uri: String, usesHTTP11: Bool = false) throws(AddressError) {
        guard !uri.isEmpty, uri.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw .noAddress
        }
        // A fragment is never sent to a server.
        let text = uri.prefix { $0 != "#" }
        guard let mark = text.firstRange(of: "://") else { throw .relative }
        let scheme = text[..<mark.lowerBound].lowercased()
        let rest = text[mark.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.isEmpty, !scheme.isEmpty else { throw .noAddress }
        if scheme == "https" { throw .secure }
        guard scheme == "http" else { throw .unreachable("'\(scheme)' is not http") }
        var path = String(rest.dropFirst(authority.count))
        if !path.hasPrefix("/") { path = "/" + path }
        let (host, port) = try Self.split(authority)
        kind = .http(host: host, port: port, path: path)
        self.authority = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        self.usesHTTP11 = usesHTTP11
        self.uri = "http://\(authority)\(path)"
    }

    /// Returns the host without the brackets of an IPv6 address, and the port, which is 80 if none
    /// is given.
    private static func split(
        _ authority: Substring
    ) throws(AddressError) -> (host: String, port: Int) {
        guard !authority.contains("@") else {
            throw .unreachable(
                "an address with a user's name cannot be called. Give the header authorization with "
                    + "the registration instead")
        }
        let isAddress = authority.first == "["
        let end = isAddress ? authority.firstIndex(of: "]") : authority.firstIndex(of: ":")
        if isAddress, end == nil { throw .noAddress }
        let rest = authority[(end ?? authority.endIndex)...].drop { $0 == "]" }
        guard let host = HostName(String(authority.dropLast(rest.count))) else { throw .noAddress }
        guard !rest.isEmpty else { return (host.text, 80) }
        let digits = rest.dropFirst()
        guard rest.first == ":", digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            throw .noAddress
        }
        guard let port = digits.isEmpty ? 80 : Int(digits), (0...65535).contains(port) else {
            throw .unreachable("a port is a number from 0 to 65535, and not \(digits)")
        }
        return (host.text, port)
    }

    /// Returns the path of a request below the registered address, with exactly one slash between,
    /// and with the registered query.
    package func path(_ suffix: String) -> String {
        guard case .http(_, _, let path) = kind, path != "/" else { return suffix }
        let query = path.firstIndex(of: "?").map { String(path[$0...]) } ?? ""
        var base = path.prefix { $0 != "?" }
        while base.hasSuffix("/") { base = base.dropLast() }
        return base + suffix + query
    }

    /// Whether both addresses mean the same endpoint. Query and HTTP version do not count, so that
    /// a registration that changes them does not make a second deployment.
    func isSamePlace(as other: DeploymentEndpoint) -> Bool {
        switch (kind, other.kind) {
        case (
            .http(let host, let port, let path), .http(let otherHost, let otherPort, let otherPath)
        ):
            ExactName(text: host) == ExactName(text: otherHost) && port == otherPort
                && path.utf8.prefix { $0 != UInt8(ascii: "?") }
                    .elementsEqual(otherPath.utf8.prefix { $0 != UInt8(ascii: "?") })
        case (.inProcess(let name), .inProcess(let other)):
            ExactName(text: name) == ExactName(text: other)
        default: false
        }
    }
}

/// Why a text is not the address of an endpoint.
package enum AddressError: Error, Equatable, Sendable {
    /// It is not a URI with a host.
    case noAddress
    /// It has no scheme.
    case relative
    /// It is https, which this runtime does not speak.
    case secure
    /// It is a URI that cannot be called, for the given reason.
    case unreachable(String)
}

/// An endpoint that was registered, and what it serves.
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

    /// Whether discovery at an address has found what is registered.
    func isSame(as found: Discovered, at place: DeploymentEndpoint) -> Bool {
        endpoint == place && manifest.isSame(as: found.manifest)
    }
}

/// A service in the revision that one deployment serves.
package struct ServiceRecord: Sendable {
    package var name: String
    package var kind: ServiceKind
    package var deploymentID: String
    package var revision: Int
    /// The handlers in the order of the manifest.
    package var handlers: [HandlerRecord]
    /// The options in use: those of the manifest, changed by the patch.
    package var options: ManifestOptions
    /// The options that the admin API has changed. They are stored apart from the manifest.
    package var patch = ServicePatch()
    package var isPublic: Bool { options.ingressPrivate != true }

    package func handler(_ name: String) -> HandlerRecord? {
        handlers.first { ExactName(text: $0.name) == ExactName(text: name) }
    }
}

/// A handler of a registered service.
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

/// The options that the admin API can change without a new registration; nil leaves one as it is.
package struct ServicePatch: Codable, Sendable {
    package var isPublic: Bool?
    package var idempotencyRetention: Milliseconds?
    package var workflowCompletionRetention: Milliseconds?
    package var journalRetention: Milliseconds?
    package var inactivityTimeout: Milliseconds?
    package var abortTimeout: Milliseconds?

    package init() {}
}

extension ServiceRecord {
    /// Sets the options that `new` has, over the manifest's and those of earlier patches.
    mutating func apply(_ new: ServicePatch) {
        if let value = new.isPublic {
            patch.isPublic = value
            options.ingressPrivate = !value
        }
        if let value = new.idempotencyRetention {
            patch.idempotencyRetention = value
            options.idempotencyRetention = value
        }
        if let value = new.workflowCompletionRetention {
            patch.workflowCompletionRetention = value
            options.workflowCompletionRetention = value
        }
        if let value = new.journalRetention {
            patch.journalRetention = value
            options.journalRetention = value
        }
        if let value = new.inactivityTimeout {
            patch.inactivityTimeout = value
            options.inactivityTimeout = value
        }
        if let value = new.abortTimeout {
            patch.abortTimeout = value
            options.abortTimeout = value
        }
    }
}
