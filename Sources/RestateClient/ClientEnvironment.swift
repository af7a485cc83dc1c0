public import Foundation

extension RestateClient {
    /// Makes a client with the address and the token of the environment, as the `restate` CLI reads
    /// them: `RESTATE_INGRESS_URL` (`http://localhost:8080` if it is not set) and
    /// `RESTATE_AUTH_TOKEN`.
    ///
    /// ```swift
    /// let client = try RestateClient.fromEnvironment()
    /// ```
    /// - Throws: an ``IngressError`` with the code ``IngressError/Code/configuration`` if the address
    ///   is none, or if there is only a `RESTATE_INGRESS_KEY`, whose format is not public.
    public static func fromEnvironment(
        _ environment: [String: String] = ProcessInfo.processInfo.environment,
        retries: ClientRetryPolicy = .init()
    ) throws -> RestateClient {
        let variables = ClientEnvironment(environment)
        if variables["RESTATE_INGRESS_URL"] == nil, variables["RESTATE_INGRESS_KEY"] != nil {
            throw IngressError(
                .configuration,
                "RESTATE_INGRESS_KEY cannot be read by this SDK. Set RESTATE_INGRESS_URL and "
                    + "RESTATE_AUTH_TOKEN; the page of the environment at Restate Cloud shows both")
        }
        return RestateClient(
            ingress: try variables.url("RESTATE_INGRESS_URL", or: "http://localhost:8080"),
            token: variables["RESTATE_AUTH_TOKEN"], retries: retries)
    }
}

extension RestateAdmin {
    /// Makes a client with the address and the token of the environment, as the `restate` CLI reads
    /// them: `RESTATE_ADMIN_URL` (`http://localhost:9070` if it is not set) and
    /// `RESTATE_AUTH_TOKEN`.
    ///
    /// - Throws: an ``IngressError`` with the code ``IngressError/Code/configuration`` if the address
    ///   is none.
    public static func fromEnvironment(
        _ environment: [String: String] = ProcessInfo.processInfo.environment,
        retries: ClientRetryPolicy = .init()
    ) throws -> RestateAdmin {
        let variables = ClientEnvironment(environment)
        return RestateAdmin(
            try variables.url("RESTATE_ADMIN_URL", or: "http://localhost:9070"),
            token: variables["RESTATE_AUTH_TOKEN"], retries: retries)
    }
}

/// The environment's variables. One that is empty counts as not set, because a shell script or a
/// compose file cannot always leave it out.
private struct ClientEnvironment {
    private let variables: [String: String]

    init(_ variables: [String: String]) {
        self.variables = variables
    }

    subscript(_ name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    func url(_ name: String, or standard: String) throws -> URL {
        let text = self[name] ?? standard
        guard let url = URL(string: text), HTTPCaller.isAddress(url) else {
            throw IngressError(
                .configuration, "\(name) is '\(text)': an address is like \(standard)")
        }
        return url
    }
}
