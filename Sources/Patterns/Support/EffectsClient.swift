internal import Foundation
internal import Restate

#if canImport(FoundationNetworking)
internal import FoundationNetworking
#endif

/// Outside systems in another process, which remember what was done when an endpoint is killed.
public struct EffectsClient: OutsideEffects {
    private let url: String

    /// - Parameter url: where the parts are served, like `http://localhost:9096`.
    public init(_ url: String) {
        self.url = url
    }

    private struct Recorded: Codable {
        var tries: Int
    }

    public func record(
        _ subject: String, _ step: String, key: String, body: String
    ) async throws -> Int {
        var request = try request("POST", ["effects", subject, step])
        request.httpBody = try JSONEncoder().encode(body)
        request.setValue(key, forHTTPHeaderField: "idempotency-key")
        let answer = try await Exchange.answer(to: request)
        if answer.status == 409 { throw OutsideEffect.refusal(subject, step, key) }
        guard answer.status == 200 else { throw OutsideFailure(subject: subject, step: step) }
        return try JSONDecoder().decode(Recorded.self, from: answer.body).tries
    }

    public func look(_ subject: String, key: String) async throws -> String {
        let answer = try await Exchange.answer(to: request("GET", ["looks", subject, key]))
        guard answer.status == 200 else { throw OutsideFailure(subject: subject, step: "look") }
        return String(decoding: answer.body, as: UTF8.self)
    }

    private func request(_ method: String, _ path: [String]) throws -> URLRequest {
        let parts = path.map {
            $0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? $0
        }
        guard let address = URL(string: "\(url)/\(parts.joined(separator: "/"))") else {
            throw TerminalError("\(url) is no address")
        }
        var request = URLRequest(url: address)
        request.httpMethod = method
        return request
    }
}
