import Commands
import Foundation
import Support

/// Runs the worker in a process of its own, and when that goes wrong finds out by which input.
struct Supervisor {
    /// What takes longer stands still.
    private static let patience: Duration = .seconds(20)
    private static let shrinkTime: Duration = .seconds(120)

    private let job: Job
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "fuzz-\(ProcessInfo.processInfo.processIdentifier)")

    init(_ job: Job) { self.job = job }

    /// What went wrong. A smaller input must fail in the same way.
    private struct Failure {
        enum Kind: Equatable { case standstill, signal(Int32), status(Int32) }
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
            Console.say("\(name): \(index - job.from) inputs in \(time), nothing found")
            return true
        }
        Console.say("\(name), seed \(job.seed): \(failure.text)")
        if let input = job.input {
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
        _ = FileManager.default.createFile(atPath: complaints.path(), contents: nil)
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments(of: job, progress: path)
        var environment = ProcessInfo.processInfo.environment
        environment["SWIFT_BACKTRACE"] = "enable=no"
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardError = try? FileHandle(forWritingTo: complaints)
        do { try process.run() } catch {
            return (Failure(kind: .status(-1), text: "\(error)"), job.from, 0)
        }
        let standsStill = await wait(for: process, progress)
        let said = (try? String(contentsOf: complaints, encoding: .utf8)) ?? ""
        let status = process.terminationStatus
        var failure: Failure?
        if standsStill {
            failure = Failure(kind: .standstill, text: "stands still for \(Self.patience)")
        } else if process.terminationReason == .uncaughtSignal {
            failure = Failure(
                kind: .signal(status), text: "ends with signal \(status). \(said.prefix(4000))")
        } else if status != 0 {
            failure = Failure(
                kind: .status(status),
                text: said.isEmpty ? "ends with status \(status)" : String(said.prefix(4000)))
        }
        return (failure, progress.index, progress.count)
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

    /// True if it made no progress for too long; then it is ended.
    private func wait(for process: Process, _ progress: Progress) async -> Bool {
        var seen = progress.index
        var moved = ContinuousClock.now
        var pause: Duration = .milliseconds(1)
        while process.isRunning {
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(100))
            if progress.index != seen {
                seen = progress.index
                moved = .now
            } else if ContinuousClock.now - moved > Self.patience {
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                return true
            }
        }
        return false
    }
}
