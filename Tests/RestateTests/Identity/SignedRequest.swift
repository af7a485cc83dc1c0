import Foundation
import Primitives
import RestateIdentity
import RestateProtocol
import Support

@testable import Restate
@testable import RestateServices

/// A request as the gate of an endpoint looks at it.
struct SignedRequest: Sendable {
    var scheme: String? = "v1"
    var token: [UInt8]?
    var path: String
    /// Seconds since 1970.
    var at: UInt64

    private static let router = Result { try Router(Endpoint(Plain())) }

    func refusal(_ gate: RequestGate) throws -> IdentityRefusal? {
        let router = try Self.router.get()
        let audience = Array(path.utf8).withUnsafeBytes { router.place(of: $0).audience }
        guard let audience else { return nil }
        return gate.refusal(
            scheme: scheme.map { Array($0.utf8) }, token: token, audience: audience, at: at)
    }

    func refusal(trusting keys: String...) throws -> IdentityRefusal? {
        try refusal(RequestGate(keys: keys.map { try IdentityKey(parsing: $0) }))
    }
}

/// The requests that a real server signed.
struct RecordedIdentity: Sendable {
    var key: String
    var otherKey: String
    var requests: [SignedRequest]
    /// As the endpoint got them.
    var heads: [FixtureJSON]

    init() throws {
        let json = try FixtureJSON(parsing: Array(Fixtures.data("identity.json")))
        guard let key = json["publicKey"]?.string, let other = json["otherPublicKey"]?.string,
            let heads = json["requests"]?.array, !heads.isEmpty
        else { throw FixtureError("identity.json is not what it was") }
        self.key = key
        otherKey = other
        self.heads = heads
        requests = try heads.map { head in
            guard let at = head["at"]?.integer, let path = head["path"]?.string,
                let scheme = head["headers"]?["x-restate-signature-scheme"]?.string,
                let token = head["headers"]?["x-restate-jwt-v1"]?.string
            else { throw FixtureError("identity.json has a request without a signature") }
            return SignedRequest(
                scheme: scheme, token: Array(token.utf8), path: path, at: UInt64(at))
        }
    }
}

/// A server's key that the tests can sign with: the vector of the server's own tests.
enum TestKey {
    static let text = "publickeyv1_AfQwmwfgEZhrWpvv8N52SHpRtZqGGaFr4AZN6qtYWSiY"
    static let pkcs8 = "MC4CAQAwBQYDK2VwBCIEIPe++4ZTPQDF81otpoU/mOGHC2vOAVp9WbiCblvn3nXO"

    static var seed: [UInt8] {
        get throws {
            guard let bytes = Data(base64Encoded: pkcs8) else {
                throw FixtureError("The key is no base64")
            }
            return Array(bytes.suffix(32))
        }
    }

    static func pem(_ base64: String = pkcs8, kind: String = "PRIVATE") -> [UInt8] {
        Array("-----BEGIN \(kind) KEY-----\n\(base64)\n-----END \(kind) KEY-----\n".utf8)
    }

    /// A token of these two JSON texts, signed with this key or another.
    static func token(
        head: String = #"{"typ":"JWT","alg":"EdDSA"}"#, claims: String, seed: [UInt8]? = nil
    ) throws -> [UInt8] {
        let dot = [UInt8(ascii: ".")]
        let message =
            Base64URL.encode(Array(head.utf8)) + dot + Base64URL.encode(Array(claims.utf8))
        guard let signature = try Ed25519.sign(message, with: seed ?? self.seed) else {
            throw FixtureError("The key does not sign")
        }
        return message + dot + Base64URL.encode(signature)
    }

    /// The headers of a request that is signed now, or was at another time, with this key or another.
    static func signature(
        _ audience: String, secondsAgo: UInt64 = 0, seed: [UInt8]? = nil
    ) throws -> [(name: String, value: String)] {
        let token = IdentityToken.make(
            audience: audience, subject: nil,
            at: UInt64(millisecondsSince1970() / 1000) - secondsAgo, validity: 60,
            privateKey: try seed ?? self.seed, keyID: text)
        guard let token else { throw FixtureError("The key does not sign") }
        return [("x-restate-signature-scheme", "v1"), ("x-restate-jwt-v1", token)]
    }

    static let now: UInt64 = 1_800_000_000

    /// Claims that are right for a greeting, with one of them replaced, or left out by nil.
    static func claims(_ name: String = "", _ json: String? = nil) -> String {
        var claims = [
            ("aud", #""/invoke/Plain/greet""#), ("exp", "\(now + 60)"), ("iat", "\(now)"),
            ("nbf", "\(now - 60)"),
        ]
        claims.removeAll { $0.0 == name }
        if let json { claims.append((name, json)) }
        return "{" + claims.map { #""\#($0)":\#($1)"# }.joined(separator: ",") + "}"
    }

    static func greeting(_ token: [UInt8]) -> SignedRequest {
        SignedRequest(token: token, path: "/invoke/Plain/greet", at: now)
    }
}
