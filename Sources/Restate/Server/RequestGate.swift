import RestateHTTP
import RestateIdentity

/// Accepts only requests that a Restate server has signed. There is one gate for each event loop.
final class RequestGate {
    private let keys: [IdentityKey]
    /// Tokens whose signature was valid. Within one second a server sends the same token with all
    /// requests for one handler and key, and a look-up costs far less than a check.
    private var verified: [[UInt8]: IdentityClaims] = [:]

    private static let verifiedLimit = 256
    /// Longer tokens are not cached, which bounds the memory.
    private static let verifiedTokenLimit = 1024

    init(keys: [IdentityKey]) {
        self.keys = keys
    }

    func refusal(
        of stream: RequestStream, audience: String, at now: UInt64
    ) -> IdentityRefusal? {
        refusal(
            scheme: stream.withHeader("x-restate-signature-scheme") { $0.map { Array($0) } },
            token: stream.withHeader("x-restate-jwt-v1") { $0.map { Array($0) } },
            audience: audience, at: now)
    }

    /// Returns the reason to refuse a request, or nil to accept it.
    ///
    /// - Parameters:
    ///   - audience: the path that the request's signature must name.
    ///   - now: the time in seconds since 1970.
    func refusal(
        scheme: [UInt8]?, token: [UInt8]?, audience: String, at now: UInt64
    ) -> IdentityRefusal? {
        guard let scheme, !scheme.elementsEqual("unsigned".utf8) else { return .unsigned }
        guard scheme.elementsEqual("v1".utf8) else { return .unknownScheme }
        guard let token else { return .unsigned }
        let claims: IdentityClaims
        if let known = verified[token] {
            claims = known
        } else {
            do {
                claims = try IdentityToken.verified(token, by: keys)
            } catch {
                return error
            }
            if token.count <= Self.verifiedTokenLimit {
                if verified.count >= Self.verifiedLimit {
                    verified.removeAll(keepingCapacity: true)
                }
                verified[token] = claims
            }
        }
        return claims.refusal(of: audience, at: now)
    }
}
