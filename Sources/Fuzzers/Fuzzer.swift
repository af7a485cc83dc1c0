/// Makes inputs for one reader of strangers' bytes, and checks what it makes of them.
protocol Fuzzer: AnyObject, SendableMetatype {
    static var name: String { get }
    /// What is read, in a few words.
    static var subject: String { get }
    init() async throws
    /// Inputs that are checked at once.
    var batch: Int { get }
    /// An input leaves nothing behind, so that memory must stay as it is.
    var isStateless: Bool { get }
    /// An input. Depends on nothing but the numbers.
    func make(_ random: inout Randomness) -> [UInt8]
    /// - Throws: ``Finding`` if it goes wrong. A trap and a standstill are seen from outside.
    func check(_ input: [UInt8]) async throws
    func check(_ inputs: [[UInt8]]) async throws
}

extension Fuzzer {
    var batch: Int { 1 }
    var isStateless: Bool { true }

    func check(_ inputs: [[UInt8]]) async throws {
        for input in inputs { try await check(input) }
    }
}

/// What must not be, as a sentence.
struct Finding: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

func require(_ isRight: Bool, _ sentence: @autoclosure () -> String) throws(Finding) {
    if !isRight { throw Finding(sentence()) }
}

/// All of them, in the order in which `all` runs them.
let fuzzers: [any Fuzzer.Type] = [
    JSONTexts.self, HTTP1Requests.self, HTTP1Responses.self, HTTP2Requests.self,
    HTTP2Responses.self, Messages.self, EndpointFrames.self, RuntimeFrames.self, Manifests.self,
    EndpointRequests.self, IngressRequests.self, AdminRequests.self, Queries.self,
]
