#if RequestIdentity
internal import CCrypto
#endif

/// Signatures on the curve Ed25519 (RFC 8032), made and checked by the system's libcrypto.
///
/// The only place that the trait `RequestIdentity` changes. Without it nothing can be signed and
/// no signature is good; whoever needs one asks for `requireAvailable` at its start.
package enum Ed25519 {
    /// Of a public key, and of a private one.
    package static let keyCount = 32
    package static let signatureCount = 64

    /// - Throws: how to build, if this build knows no signatures.
    package static func requireAvailable() throws(EndpointError) {
        guard isAvailable else {
            throw EndpointError(
                "This build knows no request identity. Install libssl-dev and build with "
                    + "'swift build --traits RequestIdentity'.")
        }
    }
}

#if RequestIdentity
extension Ed25519 {
    private static let isAvailable = true

    package static func isSignature(
        _ signature: [UInt8], of message: ArraySlice<UInt8>, by publicKey: [UInt8]
    ) -> Bool {
        guard signature.count == signatureCount, publicKey.count == keyCount,
            let key = EVP_PKEY_new_raw_public_key(
                EVP_PKEY_ED25519, nil, publicKey, publicKey.count)
        else { return false }
        defer { EVP_PKEY_free(key) }
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        let isGood =
            EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
            && message.withUnsafeBufferPointer {
                EVP_DigestVerify(context, signature, signature.count, $0.baseAddress, $0.count)
            } == 1
        // Why not is of no interest, and would be kept for the thread.
        if !isGood { ERR_clear_error() }
        return isGood
    }

    package static func sign(_ message: [UInt8], with privateKey: [UInt8]) -> [UInt8]? {
        guard let key = open(privateKey) else { return nil }
        defer { EVP_PKEY_free(key) }
        guard let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: signatureCount)
        var count = signature.count
        guard EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
            EVP_DigestSign(context, &signature, &count, message, message.count) == 1,
            count == signatureCount
        else { return nil }
        return signature
    }

    package static func publicKey(of privateKey: [UInt8]) -> [UInt8]? {
        guard let key = open(privateKey) else { return nil }
        defer { EVP_PKEY_free(key) }
        var bytes = [UInt8](repeating: 0, count: keyCount)
        var count = bytes.count
        guard EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1, count == keyCount
        else { return nil }
        return bytes
    }

    /// The private key of a PEM text, as `openssl genpkey -algorithm ed25519` writes one. Nil if
    /// there is none, if it is of another kind, or under a passphrase.
    package static func privateKey(pem: [UInt8]) -> [UInt8]? {
        defer { ERR_clear_error() }
        guard let length = Int32(exactly: pem.count) else { return nil }
        return pem.withUnsafeBytes { bytes in
            guard let source = BIO_new_mem_buf(bytes.baseAddress, length) else { return nil }
            defer { BIO_free(source) }
            // Without an answer of ours a passphrase would be asked for on the terminal.
            guard let key = PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil)
            else { return nil }
            defer { EVP_PKEY_free(key) }
            guard EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 else { return nil }
            var seed = [UInt8](repeating: 0, count: keyCount)
            var count = seed.count
            guard EVP_PKEY_get_raw_private_key(key, &seed, &count) == 1, count == keyCount
            else { return nil }
            return seed
        }
    }

    private static func open(_ privateKey: [UInt8]) -> OpaquePointer? {
        guard privateKey.count == keyCount else { return nil }
        return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, privateKey, privateKey.count)
    }
}
#else
extension Ed25519 {
    private static let isAvailable = false

    package static func isSignature(
        _ signature: [UInt8], of message: ArraySlice<UInt8>, by publicKey: [UInt8]
    ) -> Bool { false }

    package static func sign(_ message: [UInt8], with privateKey: [UInt8]) -> [UInt8]? { nil }

    package static func publicKey(of privateKey: [UInt8]) -> [UInt8]? { nil }

    package static func privateKey(pem: [UInt8]) -> [UInt8]? { nil }
}
#endif
