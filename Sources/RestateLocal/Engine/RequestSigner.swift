import Restate
package import RestateHTTP
package import RestateIdentity
package import RestateRuntime

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Signs requests to endpoints, as a server with a request identity key does.
package struct RequestSigner: Sendable {
    package let publicKey: IdentityKey
    private let privateKey: [UInt8]

    /// A signature is valid from this many seconds before until as many after it was made.
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
                "'\(path)' does not contain a request identity key. Make one with 'openssl genpkey "
                    + "-algorithm ed25519 -out \(path)', without a passphrase.")
        }
        self.privateKey = privateKey
        self.publicKey = IdentityKey(bytes: publicKey)
    }

    /// Adds the signature's headers.
    ///
    /// - Parameters:
    ///   - audience: the request's path without the prefix of the registered address.
    ///   - subject: the key of the virtual object or workflow.
    package func sign(
        _ fields: inout HeaderFields, audience: String, subject: String? = nil, at now: Timestamp
    ) {
        let token = IdentityToken.make(
            audience: audience, subject: subject, at: now / 1000, validity: Self.validity,
            privateKey: privateKey, keyID: publicKey.text)
        // A request without a signature is sent anyway: the endpoint's refusal then says what is
        // missing.
        guard let token else { return }
        fields.append(name: "x-restate-signature-scheme", value: "v1")
        fields.append(name: "x-restate-jwt-v1", value: token)
    }
}
