import Restate
import RestateProtocol

/// The smallest handler there is: what one request costs.
struct MeasuredGreeter: Service {
    func greet(_ ctx: Context, name: String) async throws -> String { "Hello, \(name)!" }

    struct API: HandlerTable {
        let greet = handler(MeasuredGreeter.greet)
    }
}

extension Benchmark {
    static let http = Benchmark(
        name: "http",
        purpose: "invocations of the smallest handler over loopback, requests per second, one loop"
    ) { tell in
        let endpoint = try Endpoint(MeasuredGreeter()).start(host: "127.0.0.1", port: 0, loops: 1)
        let load = Load(
            invoking: "MeasuredGreeter/greet", port: endpoint.port, input: "\"alice\"",
            output: "\"Hello, alice!\"")
        _ = try await load.rate(requests: 5000)
        var rates: [Double] = []
        for _ in 0..<5 { rates.append(try await load.rate(requests: 50_000)) }
        tell("greet" + column(median(rates), 15))
        await endpoint.shutdown(grace: .zero)
    }
}

extension Load {
    /// - Parameters:
    ///   - input: JSON, as is `output`.
    init(invoking handler: String, port: Int, input: String, output: String) {
        var start = StartMessage()
        start.id = Bytes((0..<24).map { UInt8($0) })
        start.debugID = "inv_1dVJCPwfdmVh4d01TyNmbK6fH7xe0OYl1L"
        start.knownEntries = 1
        var command = InputCommand()
        command.value = Bytes(input.utf8)
        var journal = FieldWriter()
        journal.frame(start)
        journal.frame(command)
        var result = OutputCommand()
        result.result = .value(Bytes(output.utf8))
        var answer = FieldWriter()
        answer.frame(result)
        answer.frame(EndMessage())
        self.init(
            port: port, path: "/invoke/\(handler)",
            contentType: "\(ProtocolVersion.v6.contentType)", body: journal.bytes,
            answer: answer.bytes)
    }
}
