#if RequestIdentity
import CanonicalJSON
import Foundation
import Restate
import RestateIdentity
import Testing

@testable import RestateLambda

/// Signatures through a function of AWS Lambda, whose events carry them as headers.
@Suite(.timeLimit(.minutes(10)))
struct LambdaIdentityTests {
    private static let key = "publickeyv1_AfQwmwfgEZhrWpvv8N52SHpRtZqGGaFr4AZN6qtYWSiY"
    private static let pkcs8 = "MC4CAQAwBQYDK2VwBCIEIPe++4ZTPQDF81otpoU/mOGHC2vOAVp9WbiCblvn3nXO"
    private static let path = "/invoke/Plain/greet"

    /// The headers of a signature as a server sends them, made with the server's key or with another.
    private static func signature(
        _ audience: String = path, key: [UInt8]? = nil
    ) throws -> [String: String] {
        let seed = try #require(Data(base64Encoded: pkcs8)).suffix(32)
        let token = IdentityToken.make(
            audience: audience, subject: nil, at: UInt64(Date().timeIntervalSince1970),
            validity: 60, privateKey: key ?? Array(seed), keyID: self.key)
        return ["x-restate-signature-scheme": "v1", "x-restate-jwt-v1": try #require(token)]
    }

    private static func answer(
        _ headers: [String: String], path: String = path, method: String = "POST"
    ) async throws -> Ask.Answer {
        struct Event: Encodable {
            var path: String
            var httpMethod: String
            var headers: [String: String]
            var isBase64Encoded = true
            var body = Data(Ask.journal(#""alice""#)).base64EncodedString()
        }
        let type = ["content-type": "application/vnd.restate.invocation.v6"]
        let event = Event(
            path: path, httpMethod: method, headers: headers.merging(type) { $1 })
        let function = try LambdaFunction(
            Endpoint(Plain()).requestIdentity(keys: [key]).logger(SilentLogger()))
        let answer = try await function.answer(to: try JSON.encode(event))
        return try JSON.decode(Ask.Answer.self, from: answer[...])
    }

    @Test func `a function with keys answers a signed event`() async throws {
        let answer = try await Self.answer(try Self.signature())
        #expect(answer.statusCode == 200)
        #expect(answer.output == #""hello alice""#)
        let discovery = try await Self.answer(
            try Self.signature("/discover"), path: "/discover", method: "GET")
        #expect(discovery.statusCode == 200)
    }

    @Test func `a function with keys finds a signature whose headers have capitals`() async throws {
        let capitals = try Self.signature().map { ($0.key.capitalized, $0.value) }
        let answer = try await Self.answer(Dictionary(uniqueKeysWithValues: capitals))
        #expect(answer.statusCode == 200)
    }

    @Test func `a function with keys refuses an event that is not signed with one of them`()
        async throws
    {
        let strangers = [UInt8](1...32)
        for headers in [
            [:], try Self.signature(key: strangers), try Self.signature("/invoke/Plain/nothing"),
        ] {
            let answer = try await Self.answer(headers)
            #expect(answer.statusCode == 401)
            #expect(answer.output == nil)
            #expect(answer.headers["content-type"] == "text/plain; charset=utf-8")
        }
        let discovery = try await Self.answer([:], path: "/discover", method: "GET")
        #expect(discovery.statusCode == 401)
    }
}
#endif
