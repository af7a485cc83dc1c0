import RestateHTTP
import RestateIdentity

/// Lets requests pass that a Restate server has signed. One for each event loop.
final class RequestGate {
    private let keys: [IdentityKey]
    /// Tokens whose signature was good. A server signs a second's requests of one handler and key
    /// alike, and a look-up costs a small part of a check.
    private var verified: [[UInt8]: IdentityClaims] = [:]

    private static let verifiedLimit = 256
    /// A token with a very long key in it is checked each time.
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

    /// Why a request may not pass; nil if it may.
    ///
    /// - Parameters:
    ///   - audience: what the request asks for, as the server names it in its signature.
    ///   - now: seconds since 1970.
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
