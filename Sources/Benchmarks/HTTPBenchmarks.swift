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
        var start = StartMessage()
        start.id = Bytes((0..<24).map { UInt8($0) })
        start.debugID = "inv_1dVJCPwfdmVh4d01TyNmbK6fH7xe0OYl1L"
        start.knownEntries = 1
        var input = InputCommand()
        input.value = Bytes("\"alice\"".utf8)
        var journal = FieldWriter()
        journal.frame(start)
        journal.frame(input)
        var output = OutputCommand()
        output.result = .value(Bytes("\"Hello, alice!\"".utf8))
        var answer = FieldWriter()
        answer.frame(output)
        answer.frame(EndMessage())
        let load = Load(
            port: endpoint.port, path: "/invoke/MeasuredGreeter/greet",
            contentType: "\(ProtocolVersion.v6.contentType)", body: journal.bytes,
            answer: answer.bytes)
        _ = try await load.rate(requests: 5000)
        var rates: [Double] = []
        for _ in 0..<5 { rates.append(try await load.rate(requests: 50_000)) }
        tell("greet" + column(median(rates), 15))
        await endpoint.shutdown(grace: .zero)
    }
}
