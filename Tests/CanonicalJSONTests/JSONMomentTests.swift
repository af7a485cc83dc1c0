import Foundation
import Testing

/// Moments and durations as every other language writes them.
struct JSONMomentTests {
    @Test func `a date is RFC 3339 in UTC with milliseconds`() throws {
        #expect(try ourJSON(Date(timeIntervalSince1970: 0)) == #""1970-01-01T00:00:00.000Z""#)
        let moment = Date(timeIntervalSince1970: 1_763_694_054.370)
        #expect(try ourJSON([moment]) == #"["2025-11-21T03:00:54.370Z"]"#)
        #expect(try ourJSON(["a": Date.distantPast]) == #"{"a":"0000-12-30T00:00:00.000Z"}"#)
        #expect(try ourJSON(Date(timeIntervalSince1970: 0.0016)) == #""1970-01-01T00:00:00.002Z""#)
    }

    @Test func `every millisecond reads back as it was`() throws {
        var random = Seeded(3)
        for _ in 0..<5000 {
            let milliseconds = Int64.random(
                in: -62_167_219_200_000...253_402_300_799_999, using: &random)
            let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            #expect(try ours(Date.self, ourJSON(date)) == date)
        }
    }

    @Test(arguments: [
        #""2020-01-01T00:00:00Z""#, #""2020-01-01T02:00:00+02:00""#, "1577836800",
        #""2020-01-01T00:00:00.000000Z""#, "1577836800.0", #""2019-12-31t16:00:00.00-08:00""#,
    ])
    func `a date is read with any offset and fraction, and as seconds since 1970`(
        text: String
    ) throws {
        #expect(try ours(Date.self, text) == Date(timeIntervalSince1970: 1_577_836_800))
    }

    @Test(arguments: [#""yesterday""#, #""2020-02-30T00:00:00Z""#, "true", "null", #""""#])
    func `what is no moment is refused`(text: String) {
        #expect(throws: DecodingError.self) { try ours(Date.self, text) }
    }

    @Test(arguments: [Double.infinity, .nan, 1e300, 253_402_300_800, -62_167_219_201])
    func `a date without four digits for its year cannot be written`(seconds: Double) {
        #expect(throws: EncodingError.self) { try ourJSON(Date(timeIntervalSince1970: seconds)) }
    }

    @Test(arguments: [
        "400000000000", "1e300", "253402300800", "-62167219201", #""0000-01-01T00:00:00+01:00""#,
    ])
    func `a date that could not be written again is not read either`(text: String) {
        #expect(throws: DecodingError.self) { try ours(Date.self, text) }
    }

    @Test func `the end of time with too many digits is its last millisecond`() throws {
        let date = try ours(Date.self, #""9999-12-31T23:59:59.9999999Z""#)
        #expect(try ourJSON(date) == #""9999-12-31T23:59:59.999Z""#)
    }

    static let durations: [(Duration, String)] = [
        (.zero, "PT0S"), (.seconds(900), "PT15M"), (.milliseconds(1500), "PT1.5S"),
        (.seconds(93_784), "PT26H3M4S"), (.milliseconds(-1500), "-PT1.5S"),
        (.seconds(3600), "PT1H"),
        (Duration(secondsComponent: 0, attosecondsComponent: 1), "PT0.000000000000000001S"),
        (.seconds(3600) + .milliseconds(5), "PT1H0.005S"),
        (.seconds(Int64.max), "PT2562047788015215H30M7S"),
        (.seconds(Int64.min), "-PT2562047788015215H30M8S"),
        (.seconds(3.6e19), "PT10000000000000000H"),
    ]

    @Test(arguments: durations)
    func `a duration is ISO 8601, exactly`(duration: Duration, text: String) throws {
        #expect(try ourJSON(duration) == "\"\(text)\"")
        // A longer one can be written, but not read.
        guard duration < .seconds(Int64.max) + .seconds(1) else { return }
        #expect(try ours(Duration.self, "\"\(text)\"") == duration)
    }

    @Test func `other spellings of a duration are read, and the numbers that were written before`()
        throws
    {
        #expect(try ours(Duration.self, #""P1D""#) == .seconds(86_400))
        #expect(try ours(Duration.self, #""P1W2DT3H""#) == .seconds(788_400))
        #expect(try ours(Duration.self, #""pt0.5s""#) == .milliseconds(500))
        #expect(try ours(Duration.self, #""PT-1.5S""#) == .milliseconds(-1500))
        #expect(try ours(Duration.self, "[0,1500000000000000000]") == .milliseconds(1500))
    }

    @Test(arguments: [
        #""""#, #""P""#, #""PT""#, #""1s""#, #""P1M""#, #""P1Y""#, #""PT1.5H""#, #""PT1S1M""#,
        #""PT1S ""#, #""P1DT""#, "5", #""PT99999999999999999999S""#, #""PT.5S""#,
    ])
    func `what is no duration, or has no certain length, is refused`(text: String) {
        #expect(throws: DecodingError.self) { try ours(Duration.self, text) }
    }
}
