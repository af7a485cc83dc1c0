internal import Restate
internal import RestateLocal

/// Ports to listen on, and the flags that choose them.
enum Ports {
    struct Wish {
        let flag: String
        /// 0 for any free one.
        let port: Int

        init(_ flag: String, _ port: Int) {
            self.flag = flag
            self.port = port
        }
    }

    /// Ports that are free just now: those that are wished for, and others instead of 0. They are open together, so
    /// that they differ.
    /// - Throws: a sentence with the flag if another program has one of them.
    static func free(_ wishes: [Wish]) async throws -> [Int] {
        var open: [RunningEndpoint] = []
        var taken: (any Error)?
        for wish in wishes {
            do {
                open.append(
                    try await opening(wish.flag) {
                        try Endpoint([]).logger(SilentLogger())
                            .route("GET", "/") { _ in .text("") }
                            .start(host: LocalPattern.host, port: wish.port, loops: 1)
                    })
            } catch {
                taken = taken ?? error
            }
        }
        for endpoint in open { await endpoint.shutdown(grace: .zero) }
        if let taken { throw taken }
        return open.map(\.port)
    }

    /// Opens a port. If another program has it, the error says by which flag another one is chosen.
    static func opening<Server>(
        _ flag: String, _ open: () async throws -> Server
    ) async throws -> Server {
        let problem: String
        do {
            return try await open()
        } catch let error as EndpointError where error.code == .portInUse {
            problem = error.problem
        } catch let error as LocalServerError where error.code == .portInUse {
            problem = error.description
        }
        throw ClientFailed("\(problem); choose another one with \(flag), 0 for any free one")
    }
}
