import Patterns
import Restate
import Support
import Testing

/// Which patterns there are, and which can be served together.
struct ServedPatternTests {
    private var settings: PatternSettings {
        PatternSettings(
            EffectsInMemory(), payments: PaymentsInMemory(webhookSecret: "whsec"),
            webhookSecret: "whsec")
    }

    @Test func `there are fifteen patterns, and each one that this build has can be served`()
        throws
    {
        #expect(Pattern.all.count == 15)
        for pattern in Pattern.all where pattern.isMissing == nil {
            #expect(!(try Pattern.services(of: [pattern], settings)).isEmpty, "\(pattern.name)")
        }
    }

    @Test func `all but one can be served together, and what two share is served once`() throws {
        let patterns = Pattern.all.filter { $0.name != "signalspayments" }
        let services = try Pattern.services(of: patterns, settings)
        #expect(Set(services.map { type(of: $0).name }).count == services.count)
    }

    @Test func `two patterns whose services have one name are not served together`() async throws {
        let names = ["signalspayments", "statemachinepayments"]
        let error = try #require(throws: PatternClash.self) {
            try Pattern.services(of: names.compactMap { Pattern.named($0) }, settings)
        }
        let sentence =
            "signalspayments and statemachinepayments cannot be served together: both have a "
            + "service 'payments'."
        #expect(error.description == sentence)

        let ended = try await EndedProcess(product: "patterns", ["serve"] + names)
        #expect(ended.status == 2)
        #expect(ended.complaint.contains(sentence), "\(ended.complaint)")
    }

    #if !PostgreSQL
    @Test func `a build without PostgreSQL says how to get it`() async throws {
        let ended = try await EndedProcess(product: "patterns", ["database"])
        #expect(ended.status == 1)
        #expect(ended.complaint.contains("swift run --traits PostgreSQL patterns database"))
    }
    #endif
}
