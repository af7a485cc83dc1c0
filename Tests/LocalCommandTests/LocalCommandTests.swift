import EndpointSupport
import Foundation
import Restate
import RestateClient
import Support
import Testing

/// The program `restate-local`, as a process.
@Suite(.timeLimit(.minutes(10)))
struct LocalCommandTests {
    private struct Squares: Service {
        func square(_ ctx: Context, number: Int) async throws -> Int {
            try await ctx.run("square") { number * number }
        }

        struct API: HandlerTable {
            let square = handler(Squares.square)
        }
    }

    private static let free = ["--host", "127.0.0.1", "--ingress-port", "0", "--admin-port", "0"]

    private func square(_ number: Int, through port: Int) async throws -> Int {
        let url = try #require(URL(string: "http://127.0.0.1:\(port)"))
        return try await RestateClient(ingress: url).service(Squares.self).square(number)
    }

    @Test(arguments: [
        [], ["--always-suspend"], ["--lazy-state", "--chunk", "1"], ["--protocol", "5"],
        ["--protocol", "7"], ["--http1"], ["--request-response"],
        ["--http1", "--request-response"],
    ])
    func `it registers an endpoint and calls its handlers`(mode: [String]) async throws {
        try await serving(Endpoint(Squares())) { port in
            let url = "http://127.0.0.1:\(port)"
            try await withProduct("restate-local", Self.free + ["--register", url] + mode) { port in
                try await untilRegistered(port)
                #expect(try await square(12, through: port) == 144)
            }
        }
    }

    @Test func `an endpoint may start after it is asked for`() async throws {
        var silence: SilentPort? = try SilentPort()
        let port = try #require(silence?.number)
        let url = "http://127.0.0.1:\(port)"
        try await withProduct("restate-local", Self.free + ["--register", url]) { ingress in
            await #expect(throws: (any Error).self) { try await square(2, through: ingress) }
            silence = nil
            let endpoint = try await started(on: port)
            do {
                try await untilRegistered(ingress)
                #expect(try await square(3, through: ingress) == 9)
            } catch {
                Issue.record(error)
            }
            await endpoint.shutdown(grace: .zero)
        }
    }

    /// A child that another test is just starting may have the port's socket open until it is executed.
    private func started(on port: Int) async throws -> RunningEndpoint {
        for _ in 0..<500 {
            do {
                return try Endpoint(Squares()).start(host: "127.0.0.1", port: port, loops: 1)
            } catch {
                guard error.code == .portInUse else { throw error }
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        return try Endpoint(Squares()).start(host: "127.0.0.1", port: port, loops: 1)
    }

    @Test func `it explains itself`() async throws {
        let ended = try await EndedProcess(product: "restate-local", ["--help"])
        #expect(ended.status == 0)
        #expect(ended.output.contains("usage: restate-local"))
        #expect(ended.output.contains("RESTATE_CLUSTER_NAME"))
        #expect(ended.complaint.isEmpty)
    }

    @Test func `what makes no sense ends it with a sentence and status 2`() async throws {
        let flag = try await EndedProcess(product: "restate-local", ["--cut", "2"])
        #expect(flag.status == 2)
        #expect(flag.complaint.hasPrefix("restate-local: --cut must be a probability"))
        let variable = try await EndedProcess(
            product: "restate-local", [], environment: ["RESTATE_ADMIN__BIND_PORT": "x"])
        #expect(variable.status == 2)
        #expect(variable.complaint.hasPrefix("restate-local: RESTATE_ADMIN__BIND_PORT must be"))
    }

    @Test func `a port that is taken is told`() async throws {
        let port = try SilentPort(backlog: 1)
        let ended = try await EndedProcess(
            product: "restate-local",
            ["--host", "127.0.0.1", "--ingress-port", "\(port.number)", "--admin-port", "0"])
        #expect(ended.status == 1)
        #expect(
            ended.complaint
                == "restate-local: bind 127.0.0.1:\(port.number): Address already in use; choose "
                + "other ports with --ingress-port and --admin-port, 0 for any free one.\n")
    }

    /// Asks until it is known: the line that says so is not read here.
    private func untilRegistered(_ port: Int) async throws {
        while true {
            do {
                _ = try await square(0, through: port)
                return
            } catch let error as IngressError where error.status == 404 {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }
}
