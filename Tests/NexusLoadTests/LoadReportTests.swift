import Foundation
import NexusLoad
import Testing

#if canImport(FoundationXML)
import FoundationXML
#endif

@Suite struct LoadReportTests {
    @Test func `percentiles are values that were measured`() throws {
        let figures = try #require(LatencyFigures((1...100).reversed().map(Double.init)))
        #expect(figures.p50 == 50)
        #expect(figures.p90 == 90)
        #expect(figures.p95 == 95)
        #expect(figures.p99 == 99)
        #expect(figures.longest == 100)
        #expect(figures.mean == 50.5)
        let one = try #require(LatencyFigures([0.25]))
        #expect(
            [one.p50, one.p90, one.p95, one.p99, one.longest] == [0.25, 0.25, 0.25, 0.25, 0.25])
        #expect(LatencyFigures([3, 1])?.p50 == 1)
        #expect(LatencyFigures([]) == nil)
    }

    @Test func `the text tells throughput, latency, outcomes, kills and invariants`() {
        let text = report().text
        for part in [
            "Load test of here", "Throughput  1.0 answers a second, 0.5 confirmed, over 4.0 s",
            "half in 500 ms", "confirmed           2", "already sold        1",
            "lost and refunded   0", "1 × <odd> & \"quoted\"", "Killed  endpoint at 2.5 s",
            "holds        each key is charged at most once",
        ] {
            #expect(text.contains(part), "\(text)")
        }
    }

    @Test func `an error or a false invariant fails the test`() {
        #expect(report().failures == ["1 answer is an error"])
        #expect(report().text.hasSuffix("Failed: 1 answer is an error.\n"))
        let twice = [sample(0, .outcome(.confirmed)), sample(1, .outcome(.confirmed))]
        let broken = LoadReport(
            LoadPlan(), target: "here", twice,
            invariants: LoadInvariant.all(twice, LoadEvidence(payments: [])))
        #expect(
            broken.failures == [
                "it is false that confirmed bookings = charges − refunds",
                "it is false that no seat is sold twice between two resets",
            ])
    }

    @Test func `a threshold that is passed fails the test`() {
        var plan = LoadPlan()
        plan.p95 = .milliseconds(500)
        let samples = [sample(0, .outcome(.alreadySold))]
        #expect(LoadReport(plan, target: "", samples, invariants: []).failures.isEmpty)
        plan.p95 = .milliseconds(499)
        #expect(
            LoadReport(plan, target: "", samples, invariants: []).failures
                == ["95 of 100 answers took 500 ms, and 499 ms were allowed"])
    }

    @Test func `the page is well-formed, and has the charts, the kills and what was answered`() {
        let page = report().page
        let reader = PageReader()
        let parser = XMLParser(data: Data(page.utf8))
        parser.delegate = reader
        #expect(parser.parse(), "\(String(describing: parser.parserError)) in \(page)")
        #expect(reader.counts["svg"] == 2)
        #expect(reader.counts["polyline"] == 2)
        #expect(reader.counts["rect"] == 4)
        #expect(reader.text.contains("endpoint killed at 2.5 s"))
        #expect(reader.text.contains("<odd> & \"quoted\""))
        #expect(!page.contains("<script"))
        #expect(page.firstMatch(of: #/(?:src|href)=/#) == nil)
    }

    @Test func `a report of nothing is a page too`() {
        let page = LoadReport(LoadPlan(), target: "here", [], invariants: []).page
        #expect(XMLParser(data: Data(page.utf8)).parse())
    }

    @Test func `the three files are written, and the JSON is the report`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let report = report()
        try report.write(to: folder.appending(path: "new").path(percentEncoded: false))
        let read = { (name: String) in
            try Data(contentsOf: folder.appending(path: "new/\(name)"))
        }
        #expect(try JSONDecoder().decode(LoadReport.self, from: try read("report.json")) == report)
        #expect(try read("report.txt") == Data(report.text.utf8))
        #expect(try read("report.html") == Data(report.page.utf8))
    }

    private func report() -> LoadReport {
        let samples = [
            sample(0.25, .outcome(.confirmed)), sample(1, .outcome(.alreadySold)),
            sample(2, .outcome(.confirmed)), sample(3.5, .error("<odd> & \"quoted\"")),
        ]
        let invariants = LoadInvariant.all([], LoadEvidence(payments: []))
        return LoadReport(
            LoadPlan(), target: "here", samples, kills: [.init(part: .endpoint, second: 2.5)],
            invariants: invariants)
    }

    private func sample(_ began: Double, _ answer: LoadAnswer) -> LoadSample {
        LoadSample(seat: "seat-1", began: began, ended: began + 0.5, answer: answer)
    }
}

/// Counts the elements of a page and collects its text.
private final class PageReader: NSObject, XMLParserDelegate {
    var counts: [String: Int] = [:]
    var text = ""

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String]
    ) {
        counts[name, default: 0] += 1
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
