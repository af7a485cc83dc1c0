import CanonicalJSON
import Primitives
import RestateProtocol

/// The claims of a verified token: it permits requests to these paths during this time.
package struct IdentityClaims: Sendable {
    var audiences: [String]
    /// Seconds since 1970. Both limits are inclusive.
    var notBefore: UInt64
    var expires: UInt64

    package func refusal(of audience: String, at now: UInt64) -> IdentityRefusal? {
        if now < notBefore { return .notYetValid }
        if now > expires { return .expired }
        return audiences.contains(audience) ? nil : .otherPath
    }
}

/// Verifies and makes JSON Web Tokens (RFC 7519) with EdDSA signatures.
package enum IdentityToken {
    /// Returns the claims if one of the keys has signed the token.
    ///
    /// Nothing in the token is interpreted before its signature is verified. So the algorithm that
    /// the header names cannot choose another check, and the key id in it is ignored.
    package static func verified(
        _ token: [UInt8], by keys: [IdentityKey]
    ) throws(IdentityRefusal) -> IdentityClaims {
        let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let signature = Base64URL.decode(parts[2]),
            signature.count == Ed25519.signatureCount
        else { throw .malformed }
        let message = token[..<parts[1].endIndex]
        guard
            keys.contains(where: {
                Ed25519.isSignature(signature, of: message, by: $0.bytes)
            })
        else { throw .unknownKey }
        guard let head: Head = read(parts[0]), head.alg == algorithm,
            let body: Body = read(parts[1]),
            let notBefore = seconds(body.nbf), let expires = seconds(body.exp),
            seconds(body.iat) != nil
        else { throw .malformed }
        return IdentityClaims(
            audiences: body.aud.values, notBefore: notBefore, expires: expires)
    }

    /// Makes a token like that of a Restate server.
    ///
    /// - Parameters:
    ///   - audience: the path of the request, relative to the deployment's path.
    ///   - subject: the key of the object or workflow.
    ///   - now: seconds since 1970. The token is valid for `validity` seconds before and after.
    /// - Returns: nil if the private key cannot sign.
    package static func make(
        audience: String, subject: String?, at now: UInt64, validity: UInt64,
        privateKey: [UInt8], keyID: String
    ) -> String? {
        let head = Head(typ: "JWT", alg: algorithm, kid: keyID)
        let body = NewBody(
            aud: audience, exp: now + validity, iat: now, nbf: now - min(validity, now),
            sub: subject)
        guard let head = try? JSON.encode(head), let body = try? JSON.encode(body)
        else { return nil }
        let message = Base64URL.encode(head) + [UInt8(ascii: ".")] + Base64URL.encode(body)
        guard let signature = Ed25519.sign(message, with: privateKey) else { return nil }
        return String(
            decoding: message + [UInt8(ascii: ".")] + Base64URL.encode(signature), as: UTF8.self)
    }

    private static let algorithm = "EdDSA"

    private static func read<Part: Decodable>(_ text: ArraySlice<UInt8>) -> Part? {
        Base64URL.decode(text).flatMap { try? JSON.decode(Part.self, from: $0) }
    }

    /// Converts a claim, which may be any JSON number. Returns nil if it is not a valid time.
    private static func seconds(_ number: Double) -> UInt64? {
        UInt64(exactly: number.rounded())
    }
}

private struct Head: Codable {
    var typ: String?
    var alg: String
    var kid: String?
}

private struct Body: Decodable {
    var aud: Audience
    var exp: Double
    var iat: Double
    var nbf: Double
}

private struct NewBody: Encodable {
    var aud: String
    var exp: UInt64
    var iat: UInt64
    var nbf: UInt64
    var sub: String?
}

/// The claim `aud`, which is one text or a list of texts.
private struct Audience: Decodable {
    var values: [String]

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let one = try? container.decode(String.self) {
            values = [one]
        } else {
            values = try container.decode([String].self)
        }
    }
}
