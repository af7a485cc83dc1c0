extension Benchmark {
    /// A whole attempt is made each time, from the bytes of its journal to its last frame, so that
    /// what is not linear shows as figures that grow from left to right.
    static let machine = Benchmark(
        name: "machine",
        purpose: "codec and state machine alone, ns per command, by commands per attempt"
    ) { tell in
        let counts = [10, 100, 1000, 10_000]
        let subjects: [(String, (Int) -> MeasuredAttempt)] = [
            ("replay a run", MeasuredAttempt.replayingRuns),
            ("set state", MeasuredAttempt.settingState),
            ("send one way", MeasuredAttempt.sending),
            ("read eager state", MeasuredAttempt.readingState),
        ]
        tell(padded("", 18) + counts.map { column(Double($0)) }.joined())
        for (name, prepare) in subjects {
            let figures = counts.map { count in
                let attempt = prepare(count)
                let perAttempt = time(calls: max(1, 20_000 / count)) {
                    let size = attempt.run()
                    precondition(size == attempt.outputSize, "An attempt went wrong")
                }
                return column(perAttempt / Double(count))
            }
            tell(padded(name, 18) + figures.joined())
        }
    }
}
