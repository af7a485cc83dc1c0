import Restate

/// A codec that encrypts and signs values, made of HMAC-SHA256 alone so that it needs no library.
///
/// It is an example for tests. Use an audited construction in production, such as AES-GCM or ChaCha20-Poly1305.
///
/// Encoded is the mark `s1`, a nonce of 16 bytes, the encrypted bytes, and a tag of 16 bytes. The nonce comes
/// by chance, so equal values have different bytes each time.
struct SealingCodec: JournalCodec {
    private static let mark = Array("s1".utf8)
    private static let nonceSize = 16
    private static let tagSize = 16

    private let encryption: [UInt8]
    private let signature: [UInt8]

    init(secret: [UInt8]) {
        encryption = HMACSHA256.code(of: Array("encryption".utf8), key: secret)
        signature = HMACSHA256.code(of: Array("signature".utf8), key: secret)
    }

    var name: String { "sealing" }

    func encode(_ bytes: [UInt8]) -> [UInt8] {
        let nonce = (0..<Self.nonceSize).map { _ in UInt8.random(in: .min ... .max) }
        let signed = Self.mark + nonce + flipped(bytes, nonce)
        return signed + tag(of: signed)
    }

    func decode(_ bytes: [UInt8]) throws -> [UInt8] {
        guard bytes.starts(with: Self.mark) else { throw NotEncoded() }
        let start = Self.mark.count + Self.nonceSize
        guard bytes.count >= start + Self.tagSize else { throw Unsealed(problem: "cut off") }
        let (signed, tag) = (bytes.dropLast(Self.tagSize), bytes.suffix(Self.tagSize))
        let expected = self.tag(of: Array(signed))
        // Every byte is looked at, so that the time does not tell how much of a wrong tag is right.
        guard zip(tag, expected).reduce(0, { $0 | ($1.0 ^ $1.1) }) == 0 else {
            throw Unsealed(problem: "changed, or sealed with another key")
        }
        return flipped(Array(signed[start...]), Array(signed[Self.mark.count..<start]))
    }

    private func tag(of signed: [UInt8]) -> [UInt8] {
        Array(HMACSHA256.code(of: signed, key: signature).prefix(Self.tagSize))
    }

    /// Flips the bits of a stream that only the key and the nonce determine, block by block.
    private func flipped(_ bytes: [UInt8], _ nonce: [UInt8]) -> [UInt8] {
        var flipped: [UInt8] = []
        flipped.reserveCapacity(bytes.count)
        for (number, start) in stride(from: 0, to: bytes.count, by: 32).enumerated() {
            let counter = withUnsafeBytes(of: UInt32(number).bigEndian) { Array($0) }
            let stream = HMACSHA256.code(of: nonce + counter, key: encryption)
            for (byte, bits) in zip(bytes[start...], stream) { flipped.append(byte ^ bits) }
        }
        return flipped
    }
}

struct Unsealed: Error, CustomStringConvertible {
    var problem: String
    var description: String { problem }
}

/// The codecs of `test-services --codec NAME`.
enum NamedCodecs {
    static let all: [(name: String, codec: any JournalCodec)] = [
        ("flipped", FlippedBits()),
        ("sealing", SealingCodec(secret: Array("test-services".utf8))),
    ]
}
