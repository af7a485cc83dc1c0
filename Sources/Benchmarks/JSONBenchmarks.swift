import CanonicalJSON
import Foundation
import Restate

extension Benchmark {
    static let json = Benchmark(
        name: "json",
        purpose:
            "the SDK's JSON coder and Foundation's with sorted keys, ns per value, and the ratio"
    ) { tell in
        tell(
            padded("", 22)
                + ["write", "Fnd.", "ratio", "read", "Fnd.", "ratio"].map {
                    String(repeating: " ", count: 9 - $0.count) + $0
                }.joined())
        try compare("a text", "Hello, world!", calls: 2000, tell)
        try compare("a seat", MeasuredSeat(), calls: 1000, tell)
        let seats = (1...50).map { ("seat-\($0)", MeasuredSeat.Status.available) }
        try compare("a map of 50 seats", Dictionary(uniqueKeysWithValues: seats), calls: 50, tell)
        try compare("100 seats in a list", (0..<100).map { _ in MeasuredSeat() }, calls: 20, tell)
    }

    private static func compare<Value: Codable & Sendable>(
        _ name: String, _ value: Value, calls: Int, _ tell: (String) -> Void
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let decoder = JSONDecoder()
        let bytes = try JSON.encode(value)
        let data = try encoder.encode(value)
        precondition(Array(data) == bytes, "\(name): the two coders give different bytes")
        let figures = [
            try time(calls: calls) { _ = try JSON.encode(value) },
            try time(calls: calls) { _ = try encoder.encode(value) },
            try time(calls: calls) { _ = try JSON.decode(Value.self, from: bytes) },
            try time(calls: calls) { _ = try decoder.decode(Value.self, from: data) },
        ]
        tell(
            padded(name, 22) + column(figures[0]) + column(figures[1])
                + column(figures[1] / figures[0]) + column(figures[2]) + column(figures[3])
                + column(figures[3] / figures[2]))
    }
}

/// A state as handlers keep it.
private struct MeasuredSeat: Codable, Sendable {
    enum Status: String, Codable, Sendable { case available, reserved, sold }

    var status = Status.reserved
    var reservedBy: String? = "alice"
    var reservedUntil: Int64? = 1_763_694_054_370
    var prices = [100, 250, 75]
}
