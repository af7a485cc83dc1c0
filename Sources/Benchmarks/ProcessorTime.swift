#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Nanoseconds that this thread has computed: other programs on the machine disturb it least.
func processorTime() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
}

/// The median time of one call in nanoseconds.
/// - Parameter calls: in one round, so that the clock's steps do not count.
func time(calls: Int, _ work: () throws -> Void) rethrows -> Double {
    var figures: [Double] = []
    // The first rounds warm caches and the allocator up.
    for round in -2..<Benchmark.rounds {
        let start = processorTime()
        for _ in 0..<calls { try work() }
        let time = processorTime() - start
        if round >= 0 { figures.append(Double(time) / Double(calls)) }
    }
    return median(figures)
}
