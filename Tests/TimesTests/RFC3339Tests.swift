import Testing
import Times

struct RFC3339Tests {
    @Test func `every day of ten thousand years has a text that means it`() {
        let day: Int64 = 86_400_000
        for number in stride(from: Int64(-719_528), through: 2_932_896, by: 13) {
            let milliseconds = number * day + 1
            let text = RFC3339.text(signed: milliseconds) ?? ""
            #expect(text.utf8.count == 24)
            let moment = RFC3339.moment(text)
            #expect(
                moment == .init(seconds: number * 86_400, fraction: 1_000_000_000_000_000))
        }
        #expect(RFC3339.text(signed: -719_528 * day) == "0000-01-01T00:00:00.000Z")
        #expect(RFC3339.text(signed: -719_528 * day - 1) == nil)
        #expect(RFC3339.text(signed: 253_402_300_800_000) == nil)
        #expect(RFC3339.text(signed: -1) == "1969-12-31T23:59:59.999Z")
        #expect(RFC3339.text(signed: 1_763_694_054_370) == "2025-11-21T03:00:54.370Z")
    }

    @Test func `any offset and fraction is read`() {
        let moment = RFC3339.Instant(seconds: 1_577_836_800, fraction: 0)
        for text in [
            "2020-01-01T00:00:00Z", "2020-01-01t00:00:00z", "2020-01-01 00:00:00.000Z",
            "2020-01-01T01:30:00+01:30", "2019-12-31T16:00:00-08:00", "2019-12-31T23:59:60Z",
        ] {
            #expect(RFC3339.moment(text) == moment, "\(text)")
        }
        #expect(RFC3339.moment("2020-01-01T00:00:00.5Z")?.fraction == 500_000_000_000_000_000)
        #expect(
            RFC3339.moment("2020-01-01T00:00:00.0123456789Z")?.fraction == 12_345_678_900_000_000)
        #expect(RFC3339.moment("2024-02-29T00:00:00Z") != nil)
    }

    @Test(arguments: [
        "", "2020", "2020-01-01", "2020-01-01T00:00:00", "2020-13-01T00:00:00Z",
        "2023-02-29T00:00:00Z", "2020-01-01T24:00:00Z", "2020-01-01T00:60:00Z",
        "2020-01-01T00:00:00.Z", "2020-01-01T00:00:00+0100", "2020-01-01T00:00:00Zjunk",
        "20200101T000000Z", "é020-01-01T00:00:00Z",
    ])
    func `other texts are no moments`(text: String) {
        #expect(RFC3339.moment(text) == nil)
    }
}
