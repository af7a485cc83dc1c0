import Foundation
import Restate
import RestateTesting
import Support
import Testing

@testable import Nexus

/// Recorded journals of the application, replayed by the application of today and by changed ones.
@Suite(.timeLimit(.minutes(10))) struct ReplayTests {
    private func journals(_ folder: String = "nexus") throws -> [RecordedJournal] {
        try RecordedJournal.all(at: Fixtures.root.appending(path: folder).path())
    }

    @Test func `the application replays all its recorded journals`() async throws {
        let journals = try journals()
        #expect(journals.count > 100)
        // They were recorded with seats that are held for three seconds.
        var settings = NexusSettings()
        settings.holdTime = .seconds(3)
        let differences = try await JournalReplay.run(
            journals, against: Endpoint(BoxOffice(settings).services))
        // The words about input that is not JSON are another parser's.
        let others = differences.filter { difference in
            !difference.fields.contains { $0.contains("Failed to deserialize input") }
        }
        #expect(others.isEmpty, "\(others.map(\.description).joined(separator: "\n"))")
    }

    /// A booking that went well, as it was recorded.
    private func booking() throws -> RecordedJournal {
        let path = Fixtures.root.appending(path: "nexus/v6/Checkout-process-01.json").path()
        return try #require(try RecordedJournal.all(at: path).first)
    }

    private func difference(_ change: ChangedCheckout.Change) async throws -> JournalDifference? {
        try await JournalReplay(booking()).run(against: Endpoint(ChangedCheckout(change: change)))
    }

    @Test func `a checkout that takes the same steps replays the journal`() async throws {
        let difference = try await difference(.nothing)
        #expect(difference == nil, "\(String(describing: difference))")
    }

    @Test func `an added step is the first difference`() async throws {
        let found = try #require(try await difference(.added))
        #expect(found.command == 3)
        #expect(found.recorded == "run 'process-payment'")
        #expect(
            found.attempted
                == "run 'check-fraud' at NexusTests/ChangedCheckout.swift:\(ChangedCheckout.added)")
    }

    @Test func `a removed step is the first difference`() async throws {
        let found = try #require(try await difference(.removed))
        #expect(found.command == 2)
        #expect(found.recorded?.hasPrefix("call 'SeatMap/set'") == true)
        #expect(
            found.attempted
                == "run 'process-payment' at NexusTests/ChangedCheckout.swift:\(ChangedCheckout.payment)"
        )
    }

    @Test func `a moved step is the first difference`() async throws {
        let found = try #require(try await difference(.moved))
        #expect(found.command == 2)
        #expect(found.recorded?.hasPrefix("call 'SeatMap/set'") == true)
        #expect(
            found.attempted
                == "run 'process-payment' at NexusTests/ChangedCheckout.swift:\(ChangedCheckout.moved)"
        )
    }

    @Test func `a renamed step is the first difference`() async throws {
        let found = try #require(try await difference(.renamed))
        #expect(found.command == 3)
        #expect(found.recorded == "run 'process-payment'")
        #expect(
            found.attempted
                == "run 'charge-card' at NexusTests/ChangedCheckout.swift:\(ChangedCheckout.payment)"
        )
        #expect(
            found.fields.contains { $0.contains("process-payment") && $0.contains("charge-card") })
    }

    @Test func `another result is the first difference`() async throws {
        let found = try #require(try await difference(.answered))
        #expect(found.recorded?.hasPrefix("handler return") == true)
        #expect(found.fields.contains { $0.contains("Booked") })
    }

    @Test func `an input that today's program cannot read is the first difference`() async throws {
        let found = try #require(
            try await JournalReplay(booking()).run(against: Endpoint(OtherCheckout())))
        #expect(found.command == 0)
        #expect(found.recorded == "handler input")
        #expect(found.attempted.hasPrefix("a replay cannot read the input: Failed to deserialize"))
    }

    /// A checkout that takes another input.
    private struct OtherCheckout: Service {
        static let name = "Checkout"

        func process(_ ctx: Context, number: Int) async throws -> Int { number }

        struct API: HandlerTable {
            let process = handler(OtherCheckout.process)
        }
    }

    @Test func `a handler that is gone is a difference`() async throws {
        let found = try #require(
            try await JournalReplay(booking()).run(against: Endpoint(MailService(mailer: Outbox())))
        )
        #expect(found.attempted == "the endpoint does not serve 'Checkout'; it serves Mailer")
    }
}
