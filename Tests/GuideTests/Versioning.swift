import Restate
import RestateTesting
import Testing

// docs/guide/versioning.md

func serveAndRecord() async {
    await Endpoint(Counter())
        .recordJournals(to: "journals") { $0.share = 0.01 }
        .serve(port: 9080)
}

struct VersioningPage {
    /// The page's folder is that of a repository; here it is empty.
    private static let recorded = (try? RecordedJournal.all(at: "journals")) ?? []

    @Test func `what was begun is continued by the program of today`() async throws {
        let journals = Self.recorded
        let differences = try await JournalReplay.run(journals, against: Endpoint(Counter()))
        #expect(differences.isEmpty, "\(differences)")
    }
}
