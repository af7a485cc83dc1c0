import Foundation
import CanonicalJSON
import Testing

/// What is read as any JSON and written again has the same bytes: a payload that only passes through
/// is compared on a replay like all others.
struct JSONAnyNumberTests {
    private func again(_ text: String) throws -> String {
        try ourJSON(ours(JSONValue.self, text))
    }

    @Test(arguments: [
        "12345678901234567.8", "-0.0", "-0", "0", "0.0", "1.0", "1e2", "1E+2", "12e3", "-1.50",
        "18446744073709551615", "-9223372036854775808", "9223372036854775808",
        "1.2345678901234568e+16", "170141183460469231731687303715884105727", "0.1", "5e-324",
        "123456789012345678901234567890.5",
    ])
    func `a number keeps its digits`(text: String) throws {
        #expect(try again(text) == text)
        #expect(try again("[\(text),{\"a\":\(text)}]") == "[\(text),{\"a\":\(text)}]")
    }

    @Test func `whatever is encoded passes through unchanged`() throws {
        var random = Seeded(11)
        for _ in 0..<2000 {
            let double = random.double()
            let decimal = Decimal(
                sign: .minus, exponent: Int.random(in: -30...30, using: &random),
                significand: Decimal(random.next()))
            for text in [
                try ourJSON([double, -double, -0.0]), try ourJSON(decimal),
                try ourJSON([UInt64(random.next()), .max]),
                try ourJSON(Float(truncatingIfNeeded: double)),
                try ourJSON(UInt128(random.next()) &* UInt128(random.next())),
            ] {
                #expect(try again(text) == text)
            }
            let tree = try ourJSON(random.tree())
            #expect(try again(tree) == tree)
        }
    }

    @Test func `a number that no double can be near is refused`() {
        #expect(throws: DecodingError.self) { try again("1e999") }
    }
}

extension Float {
    fileprivate init(truncatingIfNeeded double: Double) {
        let float = Float(double)
        self = float.isFinite ? float : 0
    }
}
