import Primitives
import RestateIdentity

#if RequestIdentity
import RestateProtocol
import Support
import Testing

@testable import Restate
@testable import RestateServices

/// What a real server signed passes, and nothing that differs from it in anything.
struct RecordedIdentityTests {
    private let recorded: RecordedIdentity

    init() throws {
        recorded = try RecordedIdentity()
    }

    @Test func `every recorded request passes at its time, wherever the endpoint is mounted`()
        throws
    {
        #expect(recorded.requests.count == 4)
        for request in recorded.requests {
            for prefix in ["", "/some/prefix", "/invoke/a/b", "/discover"] {
                var request = request
                request.path = prefix + request.path
                #expect(try request.refusal(trusting: recorded.key) == nil)
                request.path += "?x=/discover"
                #expect(try request.refusal(trusting: recorded.key) == nil)
            }
        }
    }

    @Test func `one key of several is enough`() throws {
        for request in recorded.requests {
            #expect(try request.refusal(trusting: recorded.otherKey, recorded.key) == nil)
            #expect(try request.refusal(trusting: recorded.key, recorded.otherKey) == nil)
            #expect(try request.refusal(trusting: recorded.otherKey) == .unknownKey)
            #expect(try request.refusal(trusting: TestKey.text, recorded.otherKey) == .unknownKey)
        }
    }

    @Test func `neither header may be missing, and the scheme is v1`() throws {
        for request in recorded.requests {
            var changed = request
            changed.token = nil
            #expect(try changed.refusal(trusting: recorded.key) == .unsigned)
            for scheme in [nil, "unsigned"] {
                changed = request
                changed.scheme = scheme
                #expect(try changed.refusal(trusting: recorded.key) == .unsigned)
            }
            for scheme in ["", "v2", "V1", "v1 ", "v11", "v", "v1,unsigned"] {
                changed.scheme = scheme
                #expect(try changed.refusal(trusting: recorded.key) == .unknownScheme)
            }
        }
    }

    @Test func `no byte of a token can be another one`() throws {
        let keys = [try IdentityKey(parsing: recorded.key)]
        for request in recorded.requests {
            let token = try #require(request.token)
            for index in token.indices {
                for other in [UInt8(ascii: "A"), UInt8(ascii: "."), token[index] ^ 1, 0xFF]
                where other != token[index] {
                    var changed = request
                    changed.token?[index] = other
                    #expect(try changed.refusal(RequestGate(keys: keys)) != nil)
                }
            }
        }
    }

    @Test func `no token can be shorter or longer`() throws {
        let request = try #require(recorded.requests.last)
        let token = try #require(request.token)
        for count in token.indices {
            var changed = request
            changed.token = Array(token[..<count])
            #expect(try changed.refusal(trusting: recorded.key) != nil)
        }
        for tail in ["A", "=", "==", ".", " ", "\0", ".AAAA"] {
            var changed = request
            changed.token = token + Array(tail.utf8)
            #expect(try changed.refusal(trusting: recorded.key) == .malformed)
        }
    }

    @Test func `a token is good from its first second to its last`() throws {
        for request in recorded.requests {
            var moved = request
            for (offset, refusal) in [
                (-61, IdentityRefusal.notYetValid), (-60, nil), (60, nil), (61, .expired),
            ] {
                moved.at = UInt64(Int64(request.at) + Int64(offset))
                #expect(try moved.refusal(trusting: recorded.key) == refusal)
            }
            for at in [0, UInt64.max] {
                moved.at = at
                #expect(try moved.refusal(trusting: recorded.key) != nil)
            }
        }
    }

    @Test func `a token is for its own path`() throws {
        for request in recorded.requests {
            let paths = [
                "/discover", "/invoke/Tour/echo", "/invoke/TourObject/key", "/invoke/Tour/echo2",
                "/invoke/tour/echo", "/invoke/discover/discover", "/invoke/Tour/discover",
            ]
            for path in paths where path != request.path {
                var moved = request
                moved.path = path
                #expect(try moved.refusal(trusting: recorded.key) == .otherPath)
            }
        }
    }

    @Test func `our tokens claim what a server's do`() throws {
        let subjects = [nil, nil, nil, "a/b"]
        for (request, subject) in zip(recorded.requests, subjects) {
            let token = IdentityToken.make(
                audience: request.path, subject: subject, at: request.at, validity: 60,
                privateKey: try TestKey.seed, keyID: recorded.key)
            let theirs = try parts(try #require(request.token))
            #expect(try parts(Array(try #require(token).utf8)) == theirs)
            var ours = request
            ours.token = token.map { Array($0.utf8) }
            #expect(try ours.refusal(trusting: TestKey.text) == nil)
            #expect(try ours.refusal(trusting: recorded.key) == .unknownKey)
        }
    }

    /// The head and the claims.
    private func parts(_ token: [UInt8]) throws -> [FixtureJSON] {
        try token.split(separator: UInt8(ascii: ".")).prefix(2).map {
            try FixtureJSON(parsing: try #require(Base64URL.decode($0)))
        }
    }
}
#endif
