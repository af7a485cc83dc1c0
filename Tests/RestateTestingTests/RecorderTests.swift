import Foundation
import Restate
import RestateTesting
import Testing

/// What an endpoint records, and how it is replayed.
@Suite(.timeLimit(.minutes(10))) struct RecorderTests {
    @Test func `a recorded journal is replayed by the program that recorded it`() async throws {
        try await withFolder { folder in
            try await withRestate(Endpoint(Order(), Counter()).recordJournals(to: folder)) {
                try await #expect($0.service(Order.self).process(5) == "receipt-5")
                try await #expect($0.object(Counter.self, "sold").get() == 1)
            }
            let journals = try RecordedJournal.all(at: folder)
            #expect(
                Set(journals.map { "\($0.service)/\($0.handler)" }) == [
                    "Order/process", "Counter/add", "Counter/get",
                ])
            let differences = try await JournalReplay.run(
                journals, against: Endpoint(Order(), Counter()))
            #expect(differences.isEmpty, "\(differences)")
        }
    }

    @Test func `recorded journals are for their owner only`() async throws {
        try await withFolder { folder in
            try await withRestate(Endpoint(Order(), Counter()).recordJournals(to: folder)) {
                _ = try await $0.service(Order.self).process(5)
            }
            #expect(try permissions(folder) == 0o700)
            let journals = try RecordedJournal.all(at: folder)
            #expect(!journals.isEmpty)
            for journal in journals { #expect(try permissions(journal.source) == 0o600) }
        }
    }

    private func permissions(_ path: String) throws -> Int? {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? NSNumber)?.intValue
    }

    @Test func `a difference names the lines of both versions`() async throws {
        try await withFolder { folder in
            try await withRestate(Endpoint(Order(), Counter()).recordJournals(to: folder)) {
                _ = try await $0.service(Order.self).process(5)
            }
            let journal = try #require(
                try RecordedJournal.all(at: folder).first { $0.service == "Order" })
            let found = try #require(
                try await JournalReplay(journal).run(against: Endpoint(Order(checksFraud: true))))
            #expect(found.command == 1)
            #expect(
                found.recorded == "run 'charge' at RestateTestingTests/RecorderTests.swift:1002")
            #expect(
                found.attempted == "run 'fraud' at RestateTestingTests/RecorderTests.swift:1001")
            #expect(
                found.description == """
                    Order/process, invocation \(journal.invocation) (\(journal.source)), command 1:
                      recorded:  run 'charge' at RestateTestingTests/RecorderTests.swift:1002
                      now:       run 'fraud' at RestateTestingTests/RecorderTests.swift:1001
                      name: charge != fraud
                    """)
        }
    }

    @Test func `a step whose result is missing is not executed`() async throws {
        try await withFolder { folder in
            let failing = Order(charge: { _ in throw Broken() })
            try await withRestate(Endpoint(failing, Counter()).recordJournals(to: folder)) {
                restate in
                await #expect(throws: HandlerFailed.self) {
                    try await restate.service(Order.self).process(5)
                }
            }
            let journal = try #require(try RecordedJournal.all(at: folder).first)
            let never = Order(charge: { _ in
                Issue.record("a replay has charged")
                return ""
            })
            #expect(try await JournalReplay(journal).run(against: Endpoint(never)) == nil)
        }
    }

    @Test func `an added wait is a difference`() async throws {
        try await withFolder { folder in
            try await withRestate(Endpoint(Order(), Counter()).recordJournals(to: folder)) {
                _ = try await $0.service(Order.self).process(5)
            }
            let journal = try #require(
                try RecordedJournal.all(at: folder).first { $0.service == "Order" })
            let found = try #require(
                try await JournalReplay(journal).run(against: Endpoint(Order(waits: true))))
            #expect(found.attempted.hasPrefix("waits at RestateTestingTests/RecorderTests.swift:"))
            #expect(found.recorded == "went on without waiting here")
        }
    }

    @Test func `files have what a codec gives the server, and are replayed with it`() async throws {
        try await withFolder { folder in
            let endpoint = Endpoint(Order(), Counter()).journalCodec(Masked())
            try await withRestate(endpoint.recordJournals(to: folder)) {
                _ = try await $0.service(Order.self).process(5)
            }
            // `receipt-5` in the digits of a file.
            let secret = "726563656970742d35"
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
                let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
                #expect(!text.contains(secret), "\(name)")
            }
            let journals = try RecordedJournal.all(at: folder)
            #expect(try await JournalReplay.run(journals, against: endpoint).isEmpty)
            let changed = Endpoint(Order(checksFraud: true), Counter()).journalCodec(Masked())
            #expect(try await JournalReplay.run(journals, against: changed).count == 1)
        }
    }

    @Test func `a share of nothing records nothing`() async throws {
        try await withFolder { folder in
            let endpoint = Endpoint(Counter()).recordJournals(to: folder) { $0.share = 0 }
            try await withRestate(endpoint) {
                _ = try await $0.object(Counter.self, "k").add(1)
            }
            #expect(try RecordedJournal.all(at: folder).isEmpty)
        }
    }

    @Test func `a share of the invocations is recorded`() async throws {
        try await withFolder { folder in
            let endpoint = Endpoint(Counter()).recordJournals(to: folder) { $0.share = 0.5 }
            try await withRestate(endpoint) { restate in
                for key in 0..<64 { _ = try await restate.object(Counter.self, "\(key)").add(1) }
            }
            // Which ones follows from their ids, and the kit's ids are always the same.
            #expect((16...48).contains(try RecordedJournal.all(at: folder).count))
        }
    }

    @Test func `a long journal is recorded up to its limit, and its beginning replayed`()
        async throws
    {
        try await withFolder { folder in
            let endpoint = Endpoint(Long()).recordJournals(to: folder) { $0.fileLimit = 4000 }
            try await withRestate(endpoint, TestSettings { $0.alwaysSuspend = false }) {
                try await $0.service(Long.self).count(200)
            }
            let journal = try #require(try RecordedJournal.all(at: folder).first)
            #expect((10..<200).contains(journal.count))
            #expect(try await JournalReplay(journal).run(against: Endpoint(Long())) == nil)
        }
    }

    @Test func `the oldest files make room for new ones`() async throws {
        try await withFolder { folder in
            let endpoint = Endpoint(Counter()).recordJournals(to: folder) {
                $0.folderLimit = 10_000
            }
            try await withRestate(endpoint) { restate in
                for key in 0..<40 { _ = try await restate.object(Counter.self, "\(key)").add(1) }
            }
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            let size = try files.reduce(0) { sum, name in
                let about = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
                return sum + (about[.size] as? Int ?? 0)
            }
            #expect((1..<40).contains(files.count))
            #expect(size <= 10_000)
        }
    }

    @Test func `a folder that cannot be made refuses the start`() throws {
        let endpoint = Endpoint(Counter()).recordJournals(to: "/proc/no/journals")
        let error = #expect(throws: EndpointError.self) { try endpoint.start(port: 0) }
        #expect(error?.description.contains("'/proc/no/journals' cannot be made") == true)
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"request": {"path": "/invoke/A/b", "headers": {}}, "frames": []}"#,
    ])
    func `what is no journal is refused with its name`(text: String) throws {
        #expect(throws: JournalUnreadable.self) {
            try RecordedJournal(parsing: Array(text.utf8), source: "x.json")
        }
    }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "journals-\(UUID().uuidString)").path(percentEncoded: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }
}

/// Two versions of a service, with lines that tests can name.
private struct Order: Service {
    var charge: @Sendable (Int) async throws -> String = { "receipt-\($0)" }
    var checksFraud = false
    var waits = false

    func process(_ ctx: Context, price: Int) async throws -> String {
        let charge = charge
        if checksFraud { try await ctx.run("fraud", line: 1001) {} }
        if waits { _ = try await ctx.awakeable(String.self).value }
        let receipt = try await ctx.run("charge", line: 1002) { try await charge(price) }
        _ = try await ctx.object(Counter.self, "sold").add(1)
        return receipt
    }

    struct API: HandlerTable { let process = handler(Order.process) }
}

/// Hides values from who only looks.
private struct Masked: JournalCodec {
    func encode(_ bytes: [UInt8]) -> [UInt8] { [0x2A] + bytes.map { ~$0 } }
    func decode(_ bytes: [UInt8]) throws -> [UInt8] {
        guard bytes.first == 0x2A else { throw Broken() }
        return bytes.dropFirst().map { ~$0 }
    }
}

private struct Long: Service {
    func count(_ ctx: Context, to limit: Int) async throws {
        for number in 0..<limit { _ = try await ctx.run("\(number)") { number } }
    }

    struct API: HandlerTable { let count = handler(Long.count) }
}
