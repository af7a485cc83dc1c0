import Restate
import RestateHTTP
package import RestateIdentity
import RestateRuntime

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Signs requests to endpoints as a server does that has a request identity key.
package struct RequestSigner: Sendable {
    package let publicKey: IdentityKey
    private let privateKey: [UInt8]

    /// Seconds that a signature is good for, both ways.
    private static let validity: UInt64 = 60

    /// - Parameter path: a PEM file with an Ed25519 key (PKCS#8).
    package init(pemFile path: String) throws(LocalServerError) {
        do {
            try Ed25519.requireAvailable()
        } catch {
            throw LocalServerError(.identity, error.description, cause: error)
        }
        guard let pem = FileManager.default.contents(atPath: path) else {
            throw LocalServerError(
                .identity, "The request identity key '\(path)' cannot be read.")
        }
        guard let privateKey = Ed25519.privateKey(pem: Array(pem)),
            let publicKey = Ed25519.publicKey(of: privateKey)
        else {
            throw LocalServerError(
                .identity,
                "'\(path)' holds no request identity key. One is made with 'openssl genpkey "
                    + "-algorithm ed25519 -out \(path)', without a passphrase.")
        }
        self.privateKey = privateKey
        self.publicKey = IdentityKey(bytes: publicKey)
    }

    /// - Parameters:
    ///   - audience: the path without what the endpoint is registered under.
    ///   - subject: the key of the object or workflow.
    func sign(
        _ fields: inout HeaderFields, audience: String, subject: String? = nil, at now: Timestamp
    ) {
        let token = IdentityToken.make(
            audience: audience, subject: subject, at: now / 1000, validity: Self.validity,
            privateKey: privateKey, keyID: publicKey.text)
        // Unsigned rather than not at all: the endpoint's refusal says what is missing.
        guard let token else { return }
        fields.append(name: "x-restate-signature-scheme", value: "v1")
        fields.append(name: "x-restate-jwt-v1", value: token)
    }
}
