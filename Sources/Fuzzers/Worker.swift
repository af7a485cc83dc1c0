import Foundation

/// The process that checks inputs, and may die of it.
///
/// It says in a shared file which input it is at, so that the supervisor knows which one it was.
struct Worker {
    /// Inputs after which memory is looked at, and what may have come until then.
    private static let stretch = 4096
    private static let growth = 4 << 20
    /// How often a single input is checked, to see what it leaves behind.
    private static let repetitions = 64

    private let job: Job
    private let progress: Progress
    private let supervisor = getppid()

    init(_ job: Job, progress path: String) {
        self.job = job
        progress = Progress(path)
    }

    /// Ends the process: 0 if all went well; if not, with a sentence on standard error, 4 if it is about
    /// memory and 3 for all else.
    func run() async -> Never {
        do {
            let fuzzer = try await job.fuzzer.init()
            if let input = job.input {
                try await fuzzer.check([input])
                if fuzzer.isStateless { try await lookForLeak(of: input, fuzzer) }
            } else {
                try await checkAll(fuzzer)
            }
            progress.finish()
            exit(0)
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(error is Leak ? 4 : 3)
        }
    }

    private func checkAll(_ fuzzer: any Fuzzer) async throws {
        let deadline = job.seconds.map { ContinuousClock.now + .seconds($0) }
        var index = job.from
        let end = job.from + job.count
        var lookedAt = index
        var least = Int.max
        while index < end {
            let size = min(fuzzer.batch, end - index)
            progress.begin(index, size)
            try await fuzzer.check((index..<index + size).map { input($0, fuzzer) })
            index += size
            if index - lookedAt >= Self.stretch {
                if fuzzer.isStateless { try await lookAtMemory(&least, lookedAt..<index, fuzzer) }
                lookedAt = index
            }
            if index % 64 == 0 {
                if let deadline, ContinuousClock.now > deadline { break }
                // Nobody is left to be told.
                if getppid() != supervisor { exit(5) }
            }
        }
        progress.begin(index, 0)
    }

    private func input(_ index: Int, _ fuzzer: any Fuzzer) -> [UInt8] {
        var random = Randomness(seed: job.seed, input: index)
        return fuzzer.make(&random)
    }

    private func lookAtMemory(
        _ least: inout Int, _ range: Range<Int>, _ fuzzer: any Fuzzer
    ) async throws {
        let now = AllocatedMemory.inUse
        // The first stretches fill caches.
        if range.lowerBound < job.from + 2 * Self.stretch { return least = now }
        least = min(least, now)
        if now < least + Self.growth { return }
        for index in range {
            progress.begin(index, 1)
            try await lookForLeak(of: input(index, fuzzer), fuzzer)
        }
        // Nothing of this stretch: it may have been a cache that grew.
        least = now
    }

    private func lookForLeak(of input: [UInt8], _ fuzzer: any Fuzzer) async throws {
        for _ in 0..<Self.repetitions { try await fuzzer.check([input]) }
        let before = AllocatedMemory.inUse
        for _ in 0..<Self.repetitions { try await fuzzer.check([input]) }
        let left = AllocatedMemory.inUse - before
        if left >= Self.repetitions * 16 {
            throw Leak(
                description:
                    "\(Self.repetitions) times this input leave \(left) bytes of memory behind.")
        }
    }
}

/// Memory that stays behind.
private struct Leak: Error, CustomStringConvertible {
    let description: String
}

/// Three numbers in a file that two processes see: the input at hand, how many are checked at once, and
/// whether the worker came to its end. Its status does not tell that: what it checks could end the
/// process too.
struct Progress {
    private static let size = 24

    private let numbers: UnsafeMutablePointer<Int>

    init(_ path: String) {
        let descriptor = open(path, O_RDWR | O_CREAT, 0o600)
        ftruncate(descriptor, Self.size)
        let memory = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        close(descriptor)
        guard let memory, memory != MAP_FAILED else { fatalError("cannot map \(path)") }
        numbers = memory.bindMemory(to: Int.self, capacity: 3)
    }

    func begin(_ index: Int, _ count: Int) {
        numbers[0] = index
        numbers[1] = count
        numbers[2] = 0
    }

    func finish() { numbers[2] = 1 }

    var index: Int { numbers[0] }
    var count: Int { numbers[1] }
    var isFinished: Bool { numbers[2] == 1 }
}
