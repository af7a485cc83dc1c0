import Commands
import Foundation
import Support

/// Runs the worker in a process of its own, and when that goes wrong finds out by which input.
struct Supervisor {
    /// What takes longer stands still.
    private let patience: Duration
    private static let shrinkTime: Duration = .seconds(120)

    private let job: Job
    private let program: URL
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "fuzz-\(UUID().uuidString)")

    /// - Parameter program: the worker's; this one, unless a test says another.
    init(
        _ job: Job, program: URL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath(),
        patience: Duration = .seconds(20)
    ) {
        self.patience = patience
        self.job = job
        self.program = program
    }

    /// What went wrong. A smaller input must fail in the same way.
    private struct Failure {
        enum Kind: Equatable { case standstill, interruption, signal(Int32), status(Int32) }
        var kind: Kind
        var text: String
    }

    /// True if nothing was found.
    func run() async -> Bool {
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let begin = ContinuousClock.now
        let (failure, index, count) = await outcome(of: job)
        let time = (ContinuousClock.now - begin).formatted(
            .units(allowed: [.minutes, .seconds, .milliseconds], maximumUnitCount: 2))
        let name = job.fuzzer.name
        guard let failure else {
            let count = job.input == nil ? index - job.from : 1
            Console.say("\(name): \(count) inputs in \(time), nothing found")
            return true
        }
        Console.say("\(name), seed \(job.seed): \(failure.text)")
        if failure.kind == .interruption {
            Console.say("It was at input \(index), in \(time).")
        } else if let input = job.input {
            Console.say("the input: \(quoted(input))")
        } else {
            await tell(failure.kind, index, count)
        }
        return false
    }

    /// Says what the smallest input is that fails.
    private func tell(_ kind: Failure.Kind, _ index: Int, _ count: Int) async {
        do {
            let fuzzer = try await job.fuzzer.init()
            for candidate in index..<max(index + 1, index + count) {
                var random = Randomness(seed: job.seed, input: candidate)
                let input = fuzzer.make(&random)
                guard await failure(of: input)?.kind == kind else { continue }
                Console.say(
                    "input \(candidate), of \(input.count) bytes; looking for a smaller one …")
                var shrinking = Shrinking(
                    fails: { await failure(of: $0)?.kind == kind }, deadline: .now + Self.shrinkTime
                )
                let smallest = await shrinking.smallest(input)
                Console.say(await failure(of: smallest)?.text ?? "")
                Console.say("the smallest input found: \(quoted(smallest))")
                Console.say("again: fuzz \(job.fuzzer.name) --input \(hex(smallest))")
                return
            }
        } catch {
            Console.say("\(error)")
        }
        Console.say(
            "None of the inputs \(index)..<\(index + count) fails alone; all before it do it:")
        Console.say(
            "again: fuzz \(job.fuzzer.name) --seed \(job.seed) --from \(job.from) --count \(index + count - job.from)"
        )
    }

    private func failure(of input: [UInt8]) async -> Failure? {
        var alone = job
        alone.input = input
        return await outcome(of: alone).failure
    }

    /// What went wrong, if anything did, and where the worker was.
    private func outcome(of job: Job) async -> (failure: Failure?, index: Int, count: Int) {
        let path = folder.appending(path: "progress").path()
        let complaints = folder.appending(path: "complaints")
        let progress = Progress(path)
        progress.begin(job.from, 0)
        let process: WorkerProcess
        do {
            process = try WorkerProcess(
                program, arguments(of: job, progress: path), complaints: complaints)
        } catch {
            return (Failure(kind: .status(-1), text: "\(error)"), job.from, 0)
        }
        let ending = await wait(for: process, progress)
        let said = (try? Data(contentsOf: complaints)).map { String(decoding: $0, as: UTF8.self) }
        let failure = failure(ending, process.end, said ?? "", isFinished: progress.isFinished)
        return (failure, progress.index, progress.count)
    }

    /// Nil only for a worker that says that it came to its end, and ended with status 0.
    private func failure(
        _ ending: Failure.Kind?, _ end: WorkerProcess.End?, _ said: String, isFinished: Bool
    ) -> Failure? {
        let words = String(said.prefix(4000))
        if ending == .interruption {
            return Failure(kind: .interruption, text: "is interrupted by a signal")
        }
        if ending == .standstill {
            return Failure(kind: .standstill, text: "stands still for \(patience)")
        }
        switch end {
        case .signal(let number):
            // The kernel's way to say that there is no more memory.
            let cause = number == SIGKILL ? " (too little memory?)" : ""
            return Failure(
                kind: .signal(number), text: "ends with signal \(number)\(cause). \(words)")
        case .status(0) where isFinished: return nil
        case .status(0):
            return Failure(
                kind: .status(0), text: "ends with status 0 before its last input. \(words)")
        case .status(let status):
            return Failure(
                kind: .status(status), text: words.isEmpty ? "ends with status \(status)" : words)
        case nil: return Failure(kind: .status(-1), text: "ends in no known way. \(words)")
        }
    }

    private func arguments(of job: Job, progress path: String) -> [String] {
        var words = [job.fuzzer.name, "--progress", path]
        words += ["--seed", "\(job.seed)", "--from", "\(job.from)", "--count", "\(job.count)"]
        if let seconds = job.seconds { words += ["--seconds", "\(seconds)"] }
        // An empty one would be no value of a flag.
        if let input = job.input {
            words += ["--input=" + (input.isEmpty ? "-" : hex(input))]
        }
        return words
    }

    /// Why it was ended, if it did not end by itself: no progress for too long, or this process shall end.
    private func wait(for process: WorkerProcess, _ progress: Progress) async -> Failure.Kind? {
        var seen = progress.index
        var moved = ContinuousClock.now
        var pause: Duration = .milliseconds(1)
        while process.isRunning {
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(100))
            if progress.index != seen {
                seen = progress.index
                moved = .now
            }
            let standsStill = ContinuousClock.now - moved > patience
            if standsStill || Interruption.isAsked {
                process.kill()
                return standsStill ? .standstill : .interruption
            }
        }
        return nil
    }
}
