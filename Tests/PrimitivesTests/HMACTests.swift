import Primitives
import Testing

struct HMACTests {
    /// Test cases 1 to 4, 6 and 7 of RFC 4231.
    private static let vectors: [(key: [UInt8], message: [UInt8], code: String)] = [
        (
            repeated(0x0b, 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            repeated(0xaa, 20), repeated(0xdd, 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            Array(1...25), repeated(0xcd, 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        (
            repeated(0xaa, 131),
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            repeated(0xaa, 131),
            Array(
                "This is a test using a larger than block-size key and a larger than block-size data. "
                    .utf8)
                + Array(
                    "The key needs to be hashed before being used by the HMAC algorithm.".utf8),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ]

    private static func repeated(_ byte: UInt8, _ count: Int) -> [UInt8] {
        [UInt8](repeating: byte, count: count)
    }

    @Test(arguments: vectors.indices)
    func `the codes are those of the standard`(index: Int) {
        let vector = Self.vectors[index]
        let code = HMAC.code(of: vector.message, key: vector.key)
        #expect(code.map { hex($0) }.joined() == vector.code)
    }

    @Test func `codes are equal only if all of their bytes are`() {
        let code = HMAC.code(of: [1], key: [2])
        #expect(HMAC.areEqual(code, code))
        for index in code.indices {
            var other = code
            other[index] ^= 1
            #expect(!HMAC.areEqual(code, other))
        }
        #expect(!HMAC.areEqual(code, code.dropLast()))
        #expect(!HMAC.areEqual(code, []))
    }

    private func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count < 2 ? "0" + digits : digits
    }
}
