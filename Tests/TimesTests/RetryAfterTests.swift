import Testing
import Times

@Suite struct RetryAfterTests {
    /// Sunday, 6 November 1994, 08:49:37 UTC.
    static let moment: UInt64 = 784_111_777_000

    @Test(arguments: [
        ("0", 0), ("17", 17_000), ("18446744073709551615", UInt64.max),
        ("Sun, 06 Nov 1994 08:49:47 GMT", 10_000), ("Sun, 6 Nov 1994 08:49:47 UT", 10_000),
        ("Sun, 06 Nov 1994 10:49:47 +0200", 10_000), ("Sun, 06 Nov 1994 03:49:47 -0500", 10_000),
        ("Sun, 06 Nov 1994 08:49:00 GMT", 0),
    ])
    func `seconds and dates are waits from now on`(text: String, delay: UInt64) {
        #expect(RetryAfter.delay(text, at: Self.moment) == delay)
    }

    @Test(arguments: ["", "-1", "1.5", "soon", "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:49:47 now"])
    func `anything else says nothing`(text: String) {
        #expect(RetryAfter.delay(text, at: Self.moment) == nil)
    }
}
