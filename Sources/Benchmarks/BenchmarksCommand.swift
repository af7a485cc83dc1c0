import Commands

/// Prints the figures that comments and docs/decisions.md speak of, measured here and now.
@main
struct BenchmarksCommand {
    static let help = """
        usage: benchmarks [NAME…]

        Measures parts of the project, and prints a line for each figure. Without names: all of them.

        \(Benchmark.all.map { "  " + padded($0.name, 12) + $0.purpose }.joined(separator: "\n"))

        Figures of a debug build say little: swift run -c release benchmarks
        """

    static func main() async {
        await Console.run("benchmarks") {
            let words = Array(CommandLine.arguments.dropFirst())
            if words == [ServingProcess.flag] { return try await ServingProcess.serve() }
            if words.contains("--help") || words.contains("-h") { return Console.say(help) }
            let names = Benchmark.all.map(\.name)
            if let unknown = words.first(where: { !names.contains($0) }) {
                throw UsageError(
                    "There is no benchmark '\(unknown)'; there are \(names.joined(separator: ", "))."
                )
            }
            #if DEBUG
            Console.complain("This is a debug build: its figures say little. Use -c release.")
            #endif
            for benchmark in Benchmark.all where words.isEmpty || words.contains(benchmark.name) {
                Console.say("\(benchmark.name): \(benchmark.purpose)")
                try await benchmark.run { Console.say("  " + $0) }
            }
        }
    }
}
