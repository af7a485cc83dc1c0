import RestateMachine
import RestateProtocol
import Support
import Testing

@testable import Restate

/// An endpoint's own bounds, held against the guide.
struct EndpointBoundTests {
    @Test func `the guide's table has the bounds of the code`() throws {
        let mebibyte = 1 << 20
        let rows = [
            "| closures of runs at once | \(AttemptSettings.runThreads) | `Endpoint.runThreads(_:)` | the next one waits |",
            "| one value on its way to the server | \(AttemptSettings.messageLimit / mebibyte) MiB | `Endpoint.messageSizeLimit(_:)` | the attempt fails, and says which operation it was |",
            "| one message from the server | \(FrameDecoder.defaultLimit / mebibyte) MiB | fixed | the attempt fails |",
            "| the text of an error | \(ErrorText.limit / 1024) KiB | fixed | its middle is left out |",
            "| arrays and objects in each other, in JSON | \(JSON.maximumDepth) | fixed | it cannot be read, or written |",
            "| a body for a route of your own | \(Route.bodyLimit / mebibyte) MiB | fixed | 413 |",
        ]
        #expect(try GuideTable.rows(below: "### Of an endpoint") == rows)
    }
}
