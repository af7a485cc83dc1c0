/// How long answers took, in seconds.
public struct LatencyFigures: Codable, Equatable, Sendable {
    public var count: Int
    public var mean: Double
    public var p50: Double
    public var p90: Double
    public var p95: Double
    public var p99: Double
    public var longest: Double

    /// Nil if there is nothing to tell of.
    public init?(_ latencies: [Double]) {
        guard !latencies.isEmpty else { return nil }
        let ordered = latencies.sorted()
        count = ordered.count
        mean = ordered.reduce(0, +) / Double(ordered.count)
        p50 = Self.percentile(50, ofOrdered: ordered)
        p90 = Self.percentile(90, ofOrdered: ordered)
        p95 = Self.percentile(95, ofOrdered: ordered)
        p99 = Self.percentile(99, ofOrdered: ordered)
        longest = ordered[ordered.count - 1]
    }

    /// The smallest value that at least so many of a hundred do not exceed: one that was measured, and none
    /// in between.
    public static func percentile(_ percent: Int, ofOrdered values: [Double]) -> Double {
        let rank = (values.count * percent + 99) / 100
        return values[min(max(rank, 1), values.count) - 1]
    }
}
