import Foundation
import Restate
import Synchronization

/// How often what happened, over all attempts of all invocations of this process.
final class SharedCounter: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    /// Counts once more, and tells the new number.
    @discardableResult
    func bump(_ name: String) -> Int {
        counts.withLock { counts in
            let count = (counts[name] ?? 0) + 1
            counts[name] = count
            return count
        }
    }

    func get(_ name: String) -> Int { counts.withLock { $0[name] ?? 0 } }
}
let counter = SharedCounter()

/// An ordinary error: the attempt or the run is tried again.
struct Oops: Error, CustomStringConvertible {
    var description: String
}

/// Types whose JSON is easily got wrong.
struct Big: Codable, Sendable {
    var i: Int64
    var u: UInt64
    var d: Double
    var s: String
    var date: Date
    var dec: Decimal
    var data: Data
    var opt: String?
    var url: URL
    var arr: [Int?]
    var dict: [String: Double]
}

/// Types that contain each other.
struct Foo: Codable, Sendable {
    var bar: FooBar
    var bars: [FooBar]
    var more: FooBarBaz?
}
struct FooBar: Codable, Sendable {
    var n: Int
}
struct FooBarBaz: Codable, Sendable {
    var foo: [Foo]
    var x: String
}

/// Dictionaries by numbers and by enums, and an enum with values.
struct IntKeyed: Codable, Sendable {
    var m: [Int: String]
    var e: [Level: Int]
    var shape: Shape
}
enum Level: String, Codable, Sendable { case low, high }
enum Shape: Codable, Sendable {
    case circle(r: Double)
    case none
    case rect(Double, Double)
}

/// What an operation came to, as a text: its value, or the failure that it ended with.
nonisolated(nonsending) func told(
    _ operation: nonisolated(nonsending) () async throws -> String
) async throws -> String {
    do {
        return try await operation()
    } catch let failure as TerminalError {
        return "err \(failure.code) \(failure.message)"
    }
}
