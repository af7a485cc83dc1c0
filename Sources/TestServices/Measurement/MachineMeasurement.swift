#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif
import RestateMachine
import RestateProtocol

/// How long one command takes in codec and machine alone: no HTTP, no tasks, no JSON.
///
/// A whole attempt is made each time, from the bytes of its journal to its last frame, so that
/// what is not linear shows as figures that grow from left to right.
enum MachineMeasurement {
    private static let counts = [10, 100, 1000, 10_000]
    private static let rounds = 15
    /// Attempts of one round together have at least this many commands, for the clock's sake.
    private static let commandsPerRound = 20_000

    private static let subjects: [(name: String, prepare: @Sendable (Int) -> MeasuredAttempt)] = [
        ("replay a run", MeasuredAttempt.replayingRuns),
        ("set state", MeasuredAttempt.settingState),
        ("send one way", MeasuredAttempt.sending),
        ("read eager state", MeasuredAttempt.readingState),
    ]

    static func run() {
        #if DEBUG
        print("This is a debug build: the figures say little. Build with -c release.")
        #endif
        print("Nanoseconds per command, median of \(rounds) rounds, by commands per attempt:\n")
        print(row("", counts.map(String.init)))
        for (name, prepare) in subjects {
            let medians = counts.map { count in
                String(Int(median(of: prepare(count), count).rounded()))
            }
            print(row(name, medians))
        }
    }

    private static func median(of attempt: MeasuredAttempt, _ count: Int) -> Double {
        let attempts = max(1, commandsPerRound / count)
        var figures: [Double] = []
        // The first rounds warm caches and the allocator up.
        for round in -2..<rounds {
            var bytes = 0
            let start = processorTime()
            for _ in 0..<attempts { bytes += attempt.run() }
            let time = processorTime() - start
            precondition(bytes == attempts * attempt.outputSize, "An attempt went wrong")
            if round >= 0 { figures.append(Double(time) / Double(attempts * count)) }
        }
        return figures.sorted()[rounds / 2]
    }

    /// Nanoseconds of this thread: other programs on the machine disturb it least.
    private static func processorTime() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
    }

    private static func row(_ name: String, _ figures: [String]) -> String {
        name + String(repeating: " ", count: 18 - name.count)
            + figures.map { String(repeating: " ", count: 8 - $0.count) + $0 }.joined()
    }
}
