internal import Commands

/// Kills processes at random every few seconds, and starts each again after one.
actor CrashLoop {
    /// Is set for the processes: where one may crash by itself, it does.
    static let variable = "CRASH_PROCESS"
    private static let pause = Duration.seconds(1)

    private struct Mortal {
        let name: String
        let words: [String]
        var process: ChildProcess
    }

    private let lots: Lots
    private var mortals: [Mortal] = []

    init(lots: Lots) {
        self.lots = lots
    }

    func start(_ name: String, _ words: [String]) throws {
        mortals.append(Mortal(name: name, words: words, process: try Self.process(words)))
    }

    private static func process(_ words: [String]) throws -> ChildProcess {
        try ChildProcess(words, variables: [variable: "1"])
    }

    /// Goes on until its task is cancelled.
    func run() async {
        while !Task.isCancelled {
            // Two to six seconds, in short steps, because one may end by itself.
            for _ in 0..<(10 + Int(lots.number() * 20)) {
                try? await Task.sleep(for: .milliseconds(200))
                if Task.isCancelled { return }
                for index in mortals.indices where !mortals[index].process.isRunning() {
                    await startAgain(index)
                }
            }
            guard let index = mortals.indices.randomElement() else { return }
            Console.say("--- KILLING THE PROCESS OF THE \(mortals[index].name.uppercased()) ---")
            mortals[index].process.kill()
            await startAgain(index)
        }
    }

    /// Starts again what has crashed.
    /// - Throws: if a process does not do its work. It has said why.
    func tend() async throws {
        for index in mortals.indices where !mortals[index].process.isRunning() {
            if mortals[index].process.hasExited() {
                throw ClientFailed(
                    "the process of the \(mortals[index].name) has ended; the lines above say why")
            }
            await startAgain(index)
        }
    }

    private func startAgain(_ index: Int) async {
        try? await Task.sleep(for: Self.pause)
        guard !Task.isCancelled else { return }
        do {
            mortals[index].process = try Self.process(mortals[index].words)
        } catch {
            Console.complain("\(error)")
        }
    }

    func end() {
        for mortal in mortals { mortal.process.kill() }
    }
}
