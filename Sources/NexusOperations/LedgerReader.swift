internal import Foundation
public import Nexus

#if canImport(FoundationNetworking)
internal import FoundationNetworking
#endif

/// Reads the ledger of a gateway over HTTP.
public struct LedgerReader: Sendable {
    private let url: URL
    private let token: OperatorToken?

    /// - Parameters:
    ///   - gateway: its address, with or without the path of charges.
    ///   - token: the operator's, if the gateway asks for it.
    /// - Throws: ``OperationFailed`` if that is no address.
    public init(gateway: String, token: OperatorToken? = nil) throws {
        var base = gateway
        if let path = base.range(of: GatewayPath.charge) { base = String(base[..<path.lowerBound]) }
        while base.hasSuffix("/") { base.removeLast() }
        guard let url = URL(string: base + GatewayPath.ledger), url.host() != nil else {
            throw OperationFailed(
                "'\(gateway)' is no address of a gateway; one is like http://localhost:9095")
        }
        self.url = url
        self.token = token
    }

    /// The entry of one key; nil if the gateway was never asked for it.
    public func entry(_ key: String) async throws -> LedgerEntry? {
        try await entries().first { $0.key == key }
    }

    /// All keys, in the order in which they came.
    ///
    /// - Throws: ``OperationFailed`` if there is no ledger, as a real gateway has none for everybody.
    public func entries() async throws -> [LedgerEntry] {
        let place = url.absoluteString
        let answer = try? await book()
        if answer?.status == 403 {
            throw OperationFailed(
                "The ledger at \(place) is its operator's, and the shop was started without a token: "
                    + "start it with NEXUS_OPERATOR_TOKEN")
        }
        if answer?.status == 401 {
            throw OperationFailed(
                "The ledger at \(place) is its operator's: "
                    + (token == nil ? "give --operator-token" : "it has another --operator-token"))
        }
        guard let answer,
            let entries = try? JSONDecoder().decode([LedgerEntry].self, from: answer.body)
        else { throw OperationFailed("There is no ledger at \(place)") }
        return entries
    }

    /// Not cancelled with its task: Foundation's own `data(from:)` may stand still for ever when that
    /// happens while the answer arrives.
    private func book() async throws -> (status: Int, body: Data) {
        var request = URLRequest(url: url)
        if let token { request.setValue(token.authorization, forHTTPHeaderField: "authorization") }
        return try await withCheckedThrowingContinuation { continuation in
            URLSession.shared.dataTask(with: request) { body, response, error in
                let status = (response as? HTTPURLResponse)?.statusCode ?? 0
                continuation.resume(
                    with: body.map { .success((status, $0)) }
                        ?? .failure(error ?? URLError(.unknown)))
            }.resume()
        }
    }
}

/// Why something cannot be done, as a sentence without its full stop.
public struct OperationFailed: Error, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
