import Testing

@testable import RestateLocal

/// Durations and paths as clients write them.
@Suite struct IngressTextTests {
    @Test(
        arguments: [
            ("100ms", 100), ("10s", 10_000), ("60 sec", 60_000), ("5000ms", 5000),
            ("1h", 3_600_000),
            ("1m 30s", 90_000), ("1m30s", 90_000), ("2 days", 172_800_000), ("0.5s", 500),
            ("PT0.1S", 100), ("PT10S", 10_000), ("P1DT1H", 90_000_000), ("pt1m", 60_000), ("0s", 0),
        ] as [(String, UInt64)])
    func `durations are read in both forms`(text: String, milliseconds: UInt64) throws {
        #expect(try DurationText.milliseconds(text) == milliseconds)
    }

    @Test(arguments: ["", "100", "s", "10 parsecs", "P", "PT", "PT1", "P1S", "-1s", "1e9s", "1s x"])
    func `what is no duration is refused`(text: String) {
        #expect(throws: DurationError.self) { try DurationText.milliseconds(text) }
    }

    @Test(
        arguments: [
            (86_400_000, "1d"), (600_000, "10m"), (60_000, "1m"), (500, "500ms"), (0, "0s"),
            (5_400_000, "1h 30m"),
        ] as [(UInt64, String)])
    func `durations are written as the server writes them`(milliseconds: UInt64, text: String) {
        #expect(DurationText.friendly(milliseconds: milliseconds) == text)
    }

    @Test func `moments are written and read back`() {
        for milliseconds in [0, 951_782_400_000, 1_795_230_054_370, 4_102_444_799_999] as [UInt64] {
            #expect(RFC3339.milliseconds(RFC3339.text(milliseconds)) == milliseconds)
        }
        #expect(RFC3339.text(1_709_164_800_000) == "2024-02-29T00:00:00.000Z")
        #expect(RFC3339.milliseconds("yesterday") == nil)
    }

    @Test func `a key may hold any character`() {
        #expect(PercentEncoding.decode("a%2Fb%20c") == "a/b c")
        #expect(PercentEncoding.decode("%E2%82%AC") == "€")
        #expect(PercentEncoding.decode("100%") == "100%")
        #expect(PercentEncoding.decode("%ff") == nil)
    }

    @Test func `a query's names are compared without case, its values decoded`() {
        let path = PathText("/Counter/a/add/send?Delay=1%20h&x=1+2")
        #expect(path.parameter("delay") == "1 h")
        #expect(path.parameter("x") == "1 2")
        #expect(path.parameter("y") == nil)
        #expect(path.segments == ["Counter", "a", "add", "send"])
        #expect(PathText("/a/b/").segments == ["a", "b"])
    }

    @Test func `each path of the ingress has one meaning`() {
        func meaning(_ path: String) -> String { "\(IngressPath(PathText(path).segments))" }
        #expect(meaning("/Greeter/greet").hasPrefix("invocation"))
        #expect(meaning("/restate/send/Greeter/greet").hasPrefix("explicit(isSend: true"))
        #expect(meaning("/restate/call/Counter/a/add").hasPrefix("explicit(isSend: false"))
        #expect(meaning("/restate/health") == "health")
        #expect(meaning("/restate/scope/s/call/Greeter/greet") == "scoped")
        #expect(meaning("/restate/lookup").hasPrefix("targeted"))
        #expect(meaning("/restate/invocation/inv_1/attach").hasPrefix("invocationResult"))
        #expect(meaning("/restate/invocation/S/h/key/output").hasPrefix("idempotentResult"))
        #expect(meaning("/restate/workflow/W/k/output").hasPrefix("workflowResult"))
        #expect(meaning("/restate/a/sign_1/reject").hasPrefix("awakeable"))
        #expect(meaning("/openapi/x") == "openAPI")
        for path in [
            "/", "/None", "/openapi", "/restate/nothing", "/restate/invocation/a/b/attach",
        ] {
            #expect(meaning(path) == "bad", "\(path)")
        }
    }
}
