#if RequestIdentity
internal import CCrypto
#endif

/// Ed25519 signatures (RFC 8032), made and verified by the system's libcrypto.
///
/// Only this file depends on the trait `RequestIdentity`. Without the trait nothing can be signed
/// and no signature is valid, so code that needs signatures calls `requireAvailable` when it
/// starts.
package enum Ed25519 {
    /// The number of bytes of a public key and of a private key.
    package static let keyCount = 32
    package static let signatureCount = 64

    /// - Throws: an error that says how to build with signatures, if this build has none.
    package static func requireAvailable() throws(IdentityError) {
        guard isAvailable else {
            throw IdentityError(
                "This build does not support request identity. Install libssl-dev and build with "
                    + "'swift build --traits RequestIdentity'.")
        }
    }
}

extension Ed25519 {
    /// Tells whether a public key is a point of small order, that is, whether eight times the point
    /// is the neutral element. Such a key accepts signatures that anyone can compute.
    static func isOfSmallOrder(_ publicKey: [UInt8]) -> Bool {
        guard publicKey.count == keyCount else { return false }
        // The top bit is the sign of the x coordinate. Both signs are of small order, so it is
        // ignored.
        let point = publicKey.dropLast() + [publicKey[keyCount - 1] & 0x7F]
        return pointsOfSmallOrder.contains { $0.elementsEqual(point) }
    }

    /// The y coordinates of these points: 0, 1, −1 and two of order eight, and their encodings that
    /// are not reduced modulo the prime.
    private static let pointsOfSmallOrder: [[UInt8]] =
        [0, 1].map { [$0] + Array(repeating: 0, count: 31) }
        + [0xEC, 0xED, 0xEE].map { [$0] + Array(repeating: 0xFF, count: 30) + [0x7F] }
        + [
            [
                0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF,
                0x98, 0xF0, 0xD5, 0xDF, 0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88,
                0x6D, 0x53, 0xFC, 0x05,
            ],
            [
                0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10,
                0x67, 0x0F, 0x2A, 0x20, 0x53, 0xFA, 0x2C, 0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77,
                0x92, 0xAC, 0x03, 0x7A,
            ],
        ]
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
        // Callers need no reason, and the errors would stay in OpenSSL's queue of this thread.
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

    /// Reads the private key from a PEM text, as `openssl genpkey -algorithm ed25519` writes it.
    /// Returns nil if there is no key, or one of another kind, or one that is protected by a
    /// passphrase.
    package static func privateKey(pem: [UInt8]) -> [UInt8]? {
        defer { ERR_clear_error() }
        guard let length = Int32(exactly: pem.count) else { return nil }
        return pem.withUnsafeBytes { bytes in
            guard let source = BIO_new_mem_buf(bytes.baseAddress, length) else { return nil }
            defer { BIO_free(source) }
            // Without this callback OpenSSL would ask for a passphrase on the terminal.
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
