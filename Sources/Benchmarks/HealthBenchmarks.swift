import Restate

extension Benchmark {
    static let health = Benchmark(
        name: "health",
        purpose:
            "answers beside two handlers that compute two seconds, the slowest of 50, milliseconds: "
            + "/health on a new connection each, and the smallest handler"
    ) { tell in
        let endpoint = try Endpoint(MeasuredComputer(), MeasuredGreeter())
            .start(host: "127.0.0.1", port: 0)
        let port = endpoint.port
        var computing = Load(
            invoking: "MeasuredComputer/compute", port: port, input: "2000", output: "true")
        (computing.connections, computing.streams) = (1, 2)
        let greeting = Load(
            invoking: "MeasuredGreeter/greet", port: port, input: "\"alice\"",
            output: "\"Hello, alice!\"")
        for (name, load) in [("/health", Load.health(of: port)), ("greet", greeting)] {
            async let computed = computing.rate(requests: 2)
            try await Task.sleep(for: .milliseconds(100))
            var slowest = 0.0
            for _ in 0..<50 {
                let begin = ContinuousClock.now
                try await load.answers(1)
                slowest = max(slowest, begin.duration(to: .now) / .milliseconds(1))
                try await Task.sleep(for: .milliseconds(20))
            }
            _ = try await computed
            tell(name + column(slowest, 24 - name.count))
        }
        await endpoint.shutdown(grace: .zero)
    }
}
