import Foundation
import Restate
import RestateClient
import Support
import Testing

/// What a Restate server answered to questions about its admin API, read by the client's types.
struct RecordedAdminTests {
    private struct Exchange: Decodable {
        struct Request: Decodable {
            var to: String
            var method: String
            var path: String
        }
        struct Answer: Decodable {
            var status: Int?
            var body: JSONValue?
        }
        var request: Request
        var answer: Answer
    }

    @Test func `every answer of a server is read`() throws {
        let lines = try Fixtures.data("http/ask/server-answers.jsonl").split(
            separator: UInt8(ascii: "\n"))
        var read: [String: Int] = [:]
        for line in lines {
            guard let exchange = try? JSONDecoder().decode(Exchange.self, from: Data(line)),
                exchange.request.to == "admin", let status = exchange.answer.status,
                (200..<300).contains(status), let body = exchange.answer.body,
                case .object = body
            else { continue }
            let request = exchange.request
            let path = request.path.split(separator: "?")[0].split(separator: "/").map(String.init)
                .drop { $0.first == "v" && Int($0.dropFirst()) != nil }
            let kind = path.first ?? ""
            switch (kind, path.count, request.method) {
            case ("version", 1, _): _ = try body.decoded(as: RestateAdmin.Version.self)
            case ("cluster-health", 1, _):
                let health = try body.decoded(as: RestateAdmin.ClusterHealth.self)
                #expect(health.cluster == "localcluster" && health.metadataNodes == [1])
            case ("deployments", 1, "POST"):
                _ = try body.decoded(as: RestateAdmin.Registration.self)
            case ("deployments", 2, _): _ = try body.decoded(as: RestateAdmin.Deployment.self)
            case ("services", 2, _):
                let service = try body.decoded(as: RestateAdmin.Service.self)
                #expect(service.idempotencyRetention != nil && service.abortTimeout != nil)
            case ("services", 4, _): _ = try body.decoded(as: RestateAdmin.Handler.self)
            default: continue
            }
            read[kind, default: 0] += 1
        }
        #expect(read["version", default: 0] >= 5)
        #expect(read["cluster-health"] == 1)
        #expect(read["deployments", default: 0] >= 50)
        #expect(read["services", default: 0] >= 30)
    }
}
