import Commands
import Foundation
import Support

/// Feeds the readers of strangers' bytes with damaged and made-up inputs.
@main
struct FuzzCommand {
    static let help = """
        usage: fuzz NAME|all [flags]

        Feeds readers of strangers' bytes with inputs that were made up, or recorded and damaged. The first
        that goes wrong (a trap, a standstill, memory that stays behind, a wrong answer) is made as small as
        possible and printed; then the status is 1.

        \(fuzzers.map { "  \($0.name.padding(toLength: 18, withPad: " ", startingAt: 0))\($0.subject)" }.joined(separator: "\n"))

          --seed N      the same seed makes the same inputs (1)
          --count N     how many (10000)
          --from N      begin with that one of them (0)
          --seconds N   end after that time, with what was done until then
          --input HEX   check this one input
        """

    static func main() async {
        await Console.run("fuzz") {
            var words = Array(CommandLine.arguments.dropFirst())
            if words.contains("--help") || words.contains("-h") { return Console.say(help) }
            guard let name = words.first, !name.hasPrefix("-") else {
                throw UsageError("The first word says what is fuzzed, or 'all'.")
            }
            words.removeFirst()
            let arguments = try Arguments(
                words,
                flags: [
                    "--seed", "--count", "--from", "--seconds", "--input", "--fixtures",
                    "--progress",
                ])
            if arguments.wantsHelp { return Console.say(help) }
            let chosen = fuzzers.filter { name == "all" || $0.name == name }
            if chosen.isEmpty { throw UsageError("There is no '\(name)'; see --help.") }
            var job = Job(fuzzer: chosen[0])
            let numbers = 0...Int.max
            job.seed = UInt64(try arguments.number("--seed", in: numbers) ?? 1)
            job.count = try arguments.number("--count", in: numbers) ?? 10_000
            job.from = try arguments.number("--from", in: numbers) ?? 0
            job.seconds = try arguments.number("--seconds", in: numbers)
            if let text = arguments.text("--input") {
                do { job.input = text == "-" ? [] : try bytes(hex: text) } catch {
                    throw UsageError("--input is hexadecimal.")
                }
            }
            if let path = arguments.text("--progress") { await Worker(job, progress: path).run() }
            Interruption.listen()
            var isSound = true
            for fuzzer in chosen where !Interruption.isAsked {
                job.fuzzer = fuzzer
                if await !Supervisor(job).run() { isSound = false }
            }
            if !isSound { exit(1) }
        }
    }
}

/// What is to be done.
struct Job {
    var fuzzer: any Fuzzer.Type
    var seed: UInt64 = 1
    var from = 0
    var count = 10_000
    var seconds: Int?
    /// This input alone, instead of made ones.
    var input: [UInt8]?

    init(fuzzer: any Fuzzer.Type) { self.fuzzer = fuzzer }
}
