internal import Primitives

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Decides who may use the admin API: people and programs on this machine, but not the web pages of
/// other sites through somebody's browser.
///
/// A page of another site can reach this machine under a name of its own (DNS rebinding), which the
/// header `host` shows, or across sites, which the header `origin` shows. A page cannot forge
/// either.
struct AdminGate: Sendable {
    /// The names of `--allow-host`, in lower case. They are accepted as host and as origin.
    private let allowed: Set<String>
    private let machine: String

    init(allowed: [String]) {
        self.allowed = Set(allowed.map { Self.name(HostName($0)?.inURL ?? $0) })
        machine = Self.name(Self.hostName)
    }

    /// Returns nil if the request is allowed, else a sentence for its sender.
    func refusal(host: String?, origin: String?) -> String? {
        if let host, !isKnown(Self.hostPart(host)) {
            return
                "The admin API does not accept the host name '\(Self.hostPart(host))'. It accepts "
                + "localhost, IP addresses, the name of this machine, and the names that are given "
                + "with --allow-host."
        }
        if let origin, !isOwn(origin, host: host) {
            return
                "The admin API does not accept requests from web pages of '\(origin)', only from its "
                + "own. Name a site with --allow-host to accept its requests."
        }
        return nil
    }

    private func isKnown(_ host: String) -> Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host == machine
            || allowed.contains(host) || Self.isAddress(host)
    }

    /// Whether the page that sends the request came from the admin port itself, or from an allowed
    /// name.
    private func isOwn(_ origin: String, host: String?) -> Bool {
        guard let scheme = origin.firstRange(of: "://") else { return false }
        let authority = origin[scheme.upperBound...].lowercased()
        return authority == host?.lowercased() || allowed.contains(Self.hostPart(authority))
    }

    /// Returns the host without the port. An IPv6 address keeps its brackets.
    private static func hostPart(_ authority: String) -> String {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            return String(authority[...end]).lowercased()
        }
        return name(String(authority.prefix { $0 != ":" }))
    }

    /// Names are compared in lower case and without the final dot of an absolute name.
    private static func name(_ text: String) -> String {
        let name = text.lowercased()
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }

    private static func isAddress(_ host: String) -> Bool {
        if host.hasPrefix("["), host.hasSuffix("]") {
            var address = in6_addr()
            let digits = host.dropFirst().dropLast().prefix { $0 != "%" }
            return inet_pton(AF_INET6, String(digits), &address) == 1
        }
        var address = in_addr()
        return inet_pton(AF_INET, host, &address) == 1
    }

    private static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
