import Primitives
import Testing

@Suite("Digests and texts")
struct DigestTests {
    private func hex(_ text: String) -> String {
        SHA256.digest(Array(text.utf8)).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }

    @Test func `the digests of FIPS 180-4's examples are those of the standard`() {
        #expect(hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    }

    @Test(
        arguments: [
            (55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
            (56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
            (63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"),
            (64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
            (119, "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb"),
            (120, "2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c"),
        ])
    func `a message that fills its last block, or nearly, has the standard's digest`(
        count: Int, digest: String
    ) {
        #expect(hex(String(repeating: "a", count: count)) == digest)
    }

    @Test func `a text of more than eight letters is told from bytes that are no text`() {
        #expect(isUTF8(ArraySlice("twelve letters".utf8)))
        #expect(isUTF8(ArraySlice("zwölf Buchstaben 🎟".utf8)))
        #expect(!isUTF8(ArraySlice("twelve letters".utf8) + [0xFF]))
        #expect(!isUTF8([0xC3]))
        #expect(isUTF8([]))
    }

    @Test func `two spellings of one letter are two names`() {
        let (one, two) = ("caf\u{E9}", "cafe\u{301}")
        #expect(one == two)
        #expect(ExactName(text: one) != ExactName(text: two))
        var table: NameTable<Int> = [:]
        table[one] = 1
        #expect(table[two] == nil)
        #expect(table[one] == 1)
    }

    @Test func `the same seed gives the same numbers, which are those of SplitMix64`() {
        var random = SplitMix(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
        #expect(random.next() == 9_817_491_932_198_370_423)
    }
}
