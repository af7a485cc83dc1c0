import Primitives
import RestateIdentity
import RestateProtocol
import Testing

@testable import Restate
@testable import RestateServices

/// Keys and their texts, in every build.
struct IdentityKeyTests {
    @Test func `a key is the text that a server logs`() throws {
        let key = try IdentityKey(parsing: TestKey.text)
        #expect(key.bytes.prefix(4) == [0x8F, 0x90, 0x53, 0xBC])
        #expect(key.text == TestKey.text)
        for bytes in [
            [UInt8](repeating: 0, count: 31) + [2], [UInt8](repeating: 255, count: 32),
            [0, 0] + [UInt8](1...30),
        ] {
            let key = IdentityKey(bytes: bytes)
            #expect(try IdentityKey(parsing: key.text) == key)
        }
        // A zero byte in front is the digit 1, no more and no less.
        let zeros = IdentityKey(bytes: [UInt8](repeating: 0, count: 32))
        #expect(zeros.text == "publickeyv1_" + String(repeating: "1", count: 32))
    }

    @Test(arguments: [
        ("", "keys begin with 'publickeyv1_'"),
        ("AfQwmwfgEZhrWpvv8N52SHpRtZqGGaFr4AZN6qtYWSiY", "keys begin with 'publickeyv1_'"),
        (
            "publickeyv2_AfQwmwfgEZhrWpvv8N52SHpRtZqGGaFr4AZN6qtYWSiY",
            "keys begin with 'publickeyv1_'"
        ),
        ("publickeyv1_", "0 bytes instead of 32"),
        ("publickeyv1_0OIl", "is not base58"),
        ("publickeyv1_AfQwmwfgEZhrWpvv8N52SHpRtZqGGaFr4AZN6qtYWS", "31 bytes instead of 32"),
        ("publickeyv1_AfQwmwfgEZhrWpvv8N52SHpRtZqGGaFr4AZN6qtYWSiYa", "33 bytes instead of 32"),
        ("publickeyv1_1AfQwmwfgEZhrWpvv8N52SHpRtZqGGaFr4AZN6qtYWSiY", "33 bytes instead of 32"),
        ("publickeyv1_AfQwmwfgEZhrWpvv8N52SHpRtZqGGaFr4AZN6qtYWSiY ", "is not base58"),
        ("publickeyv1_ÄfQwmwfgEZhrWpvv8N52SHpRtZqGGaFr4AZN6qtYWSiY", "is not base58"),
        ("publickeyv1_" + String(repeating: "z", count: 101), "is not base58"),
    ])
    func `a malformed key is told, without showing all of it`(
        _ text: String, _ sentence: String
    ) throws {
        let error = try #require(throws: IdentityError.self) { try IdentityKey(parsing: text) }
        #expect(error.description.contains(sentence))
        #expect(!error.description.contains("ZN6qt"))
        #expect(error.description.count < 200)
    }

    @Test func `base64url has one text for one value`() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8($0 * 37 & 255) }
            let text = Base64URL.encode(bytes)
            #expect(Base64URL.decode(text[...]) == bytes)
            #expect(Base64URL.decode((text + [UInt8(ascii: "=")])[...]) == nil)
        }
        for text in ["A", "AAAAA", "AB", "AAB", "A+", "A/", "A A", "AAA=", "AA\n", "\u{E9}A"] {
            #expect(Base64URL.decode(Array(text.utf8)[...]) == nil, "\(text)")
        }
        #expect(Base64URL.encode([0xFB, 0xFF]) == Array("-_8".utf8))
    }

    /// All zeros, one, minus one, of order eight, and numbers from the prime on, with either sign.
    @Test(arguments: [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ])
    func `a key that anybody can sign for is refused`(_ hex: String) throws {
        let key = IdentityKey(bytes: try bytes(hex: hex)).text
        let error = #expect(throws: IdentityError.self) { try IdentityKey(parsing: key) }
        #expect(error?.description.contains("is a point of small order") == true)
    }

    private func bytes(hex: String) throws -> [UInt8] {
        try stride(from: 0, to: hex.count, by: 2).map { offset in
            let start = hex.index(hex.startIndex, offsetBy: offset)
            return try #require(UInt8(hex[start..<hex.index(start, offsetBy: 2)], radix: 16))
        }
    }

    @Test func `an endpoint without any key in its list does not start`() throws {
        let error = try #require(throws: EndpointError.self) {
            try Router(Endpoint(Plain()).requestIdentity(keys: []))
        }
        #expect(error.description.contains("The list of request identity keys is empty"))
    }

    #if RequestIdentity
    @Test func `one malformed key keeps an endpoint from starting`() throws {
        let error = try #require(throws: EndpointError.self) {
            try Endpoint(Plain()).requestIdentity(keys: [TestKey.text])
                .requestIdentity(keys: ["publickeyv1_x"]).start(host: "127.0.0.1", port: 0)
        }
        #expect(error.description.contains("1 bytes instead of 32"))
    }

    @Test func `the private key of a PEM file has its public key`() throws {
        let seed = try TestKey.seed
        #expect(Ed25519.privateKey(pem: TestKey.pem()) == seed)
        #expect(Ed25519.publicKey(of: seed).map { IdentityKey(bytes: $0).text } == TestKey.text)
        let note = Array("Made by hand.\n".utf8)
        #expect(Ed25519.privateKey(pem: note + TestKey.pem() + note) == seed)
    }

    @Test func `other keys, keys under a passphrase and other texts are no private key`() {
        // X25519, Ed25519 under a passphrase, P-256.
        let agreement = "MC4CAQAwBQYDK2VuBCIEIMB3ri5QusrAQNsFA2GzO2Pi5/j6ExJc0dgKGHMlVUdI"
        let locked = """
            MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAiNoNuxiUQ/VAICCAAw
            DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEB+oBhqZOh+tEpUXhePcslAEQAyt
            RgS11Ig49E2c/5ugym8JbvqjKJKy8Lh65go+FS5gY9G3ihp78XmIv8J3BwUs/acn
            r3yw1+bepQdKqI++8Rk=
            """
        let curve = """
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgG+ymk1gqGk70uje2
            pePWXhry5/pDarqXmHvfljgv/C2hRANCAARP9bSv197gW4I7cGlRVNYosd2w4IPK
            V2chStGVizYkMaTg49yfXoq7b4DEtaivIAu25wXEVZoxNwoeIE6XBLSj
            """
        for pem in [
            TestKey.pem(agreement), TestKey.pem(locked, kind: "ENCRYPTED PRIVATE"),
            TestKey.pem(curve), TestKey.pem(kind: "PUBLIC"), TestKey.pem("AAAA"),
            Array(TestKey.pem().dropLast(30)), [], Array(TestKey.pkcs8.utf8), [0, 0, 0, 0],
        ] {
            #expect(Ed25519.privateKey(pem: pem) == nil)
        }
        for count in [0, 31, 33] {
            let seed = [UInt8](repeating: 1, count: count)
            #expect(Ed25519.publicKey(of: seed) == nil)
            #expect(Ed25519.sign([1], with: seed) == nil)
        }
    }
    #else
    @Test func `without the trait an endpoint that is given a key refuses to start`() throws {
        let endpoint = Endpoint(Plain()).requestIdentity(keys: [TestKey.text])
        let error = try #require(throws: EndpointError.self) {
            try endpoint.start(host: "127.0.0.1", port: 0)
        }
        #expect(error.description.contains("swift build --traits RequestIdentity"))
        #expect(error.description.contains("libssl-dev"))
        #expect(throws: EndpointError.self) { try EndpointLink(endpoint) }
    }

    @Test func `without the trait nothing is signed, and no signature is good`() throws {
        let seed = try TestKey.seed
        let key = try IdentityKey(parsing: TestKey.text)
        #expect(Ed25519.sign([1], with: seed) == nil)
        #expect(Ed25519.publicKey(of: seed) == nil)
        #expect(Ed25519.privateKey(pem: TestKey.pem()) == nil)
        for request in try RecordedIdentity().requests {
            #expect(try request.refusal(RequestGate(keys: [key])) == .unknownKey)
        }
    }
    #endif
}
