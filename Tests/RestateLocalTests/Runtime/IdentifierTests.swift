import Primitives
import RestateProtocol
import Support
import Testing

@testable import RestateLocal
@testable import RestateRuntime

@Suite struct CoreIdentifierTests {
    @Test func `a recorded id is read and written back`() throws {
        let text = "inv_12dw5UBHriBL6zDR4IfF2Ev9TdQHvK6rsZ"
        let id = try #require(InvocationIdentity(text))
        #expect(id.partitionKey == 0x255b_cd7d_efb0_d519)
        #expect(id.high == 0x0195_800e_3a1a_2291)
        #expect(id.low == 0xd9e9_de34_22b0_07d8)
        #expect(id.text == text)
        #expect(InvocationIdentity(id.bytes) == id)
    }

    /// A query can name tens of thousands of ids, which then are in one set.
    @Test func `ids that somebody has chosen do not collide`() {
        let patterns: [(UInt64) -> (UInt64, UInt64)] = [
            { ($0, $0) }, { ($0, ~$0) }, { (0, $0) }, { ($0, 0) }, { ($0, 7) }, { ($0 << 48, $0) },
            { ($0, 0 &- $0) },
        ]
        for halves in patterns {
            let hashes = (1...10_000 as ClosedRange<UInt64>).map { number in
                let (high, low) = halves(number)
                return InvocationIdentity(partitionKey: 1, high: high, low: low).hashValue
            }
            #expect(Set(hashes).count > 9_990)
            // Nor in a table, which takes a few bits of the hash.
            #expect(Set(hashes.map { $0 & 0xFFFF }).count > 5_000)
        }
    }

    @Test(arguments: ["", "inv_1", "inv_2dw5UBHriBL6zDR4IfF2Ev9TdQHvK6rsZ", "x", "inv_1!"])
    func `what is no id is refused`(text: String) {
        #expect(InvocationIdentity(text) == nil)
    }

    @Test func `names give the same id every time, and other names another one`() {
        let one = InvocationIdentity.workflow("Checkout", key: "a")
        #expect(one == .workflow("Checkout", key: "a"))
        #expect(one != .workflow("Checkout", key: "b"))
        let keyed = InvocationIdentity.idempotent(
            service: "S", key: "k", handler: "h", idempotencyKey: "i")
        let plain = InvocationIdentity.idempotent(
            service: "S", key: nil, handler: "h", idempotencyKey: "i")
        #expect(keyed != plain)
    }

    /// The bytes on which the hash's authors check it.
    @Test(
        arguments: [
            (0, 0x2d06_8005_38d3_94c2), (1, 0xc44b_dff4_074e_ecdb), (3, 0x5424_7382_a8d6_b94d),
            (6, 0x27b5_6a84_cd2d_7325), (12, 0xa713_daf0_dfbb_77e7),
            (16, 0x981b_17d3_6c74_98c9), (17, 0x796f_5acd_3a60_f862),
            (24, 0xa3fe_70bf_9d35_10eb), (48, 0x397d_a259_ecba_1f11),
            (80, 0xbcde_fbbb_2c47_c90a), (128, 0xfcff_2412_6754_d861),
            (129, 0x98f1_b0a6_79a2_ca29), (195, 0xcd94_217e_e362_ec3a),
            (240, 0x81c3_c2b6_7f56_8ccf), (241, 0xc5a6_39ec_d203_0e5e),
            (403, 0xcdeb_804d_65c6_dea4), (512, 0x617e_4959_9013_cb6b),
            (1024, 0xdd85_c9b5_c110_9c5c), (1025, 0xd870_c0fa_1321_1c6a),
            (2048, 0xdd59_e2c3_a5f0_38e0), (2367, 0xcb37_aeb9_e5d3_61ed),
        ] as [(Int, UInt64)])
    func `hashes are those of the specification, for every way to mix`(count: Int, hash: UInt64) {
        var word: UInt64 = 2_654_435_761
        let bytes = (0..<count).map { _ in
            defer { word &*= 11_400_714_785_074_694_797 }
            return UInt8(word >> 56)
        }
        #expect(XXH3.hash(bytes) == hash)
    }

    @Test func `ids of one key begin as a server's do`() throws {
        var random = SplitMix(seed: 1)
        let fresh = InvocationIdentity.fresh(service: "SeatMap", key: "global", at: 1, &random)
        #expect(fresh.partitionKey == 0x5be5_10d5_b3fe_05b4)
        #expect(fresh.text.hasPrefix("inv_1fsg95kbGEBB"))
        #expect(InvocationIdentity.workflow("W", key: "global").text.hasPrefix("inv_1fsg95kbGEBB"))
    }

    /// Data folders of earlier versions hold ids with other partitions.
    @Test func `an id is found whatever its partition`() {
        let today = InvocationIdentity.workflow("W", key: "k")
        let earlier = InvocationIdentity(partitionKey: 7, high: today.high, low: today.low)
        #expect(earlier == today)
        #expect(Set([today]).contains(earlier))
    }

    @Test(
        arguments: [
            ("", "bad length"), ("x", "bad format"), ("inv_bad", "unrecognized codec version"),
            ("inv_", "bad length"), ("inv_1", "bad length"),
            ("what_1", "unrecognized resource type: what"),
            ("dp_1abc", "id doesn't match the expected type"),
            ("inv_1" + String(repeating: "!", count: 33), "base62 decode error"),
        ])
    func `what is wrong with an id is said in the server's words`(text: String, words: String) {
        #expect(ResourceID.complaint(text, .invocation) == words)
    }

    @Test func `the digits of a number lead back to it, however many it has`() throws {
        var random = SplitMix(seed: 7)
        let edges: [UInt64] = [
            0, 1, 61, 62, 839_299_365_868_340_223, 839_299_365_868_340_224, .max,
        ]
        for _ in 0..<20 {
            for high in edges + [random.next()] {
                for low in edges + [random.next()] {
                    let digits = Base62.encode(high: high, low: low, width: 22)
                    let number = try #require(Base62.decode(digits.utf8))
                    #expect(digits.utf8.count == 22 && number == (high, low))
                }
            }
        }
        #expect(Base62.encode(high: 0, low: 63, width: 11) == "00000000011")
    }

    @Test func `digests are those of the standard`() {
        func digest(_ text: String) -> String {
            SHA256.digest(Array(text.utf8)).map {
                ($0 < 16 ? "0" : "") + String($0, radix: 16)
            }.joined()
        }
        #expect(
            digest("abc")
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    }

    @Test func `the seed of random numbers is made of the id as a server makes it`() throws {
        var count = 0
        for journal in try Fixtures.journals(in: "tour2") {
            // Before version 6 a server sends none.
            guard let start = journal.frames.first(where: { $0.name == "Start" }),
                let seed = start.fields["random_seed"]?.integer,
                let text = start.fields["debug_id"]?.string
            else { continue }
            let id = try #require(InvocationIdentity(text))
            #expect(Int128(id.randomSeed) == seed, "\(journal)")
            count += 1
        }
        #expect(count > 100)
    }

    @Test func `an awakeable's id leads back to its invocation`() throws {
        var random = SplitMix(seed: 1)
        let id = InvocationIdentity.fresh(service: "S", key: nil, at: 1, &random)
        let text = "sign_1" + base64(id.bytes + [0, 0, 0, 17])
        let awakeable = try #require(AwakeableIDText(text))
        #expect(awakeable.invocation == id.bytes)
        #expect(awakeable.signal == 17)
        #expect(AwakeableIDText("sign_1abc") == nil)
        #expect(AwakeableIDText("nothing") == nil)
    }

    private func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var text = ""
        var (bits, width): (UInt32, UInt32) = (0, 0)
        for byte in bytes {
            (bits, width) = (bits << 8 | UInt32(byte), width + 8)
            while width >= 6 {
                width -= 6
                text.append(alphabet[Int(bits >> width & 63)])
            }
        }
        if width > 0 { text.append(alphabet[Int(bits << (6 - width) & 63)]) }
        return text
    }
}
