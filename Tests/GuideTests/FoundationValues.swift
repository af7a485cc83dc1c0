import Foundation
import Restate
import Support
import Testing

// The second table of docs/guide/values.md

struct FoundationValuesPage {
    struct Row: Sendable, CustomTestStringConvertible {
        var type: String
        var json: String
        /// Writes the value, and reads it back.
        var written: @Sendable () throws -> (json: JSONValue, isSame: Bool)

        var testDescription: String { type }

        init<Value: Codable & Equatable & Sendable>(
            _ type: String, _ value: Value, _ json: String
        ) {
            self.type = type
            self.json = json
            written = {
                let written = try JSONValue(of: value)
                return (written, try written.decoded(as: Value.self) == value)
            }
        }
    }

    static let rows: [Row] = [
        Row("Date", Date(timeIntervalSince1970: 1.5), #""1970-01-01T00:00:01.500Z""#),
        Row(
            "DateInterval", DateInterval(start: Date(timeIntervalSince1970: 0), duration: 60),
            #"{"duration":60,"start":"1970-01-01T00:00:00.000Z"}"#),
        Row(
            "DateComponents", DateComponents(year: 2026, month: 11, day: 28),
            #"{"day":28,"month":11,"year":2026}"#),
        Row(
            "TimeZone", TimeZone(identifier: "Europe/Berlin"), #"{"identifier":"Europe/Berlin"}"#),
        Row("Locale", Locale(identifier: "de_DE"), #"{"current":0,"identifier":"de_DE"}"#),
        Row("Duration", Duration.milliseconds(1500), #""PT1.5S""#),
        Row(
            "UUID", UUID(uuidString: "E621E1F8-C36C-495A-93FC-0C247A3E6E5F"),
            #""E621E1F8-C36C-495A-93FC-0C247A3E6E5F""#),
        Row("URL", URL(string: "https://restate.dev/a"), #""https://restate.dev/a""#),
        Row(
            "URLComponents", URLComponents(string: "https://restate.dev/a?b=c"),
            #"{"host":"restate.dev","path":"/a","query":"b=c","scheme":"https"}"#),
        Row("Data", Data([1, 2, 255]), #""AQL/""#),
        Row("Decimal", Decimal(string: "12.50"), "12.5"),
        Row(
            "Measurement", Measurement(value: 3.5, unit: UnitLength.kilometers),
            #"{"unit":{"converter":{"coefficient":1000,"constant":0},"symbol":"km"},"value":3.5}"#),
        Row(
            "PersonNameComponents", PersonNameComponents(givenName: "Ada", familyName: "Lovelace"),
            #"{"familyName":"Lovelace","givenName":"Ada"}"#),
        Row("IndexPath", IndexPath(indexes: [1, 4]), #"{"indexes":[1,4]}"#),
        Row(
            "IndexSet", IndexSet(integersIn: 3...5), #"{"indexes":[{"length":3,"location":3}]}"#),
        Row("CGFloat", CGFloat(1.5), "1.5"),
        Row("CGPoint", CGPoint(x: 1, y: 2.5), "[1,2.5]"),
        Row("CGSize", CGSize(width: 1, height: 2.5), "[1,2.5]"),
        Row("CGRect", CGRect(x: 0, y: 0, width: 1, height: 2), "[[0,0],[1,2]]"),
        Row("NSRange", NSRange(location: 1, length: 2), "[1,2]"),
        Row("Range", 1..<3, "[1,3]"),
        Row("ClosedRange", 1...3, "[1,3]"),
    ]

    @Test(arguments: rows)
    func `a type of Foundation has the form of the table, and is read back`(row: Row) throws {
        let (json, isSame) = try row.written()
        let expected = try JSONDecoder().decode(JSONValue.self, from: Data(row.json.utf8))
        #expect(json == expected)
        #expect(isSame)
        let page = try Fixtures.text(inPackage: "docs/guide/values.md")
        #expect(page.contains("| `\(row.type)` | `\(row.json)` |"), "The page has another row.")
    }
}
