import RestateHTTP
import Support
import Testing

@testable import LocalCommand

/// Bounds stand in one place, and whatever tells of them tells the same.
struct BoundTests {
    @Test func `the guide's tables have the bounds of the code`() throws {
        #expect(try GuideTable.rows(below: "### Of every port") == Bound.port.map(\.row))
        #expect(try GuideTable.rows(below: "### Of the local runtime") == Bound.runtime.map(\.row))
    }

    @Test func `the help has all of them`() {
        let bounds = Bound.port + Bound.runtime
        let width = bounds.map(\.name.count).max() ?? 0
        let lines = Options.help.split(separator: "\n").map(String.init)
        for bound in bounds { #expect(lines.contains(bound.line(width: width, local: true))) }
    }

    @Test func `every limit of the transport is in the table`() {
        let names = Mirror(reflecting: HTTPLimits()).children.compactMap(\.label)
        #expect(Set(names) == Set(HTTPLimits.bounds().map(\.key)))
    }
}
