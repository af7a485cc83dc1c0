import RestateMachine
import RestateHTTP
import Support
import Testing

@testable import Restate
@testable import RestateServices

/// An endpoint's own bounds, held against the guide.
struct EndpointBoundTests {
    @Test func `the guide's table has the bounds of the code`() throws {
        #expect(try GuideTable.rows(below: "### Of an endpoint") == Endpoint.ownBounds.map(\.row))
    }

    @Test func `what a program's help can end with has all of them`() {
        let lines = Endpoint.bounds.split(separator: "\n")
        #expect(
            lines.contains { $0.hasPrefix("  concurrent closures of runs ") && $0.hasSuffix(" 64") }
        )
        #expect(lines.contains { $0.hasPrefix("  connections ") && $0.hasSuffix(" 10,000") })
        // Not the local runtime's 1,000.
        #expect(lines.contains { $0.hasPrefix("  open requests ") && $0.hasSuffix(" 100,000") })
    }

    @Test(arguments: [(1 << 20, 64 << 20), (32 << 20, 64 << 20), (100 << 20, 200 << 20)])
    func `a larger limit of messages is one for those from the server too`(
        limit: Int, frame: Int
    ) throws {
        let settings = try AttemptSettings(of: Endpoint([]).messageSizeLimit(limit))
        #expect(settings.machine.frameLimit == frame)
    }
}
