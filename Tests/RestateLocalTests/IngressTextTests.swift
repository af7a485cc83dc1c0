import Primitives
import Testing

import Times
@testable import RestateLocal
@testable import RestateRuntime

/// Durations and paths as clients write them.
@Suite struct IngressTextTests {
    @Test(
        arguments: [
            ("100ms", 100), ("10s", 10_000), ("60 sec", 60_000), ("5000ms", 5000),
            ("1h", 3_600_000),
            ("1m 30s", 90_000), ("1m30s", 90_000), ("2 days", 172_800_000), ("0.5s", 500),
            ("0", 0), ("+1s", 1000), ("01:02:03", 3_723_000), ("1d 01:02:03", 90_123_000),
            ("PT1,5S", 1500), ("+PT1S", 1000), ("1h, 30m", 5_400_000), ("1s ", 1000),
            ("0.0001s", 1), ("1.25 minutes", 75_000), ("1h0.5m", 3_630_000), ("100µs", 1),
            ("2 secs", 2000), ("3000000h", 10_800_000_000_000), ("1w", 604_800_000),
            ("PT0.1S", 100), ("PT10S", 10_000), ("P1DT1H", 90_000_000), ("pt1m", 60_000), ("0s", 0),
        ] as [(String, UInt64)])
    func `durations are read in both forms`(text: String, milliseconds: UInt64) throws {
        #expect(try DurationText.milliseconds(text) == milliseconds)
    }

    @Test(
        arguments: [
            "", "100", "s", "10 parsecs", "P", "PT", "PT1", "P1S", "-1s", "1e9s", "1s x", "1S",
            "1 MS", "1M", "1H", "1D", "30m 1h", "1s 1s", "PT1S1M", " 1s", ".5s", "1.s", "1.5d",
            "1h,30m", "1.5h30m", "1s ago", "-PT1S", "1month", "P1Y", "01:02", "\u{FFFD}",
            "99999999999999999999s", "631107417601s",
        ])
    func `what is no duration is refused`(text: String) {
        #expect(throws: DurationError.self) { try DurationText.milliseconds(text) }
    }

    @Test(
        arguments: [
            ("1h,30m", "expected whitespace after comma, but found `3`"),
            ("1 hour and 30 minutes", "parsed value 'PT1H', but unparsed input \"and 30 minutes\""),
            ("1.5h30m", "parsed value 'PT1H30M', but unparsed input \"30m\" remains"),
            ("30m 1h", "found value with unit hour after unit minute"),
            ("1.5d", "fractional days are not supported"),
        ])
    func `what is wrong with a duration is said in the server's words`(
        text: String, words: String
    ) {
        do throws(DurationError) {
            _ = try DurationText.milliseconds(text)
            Issue.record("it was taken")
        } catch {
            #expect("\(error)".contains(words))
        }
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
        #expect(RFC3339.nanosecondText(1_709_164_800_123) == "2024-02-29T00:00:00.123000000Z")
        #expect(RFC3339.headerText(1_709_164_800_123) == "2024-02-29T00:00:00.123+00:00")
        #expect(RFC3339.text(Moment.latest) == "9999-12-31T23:59:59.999Z")
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
        #expect(PathText("/S/h/send?delay=%FF").parameter("delay") != nil)
        #expect(path.segments == ["Counter", "a", "add", "send"])
        #expect(PathText("/a/b/").segments == ["a", "b"])
    }

    @Test func `each path of the ingress has one meaning`() {
        func meaning(_ path: String) -> String { "\(IngressPath(PathText(path).segments))" }
        #expect(meaning("/Greeter/greet").hasPrefix("invocation"))
        #expect(meaning("/restate/send/Greeter/greet").hasPrefix("explicit(isSend: true"))
        #expect(meaning("/restate/call/Counter/a/add").hasPrefix("explicit(isSend: false"))
        #expect(meaning("/restate/health") == "health")
        #expect(meaning("/restate/scope/s/call/Greeter/greet").hasPrefix("scoped"))
        #expect(meaning("/restate/lookup").hasPrefix("targeted"))
        #expect(meaning("/restate/invocation/inv_1/attach").hasPrefix("invocationResult"))
        #expect(meaning("/restate/invocation/S/h/key/output").hasPrefix("idempotentResult"))
        #expect(meaning("/restate/workflow/W/k/output").hasPrefix("workflowResult"))
        #expect(meaning("/restate/a/sign_1/reject").hasPrefix("awakeable"))
        for path in ["/openapi/x", "/restate/nothing", "/restate/invocation/x/other"] {
            #expect(meaning(path) == "nothing", "\(path)")
        }
        for path in [
            "/restate/call/S", "/restate/scope/s", "/restate/scope/s/x/S/h", "/restate/invocation",
            "/restate/workflow/W/k",
        ] {
            #expect(meaning(path).hasPrefix("incomplete"), "\(path)")
        }
        for path in ["/", "/None", "/openapi", "/restate/invocation/a/b/c/d/e/f/output"] {
            #expect(meaning(path) == "bad", "\(path)")
        }
    }

    @Test func `slashes at the ends of a path mean nothing, however many`() {
        for path in ["//a/b", "/a/b//", "a/b", "///a/b///?x=/"] {
            #expect(PathText(path).segments == ["a", "b"], "\(path)")
        }
        #expect(PathText("/a//b/").segments == ["a", "", "b"])
    }
}
