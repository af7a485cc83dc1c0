import RestateHTTP

extension Benchmark {
    static let start = Benchmark(
        name: "start",
        purpose: "from the start of a program with an endpoint to its first answer, milliseconds"
    ) { tell in
        var times: [Double] = []
        for _ in 0..<rounds {
            let begin = ContinuousClock.now
            let process = try ServingProcess()
            try await Load.health(of: process.port).answers(1)
            times.append(begin.duration(to: .now) / .milliseconds(1))
            process.end()
        }
        tell("first answer" + column(median(times), 12))
    }

    static let open = Benchmark(
        name: "open",
        purpose: "resident memory of an endpoint for each of 10,000 invocations that wait, bytes"
    ) { tell in
        let process = try ServingProcess()
        defer { process.end() }
        let count = 10_000
        let load = Load(
            invoking: "MeasuredSleeper/sleep", port: process.port, input: "", output: "")
        // What a first invocation makes for all that follow is not counted.
        try await load.whileOpen(100) {}
        let before = try process.memory()
        let after = try await load.whileOpen(count) { try process.memory() }
        tell("of each" + column((after - before) / Double(count), 17))
    }
}

extension Load {
    static func health(of port: Int) -> Load {
        Load(port: port, method: "GET", path: "/health", contentType: "", body: [], answer: [])
    }
}
