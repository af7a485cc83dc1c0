import Foundation
import Nexus
import Restate
import RestateLocal
import Support
import Testing

/// The recorded queries on a runtime in which the same has happened: two bookings, one of them
/// refused by the bank, and a delayed one.
@Suite(.timeLimit(.minutes(10))) struct TableReplayTests {
    /// Random, or made from what is.
    static let unlike: Set = [
        "idempotency_key", "partition_key", "raw", "raw_length", "entry_json", "value",
        "value_length", "endpoint",
    ]

    @Test func `every recorded query gives the recorded rows`() async throws {
        let queries =
            try FixtureJSON(parsing: [UInt8](Fixtures.data("http/tables.json")))["queries"]?.array
            ?? []
        #expect(queries.count == 12)
        var settings = NexusSettings()
        settings.chargeTime = .zero
        settings.mailTime = .zero
        // The recording is older than the service for mails that wait.
        let services = BoxOffice(settings).services.filter { !($0 is MailService) }
        try await withLocalServer(services) { server, _ in
            try await book(server, #"{"ticketId": "seat-1", "userId": "alice"}"#)
            try await book(
                server,
                #"{"ticketId": "seat-2", "userId": "bob", "paymentMethodId": "card_decline"}"#)
            try await book(
                server, #"{"ticketId": "seat-3", "userId": "carol"}"#, "/send?delay=1h")
            for query in queries {
                let text = query["query"]?.string ?? ""
                let answer = try await ask(
                    port: server.adminPort, "POST", "/query",
                    headers: [
                        ("accept", "application/json"), ("content-type", "application/json"),
                    ],
                    body: Array(FixtureJSON.object(["query": .string(text)]).description.utf8))
                if let status = query["answer"]?["status"]?.integer {
                    #expect(Int128(answer.status) == status, "\(text)")
                    #expect(answer.text == query["answer"]?["body"]?.string, "\(text)")
                    continue
                }
                let rows = Normalizer()(try answer.json["rows"] ?? .null)
                let difference = Self.difference(rows, query["answer"] ?? .null, text)
                #expect(difference == nil, "\(text)")
            }
        }
    }

    private func book(
        _ server: RunningLocalServer, _ order: String, _ suffix: String = ""
    ) async throws {
        let answer = try await ask(
            port: server.ingressPort, "POST", "/Checkout/process\(suffix)",
            headers: [("content-type", "application/json")], body: Array(order.utf8))
        #expect([200, 202, 500].contains(answer.status))
        // One query takes the first six by time: the next booking is to have another millisecond.
        try await Task.sleep(for: .milliseconds(2))
    }

    /// Rows in no order, unless there are too many of them for the recorded limit.
    static func difference(
        _ ours: FixtureJSON, _ recorded: FixtureJSON, _ query: String
    ) -> String? {
        let texts = [ours, recorded].map { rows in
            (rows.array ?? []).map { $0.replacing(unlike).description }.sorted()
        }
        if texts[0] == texts[1] { return nil }
        let surplus = texts[0].filter { !texts[1].contains($0) }
        let missing = texts[1].filter { !texts[0].contains($0) }
        return
            "ours: \(surplus.joined(separator: "\n"))\nrecorded: \(missing.joined(separator: "\n"))"
    }
}

extension FixtureJSON {
    /// With the values of these members replaced by their names: that they are there still counts.
    func replacing(_ names: Set<String>) -> FixtureJSON {
        switch self {
        case .array(let elements): return .array(elements.map { $0.replacing(names) })
        case .object(let members):
            return .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { name, value in
                        (name, names.contains(name) ? .string(name) : value.replacing(names))
                    }))
        default: return self
        }
    }
}
