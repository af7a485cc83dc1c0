import Restate
import RestateHTTP

/// A handler that needs a core for so many milliseconds.
struct MeasuredComputer: Service {
    func compute(_ ctx: Context, milliseconds: Int) async throws -> Bool {
        let end = processorTime() + milliseconds * 1_000_000
        while processorTime() < end {}
        return true
    }

    struct API: HandlerTable {
        let compute = handler(MeasuredComputer.compute)
    }
}

extension Benchmark {
    static let spread = Benchmark(
        name: "spread",
        purpose:
            "64 calls of 5 ms at once on one connection: how many cores they use; and the smallest "
            + "handler on one connection, on its loop and off it, requests per second"
    ) { tell in
        let milliseconds = 5
        let computer = try Endpoint(MeasuredComputer()).start(host: "127.0.0.1", port: 0)
        var load = Load(
            invoking: "MeasuredComputer/compute", port: computer.port, input: "\(milliseconds)",
            output: "true")
        (load.connections, load.streams) = (1, 64)
        var cores: [Double] = []
        for _ in 0..<5 {
            cores.append(
                try await load.rate(requests: 256) * Double(milliseconds) / 1000)
        }
        tell("compute" + column(median(cores), 12))
        await computer.shutdown(grace: .zero)

        for (name, rule) in [("on", Placement.Rule.adaptive()), ("off", .elsewhere)] {
            var endpoint = Endpoint(MeasuredGreeter())
            endpoint.placing = rule
            let running = try endpoint.start(host: "127.0.0.1", port: 0)
            var load = Load(
                invoking: "MeasuredGreeter/greet", port: running.port, input: "\"alice\"",
                output: "\"Hello, alice!\"")
            (load.connections, load.streams) = (1, 16)
            _ = try await load.rate(requests: 5000)
            var rates: [Double] = []
            for _ in 0..<5 { rates.append(try await load.rate(requests: 20_000)) }
            tell("greet, \(name)" + column(median(rates), 20 - "greet, \(name)".count))
            await running.shutdown(grace: .zero)
        }
    }
}
