internal import Commands
internal import Foundation

#if canImport(FoundationNetworking)
internal import FoundationNetworking
#endif

/// `nexus health`: whether the endpoint of this machine answers. It is the health check of a container that
/// has no other program.
struct Health: Subcommand {
    static let word = "health"
    static let summary = "whether an endpoint on this machine answers, for health checks"
    static let about = """
        Asks the endpoint on this machine whether it is well. The exit status is 1 if it says something
        else, or nothing in time.
        """
    static let groups = [
        FlagGroup([
            Flag("--host", "H", "where it listens", standard: "this machine"),
            Flag("--port", "P", "its port", standard: "9080"),
            Flag("--time-limit", "T", "how long its answer may take", standard: "2s"),
        ])
    ]

    private let url: URL
    private let limit: Duration

    init(_ arguments: Arguments) throws {
        let name =
            switch try arguments.host("--host") {
            case nil, "*", "0.0.0.0": "127.0.0.1"
            case "::": "[::1]"
            case let host? where host.contains(":"): "[\(host)]"
            case let host?: host
            }
        let port = try arguments.number("--port", in: 1...65535) ?? 9080
        limit = try arguments.duration("--time-limit") ?? .seconds(2)
        url = try arguments.address("--host", "http://\(name):\(port)/health")
    }

    func run() async throws {
        var request = URLRequest(url: url)
        request.timeoutInterval = limit / .seconds(1)
        let answer = await answer(to: request)
        guard case .success(200) = answer else { throw Unwell(url: url, answer: answer) }
        Console.say("\(url.absoluteString) answers")
    }

    private func answer(to request: URLRequest) async -> Result<Int, any Error> {
        await withCheckedContinuation { continuation in
            URLSession.shared.dataTask(with: request) { _, response, error in
                let status = (response as? HTTPURLResponse)?.statusCode
                continuation.resume(
                    returning: status.map(Result.success) ?? .failure(error ?? URLError(.unknown)))
            }.resume()
        }
    }
}

private struct Unwell: Error, CustomStringConvertible {
    let url: URL
    let answer: Result<Int, any Error>

    var description: String {
        switch answer {
        case .success(let status): "\(url.absoluteString) answers with status \(status)"
        case .failure(let error as URLError) where error.code == .timedOut:
            "\(url.absoluteString) does not answer in time"
        case .failure: "Nobody answers at \(url.absoluteString)"
        }
    }
}
