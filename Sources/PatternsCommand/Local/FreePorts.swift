internal import Restate

/// Ports that were free just now.
enum FreePorts {
    /// The ports, with free ones instead of 0. They are open together, so that they differ.
    static func all(_ wished: [Int]) async throws -> [Int] {
        var open: [RunningEndpoint] = []
        var ports: [Int] = []
        for port in wished {
            guard port == 0 else {
                ports.append(port)
                continue
            }
            let endpoint = try Endpoint([]).logger(SilentLogger()).route("GET", "/") { _ in
                .text("")
            }.start(host: LocalPattern.host, port: 0, loops: 1)
            open.append(endpoint)
            ports.append(endpoint.port)
        }
        for endpoint in open { await endpoint.shutdown(grace: .zero) }
        return ports
    }
}
