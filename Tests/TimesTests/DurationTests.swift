import Testing
import Times

struct DurationTests {
    @Test func `whole numbers are rounded as their names say`() {
        let odd = Duration.milliseconds(1500) + .nanoseconds(1)
        #expect(odd.millisecondsRoundedDown == 1500)
        #expect(odd.millisecondsRoundedUp == 1501)
        #expect(odd.nanosecondsRoundedDown == 1_500_000_001)
        #expect(Duration.milliseconds(1500).millisecondsRoundedUp == 1500)
    }

    @Test func `what is negative is zero, and what does not fit the nearest that does`() {
        #expect(Duration.seconds(-1).millisecondsRoundedDown == 0)
        #expect(Duration.seconds(-1).millisecondsRoundedUp == 0)
        #expect(Duration.seconds(Int64.max).millisecondsRoundedDown == .max)
        #expect(Duration.seconds(Int64.max).millisecondsRoundedUp == .max)
        #expect(Duration.seconds(Int64.max).nanosecondsRoundedDown == .max)
        #expect(Duration.seconds(1e19).nanosecondsRoundedDown == .max)
        #expect(Duration(milliseconds: .max) == .milliseconds(Int64.max))
    }

    @Test(arguments: [Double.infinity, .nan, 1e300])
    func `a growing wait ends at its ceiling, whatever its factor`(factor: Double) {
        let wait = Duration.seconds(1).grown(by: factor, times: 3, atMost: .seconds(10))
        #expect(wait == .seconds(10))
    }

    @Test(arguments: [0, -3, -Double.infinity])
    func `a factor of zero or less makes no wait`(factor: Double) {
        let wait = Duration.seconds(1).grown(by: factor, times: 2, atMost: .seconds(10))
        #expect(wait == .zero)
    }

    @Test func `a wait grows with each failure`() {
        let first = Duration.milliseconds(100)
        #expect(first.grown(by: 2, times: 0, atMost: .seconds(10)) == .milliseconds(100))
        #expect(first.grown(by: 2, times: 3, atMost: .seconds(10)) == .milliseconds(800))
        #expect(first.grown(by: 2, times: .max, atMost: .seconds(10)) == .seconds(10))
        #expect(first.grown(by: 0.5, times: 1, atMost: .seconds(10)) == .milliseconds(50))
        #expect(first.grown(by: 2, times: 1, atMost: .seconds(-1)) == .zero)
        #expect(Duration.seconds(-1).grown(by: 2, times: 1, atMost: .seconds(1)) == .zero)
        #expect(
            Duration.seconds(1e19).grown(by: 3, times: 3, atMost: .milliseconds(Int64.max))
                == .milliseconds(Int64.max))
    }

    @Test func `no moment is later than the last one that has a text`() {
        #expect(Moment.after(.seconds(5), from: 1000) == 6000)
        #expect(Moment.after(.seconds(Int64.max), from: 1000) == Moment.latest)
        #expect(Moment.after(.zero, from: .max) == Moment.latest)
        #expect(RFC3339.text(Moment.latest) == "9999-12-31T23:59:59.999Z")
    }
}
