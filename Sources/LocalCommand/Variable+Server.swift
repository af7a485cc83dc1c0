internal import Commands
internal import RestateLocal
internal import RestateRuntime
internal import Times

extension DeploymentEndpoint {
    /// Whether it can be called: port 0 is for listening.
    var hasPort: Bool {
        if case .http(_, let port, _) = kind { port > 0 } else { false }
    }
}

/// Parses values in the formats of a Restate server.
extension Variable {
    func factor() throws(UsageError) -> Double {
        guard let factor = Double(text), factor >= 1, factor.isFinite else {
            throw mistake("a factor of at least 1")
        }
        return factor
    }

    func isTrue() throws(UsageError) -> Bool {
        switch text.lowercased() {
        case "true", "1": true
        case "false", "0": false
        default: throw mistake("true or false")
        }
    }

    /// Parses a time such as `0s`, `10 sec`, `1m 30s` or `PT10S`.
    func duration() throws(UsageError) -> Milliseconds {
        do {
            return try DurationText.milliseconds(text)
        } catch {
            throw mistake("a time like 500ms, 10s or PT1M")
        }
    }

    /// Parses a number of bytes such as `0`, `65536` or `32MiB`.
    func size() throws(UsageError) -> Int {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
        let factors = [
            "": 1, "b": 1, "kb": 1000, "mb": 1_000_000, "gb": 1_000_000_000, "k": 1000,
            "m": 1_000_000, "g": 1_000_000_000, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30,
        ]
        guard let count = Int(digits), let factor = factors[unit] else {
            throw mistake("a size like 65536 or 32MiB")
        }
        let (bytes, isTooLarge) = count.multipliedReportingOverflow(by: factor)
        guard !isTooLarge else { throw mistake("a size like 65536 or 32MiB") }
        return bytes
    }

    /// Parses an address such as `127.0.0.1:8080` or `[::1]:8080`.
    func address() throws(UsageError) -> (host: String, port: Int) {
        guard let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port)
        else { throw mistake("an address like 127.0.0.1:8080") }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw mistake("an address like 127.0.0.1:8080 or [::1]:8080")
        }
        guard let name = Host.listening(String(host)) else {
            throw mistake("an address like 127.0.0.1:8080")
        }
        return (name, port)
    }

    func host() throws(UsageError) -> String {
        guard let host = Host.listening(text) else { throw mistake(Host.expected) }
        return host
    }
}
