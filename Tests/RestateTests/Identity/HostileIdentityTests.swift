import Primitives
import RestateIdentity

#if RequestIdentity
import RestateProtocol
import Support
import Testing

@testable import Restate
@testable import RestateServices

/// Whatever somebody sends who has no key, or has one and makes a mistake.
struct HostileIdentityTests {
    @Test func `a token with all it needs passes`() throws {
        let token = try TestKey.token(claims: TestKey.claims())
        #expect(try TestKey.greeting(token).refusal(trusting: TestKey.text) == nil)
    }

    @Test(arguments: ["none", "None", "HS256", "ES256", "Ed25519", "eddsa", ""])
    func `a token cannot choose another algorithm`(_ algorithm: String) throws {
        let head = #"{"typ":"JWT","alg":"\#(algorithm)"}"#
        let signed = try TestKey.token(head: head, claims: TestKey.claims())
        #expect(try TestKey.greeting(signed).refusal(trusting: TestKey.text) == .malformed)

        // Without a signature, and with one that is made from what everybody knows.
        let message = signed.prefix(upTo: try #require(signed.lastIndex(of: UInt8(ascii: "."))))
        let key = try IdentityKey(parsing: TestKey.text)
        for secret in [key.bytes, Array(key.text.utf8)] {
            for signature in [[], authenticationCode(Array(message), secret)] {
                let token = message + [UInt8(ascii: ".")] + Base64URL.encode(signature)
                #expect(
                    try TestKey.greeting(Array(token)).refusal(trusting: TestKey.text)
                        == .malformed)
            }
        }
    }

    @Test func `the key's id opens nothing, and hides nothing`() throws {
        let stranger = [UInt8](repeating: 7, count: 32)
        let head = #"{"typ":"JWT","alg":"EdDSA","kid":"\#(TestKey.text)"}"#
        let forged = try TestKey.token(head: head, claims: TestKey.claims(), seed: stranger)
        #expect(try TestKey.greeting(forged).refusal(trusting: TestKey.text) == .unknownKey)

        // As the official SDKs do: what counts is who has signed.
        let other = #"{"alg":"EdDSA","kid":"publickeyv1_somebody"}"#
        let token = try TestKey.token(head: other, claims: TestKey.claims())
        #expect(try TestKey.greeting(token).refusal(trusting: TestKey.text) == nil)
    }

    @Test(arguments: ["aud", "exp", "iat", "nbf"])
    func `a claim that is missing, or is not of its kind, is refused`(_ name: String) throws {
        let values = [
            nil, "null", "true", "{}", "[1]", #"["/discover"]"#, #""1800000000""#, "-1", "1e308",
            "-1e308", "1e400", "18446744073709551616", "1.7976931348623157e308", "",
        ]
        for value in values {
            let token = try TestKey.token(claims: TestKey.claims(name, value))
            #expect(
                try TestKey.greeting(token).refusal(trusting: TestKey.text) != nil,
                "\(name): \(value ?? "missing")")
        }
    }

    @Test func `claims that were changed are refused when another key signs them`() throws {
        let stranger = [UInt8](repeating: 7, count: 32)
        for (name, value) in [
            ("aud", #""/discover""#), ("exp", "9000000000"), ("iat", "1"), ("nbf", "1"),
            ("sub", #""alice""#),
        ] {
            let token = try TestKey.token(claims: TestKey.claims(name, value), seed: stranger)
            #expect(try TestKey.greeting(token).refusal(trusting: TestKey.text) == .unknownKey)
        }
    }

    @Test func `numbers may be written as JSON allows, and several paths be listed`() throws {
        for (name, value) in [
            ("exp", "1800000060.0"), ("exp", "1.80000006e9"), ("iat", "1e3"), ("nbf", "0"),
            ("nbf", "0.4"), ("exp", "1e15"), ("sub", #""a/b""#), ("more", "[{}]"),
            ("aud", #"["/discover","/invoke/Plain/greet"]"#),
        ] {
            let token = try TestKey.token(claims: TestKey.claims(name, value))
            #expect(
                try TestKey.greeting(token).refusal(trusting: TestKey.text) == nil,
                "\(name): \(value)")
        }
    }

    @Test func `what is no token is refused`() throws {
        let good = String(decoding: try TestKey.token(claims: TestKey.claims()), as: UTF8.self)
        let parts = good.split(separator: ".").map(String.init)
        let texts = [
            "", ".", "..", "...", "a.b.c", "\u{1F511}", String(repeating: ".", count: 60_000),
            String(repeating: "A", count: 60_000), "..\(parts[2])", "\(parts[0])..\(parts[2])",
            ".\(parts[1]).\(parts[2])", "\(parts[0]).\(parts[1]).", "Bearer \(good)", "\(good)=",
            " \(good)", "\(parts[0]).\(parts[1]).\(String(repeating: "A", count: 86))",
            "\(parts[1]).\(parts[0]).\(parts[2])", "\(parts[0]).\(parts[1]).\(parts[2])AAAA",
            "\(parts[0]).\(parts[1]).\(parts[2].dropLast(2))",
        ]
        for text in texts {
            let refusal = try TestKey.greeting(Array(text.utf8)).refusal(trusting: TestKey.text)
            #expect(refusal == .malformed || refusal == .unknownKey, "\(text.prefix(80))")
        }
        for claims in ["", "{", "[]", "1", #""text""#, "{}", String(repeating: "[", count: 9000)] {
            let token = try TestKey.token(claims: claims)
            #expect(
                try TestKey.greeting(token).refusal(trusting: TestKey.text) == .malformed)
            let head = try TestKey.token(head: claims, claims: TestKey.claims())
            #expect(try TestKey.greeting(head).refusal(trusting: TestKey.text) == .malformed)
        }
    }

    @Test func `random bytes are refused`() throws {
        var random = SplitMix(seed: 1)
        let gate = RequestGate(keys: [try IdentityKey(parsing: TestKey.text)])
        for _ in 0..<300 {
            let count = Int.random(in: 0...300, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            #expect(try TestKey.greeting(bytes).refusal(gate) == .malformed)
        }
    }

    @Test func `a token that has passed before is looked at again`() throws {
        let gate = RequestGate(keys: [try IdentityKey(parsing: TestKey.text)])
        var request = TestKey.greeting(try TestKey.token(claims: TestKey.claims()))
        for _ in 0..<2 { #expect(try request.refusal(gate) == nil) }
        request.at = TestKey.now + 61
        #expect(try request.refusal(gate) == .expired)
        request.at = TestKey.now - 61
        #expect(try request.refusal(gate) == .notYetValid)
        request.at = TestKey.now
        request.path = "/invoke/Plain/nothing"
        #expect(try request.refusal(gate) == .otherPath)
        request.path = "/invoke/Plain/greet"
        request.scheme = "unsigned"
        #expect(try request.refusal(gate) == .unsigned)
    }

    @Test func `a thousand tokens are told apart`() throws {
        let gate = RequestGate(keys: [try IdentityKey(parsing: TestKey.text)])
        for number in 0..<1000 {
            let own = "/invoke/Plain/h\(number)"
            let token = try TestKey.token(claims: TestKey.claims("aud", #""\#(own)""#))
            var request = SignedRequest(token: token, path: own, at: TestKey.now)
            #expect(try request.refusal(gate) == nil)
            request.path = "/invoke/Plain/h\(number + 1)"
            #expect(try request.refusal(gate) == .otherPath)
        }
    }

    /// HMAC with SHA-256, as the algorithm HS256 has it.
    private func authenticationCode(_ message: [UInt8], _ secret: [UInt8]) -> [UInt8] {
        var key = secret.count > 64 ? SHA256.digest(secret) : secret
        key += [UInt8](repeating: 0, count: 64 - key.count)
        return SHA256.digest(
            key.map { $0 ^ 0x5C } + SHA256.digest(key.map { $0 ^ 0x36 } + message))
    }
}
#endif
