import Support
import Testing

/// `Protocol/discovery.md` against a recorded discovery.
@Suite struct DiscoveryDocumentTests {
    private let versions: [String: Int]
    private let recorded: FixtureJSON

    init() throws {
        let text = try Fixtures.text(inPackage: "Protocol/discovery.md")
        var versions: [String: Int] = [:]
        for cells in MessageTables.tables(in: text)["field", default: []] {
            for name in cells[0].split(separator: ",") {
                versions[name.filter { $0 != " " }] = Int(cells[2])
            }
        }
        self.versions = versions
        recorded = try FixtureJSON(parsing: Array(Fixtures.data("discovery/nexus.json")))
    }

    @Test func `every field of the document has a version of the manifest`() {
        #expect(versions.count == 25)
        for (name, since) in versions { #expect((1...5).contains(since), "\(name)") }
    }

    @Test func `the recorded manifest has only fields of the document`() throws {
        let body = try #require(recorded["response"]?["body"])
        var seen: Set<String> = []
        func look(at json: FixtureJSON) {
            for (name, value) in json.object ?? [:] where name != "metadata" {
                seen.insert(name)
                // What is inside of input and output stands in the notes of their rows.
                if !["input", "output"].contains(name) { look(at: value) }
            }
            for element in json.array ?? [] { look(at: element) }
        }
        look(at: body)
        #expect(seen.contains("services"))
        #expect(seen.subtracting(versions.keys) == [])
    }

    @Test func `the recorded kinds of handlers are allowed by the matrix`() throws {
        let text = try Fixtures.text(inPackage: "Protocol/discovery.md")
        let matrix = MessageTables.tables(in: text)["service \\ handler", default: []]
        let columns = ["", "SHARED", "EXCLUSIVE", "WORKFLOW"]
        let services = try #require(recorded["response"]?["body"]?["services"]?.array)
        #expect(!services.isEmpty)
        for service in services {
            let kind = try #require(service["ty"]?.string)
            let row = try #require(matrix.first { $0[0] == kind }, "\(kind)")
            for handler in try #require(service["handlers"]?.array) {
                let column = try #require(columns.firstIndex(of: handler["ty"]?.string ?? ""))
                #expect(row[column + 1] != "no", "\(kind), \(handler)")
            }
        }
    }
}
