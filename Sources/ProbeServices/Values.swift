import Foundation
import Restate

final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var counts: [String: Int] = [:]
    func bump(_ k: String) -> Int {
        lock.lock(); defer { lock.unlock() }; counts[k, default: 0] += 1; return counts[k]!
    }
    func get(_ k: String) -> Int { lock.lock(); defer { lock.unlock() }; return counts[k] ?? 0 }
}
let counter = Counter()
struct Oops: Error, CustomStringConvertible { var description: String }

struct Big: Codable, Sendable {
    var i: Int64; var u: UInt64; var d: Double; var s: String; var date: Date; var dec: Decimal;
    var data: Data; var opt: String?; var url: URL; var arr: [Int?]; var dict: [String: Double]
}
struct FooBar: Codable, Sendable { var n: Int }
struct Foo: Codable, Sendable { var bar: FooBar; var bars: [FooBar]; var more: FooBarBaz? }
struct FooBarBaz: Codable, Sendable { var foo: [Foo]; var x: String }
enum Shape: Codable, Sendable { case circle(r: Double); case none; case rect(Double, Double) }
enum Level: String, Codable, Sendable { case low, high }
struct IntKeyed: Codable, Sendable { var m: [Int: String]; var e: [Level: Int]; var shape: Shape }
