import Commands
import Restate

/// Endpoints of their own, whose manifests were recorded: `test-services --endpoint NAME`.
enum NamedEndpoints {
    static let all: [(name: String, endpoint: @Sendable () -> Endpoint)] = [
        ("options", { OptionsEndpoint.endpoint }),
        ("defaults", { DefaultsEndpoint.endpoint }),
        ("plain", { PlainEndpoint.endpoint }),
        ("timeouts", { Endpoint(Timeouts()) }),
        ("request-response", { Endpoint(OneAfterTheOther()).streaming(false) }),
        ("codec", { CodecEndpoint.endpoint }),
    ]

    static func endpoint(named name: String) throws(UsageError) -> Endpoint {
        guard let found = all.first(where: { $0.name == name }) else {
            throw UsageError(
                "--endpoint names '\(name)', which is none of "
                    + all.map(\.name).joined(separator: ", ") + ".")
        }
        return found.endpoint()
    }
}
