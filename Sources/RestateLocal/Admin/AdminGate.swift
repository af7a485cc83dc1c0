internal import Glibc

/// Who may ask the admin API: people and programs of this machine, and not what a web page of another
/// site makes their browser ask.
///
/// Such a page can name this machine by a name of its own (the `host` tells), or send requests
/// across sites (the `origin` tells). Neither can be forged from within a browser.
struct AdminGate: Sendable {
    /// Names that were allowed by hand, in lower case. They may also be the origin of a page.
    private let allowed: Set<String>
    private let machine: String

    init(allowed: [String]) {
        self.allowed = Set(allowed.map(Self.name))
        machine = Self.name(Self.hostName)
    }

    /// A sentence for who may not ask.
    func refusal(host: String?, origin: String?) -> String? {
        if let host, !isKnown(Self.hostPart(host)) {
            return "The admin API is not reached by the name '\(Self.hostPart(host))'. Taken are "
                + "localhost, IP addresses, the name of the machine, and names that are given with "
                + "--allow-host."
        }
        if let origin, !isOwn(origin, host: host) {
            return
                "The admin API takes no requests of web pages of '\(origin)', only of its own. A "
                + "site that may send some is named with --allow-host."
        }
        return nil
    }

    private func isKnown(_ host: String) -> Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host == machine
            || allowed.contains(host) || Self.isAddress(host)
    }

    /// The origin is where the request went to: a page of the admin API itself.
    private func isOwn(_ origin: String, host: String?) -> Bool {
        guard let scheme = origin.firstRange(of: "://") else { return false }
        let authority = origin[scheme.upperBound...].lowercased()
        return authority == host?.lowercased() || allowed.contains(Self.hostPart(authority))
    }

    /// Without a port, the brackets of an IPv6 address left.
    private static func hostPart(_ authority: String) -> String {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            return String(authority[...end]).lowercased()
        }
        return name(String(authority.prefix { $0 != ":" }))
    }

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
