import Support
import Testing

/// What may differ between a recording and an answer, and what may not.
@Suite struct GoldenComparisonTests {
    private func same(_ name: String, _ left: String, _ right: String) throws -> Bool {
        GoldenComparison.isSame(
            name, try FixtureJSON(parsing: left), try FixtureJSON(parsing: right))
    }

    private func sameValue(_ left: String, _ right: String) throws -> Bool {
        GoldenComparison.isSame(
            "Output",
            .object(["value": .object(["content": TableCodec.json(Array(left.utf8))])]),
            .object(["value": .object(["content": TableCodec.json(Array(right.utf8))])]))
    }

    @Test func `JSON compares as JSON`() throws {
        #expect(try sameValue(#"{"a":1,"b":[true,null]}"#, #"{ "b": [true, null], "a": 1 }"#))
        #expect(try sameValue(#""\u00e4\/""#, #""ä/""#))
        #expect(try !sameValue(#"{"a":1}"#, #"{"a":2}"#))
        #expect(try !sameValue(#"{"a":1}"#, #"{"a":1,"b":null}"#))
        #expect(try !sameValue("1", "1.0"))
        #expect(try !sameValue("1", "true"))
        #expect(try !sameValue("[1,2]", "[2,1]"))
    }

    @Test func `what is not JSON compares as bytes`() throws {
        #expect(try sameValue("plain text", "plain text"))
        #expect(try !sameValue("plain text", "plain  text"))
        #expect(try !sameValue("", "null"))
        #expect(try !sameValue("{}", "{} x"))
    }

    @Test func `clock times and UUIDs are equal to any other`() throws {
        #expect(try sameValue(#"{"at":1700000000000}"#, #"{"at":1800000000001}"#))
        #expect(try !sameValue(#"{"at":1700000000000}"#, #"{"at":17}"#))
        #expect(try !sameValue("999999999999", "999999999998"))
        #expect(
            try sameValue(
                #""pay_0198ab00-1234-4abc-8def-0123456789ab!""#,
                #""pay_FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF!""#))
        #expect(
            try !sameValue(
                #""0198ab00-1234-4abc-8def-0123456789ab""#,
                #""0198ab00-1234-4abc-8def-0123456789a""#))
        #expect(
            try same(
                "Run", #"{"name":"0198ab00-1234-4abc-8def-0123456789ab"}"#,
                #"{"name":"11111111-1234-4abc-8def-0123456789ab"}"#))
    }

    @Test func `times of commands are ignored and other fields are not`() throws {
        #expect(
            try same(
                "Sleep", #"{"wake_up_time":5,"result_completion_id":1}"#,
                #"{"wake_up_time":6,"result_completion_id":1}"#))
        #expect(
            try !same(
                "Sleep", #"{"wake_up_time":5,"result_completion_id":1}"#,
                #"{"wake_up_time":5,"result_completion_id":2}"#))
        #expect(
            try !same(
                "Sleep", #"{"result_completion_id":1}"#, #"{"result_completion_id":1,"name":"n"}"#))
    }

    @Test func `an error compares by code and delay and behavior`() throws {
        #expect(try same("Error", #"{"code":500,"message":"a"}"#, #"{"code":500,"message":"b"}"#))
        #expect(try !same("Error", #"{"code":500}"#, #"{"code":570}"#))
        #expect(
            try !same("Error", #"{"code":500,"next_retry_delay":50}"#, #"{"code":500}"#))
        #expect(try !same("Error", #"{"code":500,"behavior":1}"#, #"{"code":500}"#))
    }

    @Test func `a suspension compares by the set of what it waits for`() throws {
        let flat = #"{"waiting_completions":[1,2],"waiting_signals":[1]}"#
        let tree = #"{"waiting_signals":[1],"nested_futures":[{"waiting_completions":[2,1]}]}"#
        #expect(try same("Suspension", flat, #"{"awaiting_on":\#(tree)}"#))
        #expect(try !same("Suspension", flat, #"{"waiting_completions":[1,2]}"#))
        #expect(
            try !same(
                "Suspension", #"{"waiting_completions":[1]}"#, #"{"waiting_signals":[1]}"#))
    }

    @Test func `the reason why input cannot be decoded is each library's own`() throws {
        let left = #"{"failure":{"code":400,"message":"Failed to deserialize input: one"}}"#
        let right = #"{"failure":{"code":400,"message":"Failed to deserialize input: two"}}"#
        #expect(try same("Output", left, right))
        #expect(
            try !same(
                "Output", left, #"{"failure":{"code":500,"message":"Failed to deserialize input"}}"#
            ))
        #expect(
            try !same(
                "Output", #"{"failure":{"message":"one"}}"#, #"{"failure":{"message":"two"}}"#))
    }

    @Test func `JSON is read strictly and numbers exactly`() throws {
        #expect(
            try FixtureJSON(parsing: "15623772956641277723").integer == 15_623_772_956_641_277_723)
        #expect(
            try FixtureJSON(parsing: " [ 1 , -2.5e1 ] ") == .array([.integer(1), .double(-25)]))
        #expect(try FixtureJSON(parsing: #""\ud83d\ude00\n""#) == .string("😀\n"))
        for bad in [
            "", "{", "[1,]", "{\"a\"}", "nul", "\"", "1 2", "01", ".5", "1.", "-", "\"\u{1}\"",
            "+1", "\"\\x\"",
        ] {
            #expect(throws: FixtureError.self, "\(bad)") { try FixtureJSON(parsing: bad) }
        }
    }
}
