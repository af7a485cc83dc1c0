import CanonicalJSON
import Primitives
import RestateHTTP
import RestateMachine
import RestateProtocol

/// Answers the server's question at registration: which services, which handlers, which versions.
final class Discovery: Sendable {
    static let server = "restate-sdk-swift/0.1.0"
    static let versions = 1...4

    private let services: [ServiceDefinition]
    /// Made once, because the schemas in them take a millisecond: a question that is repeated must
    /// not keep a loop busy. There are as many as versions and modes, whoever asks.
    private let kept = Locked<[Question: Result<[UInt8], EndpointError>]>([:])

    private struct Question: Hashable {
        var version: Int
        var mode: ProtocolMode
    }

    init(_ services: [ServiceDefinition]) {
        self.services = services
    }

    static func contentType(_ version: Int) -> String {
        "application/vnd.restate.endpointmanifest.v\(version)+json"
    }

    /// The newest manifest version that the question accepts. Without a word on it: version 2, as
    /// servers of that time asked.
    static func negotiate(accept: String?) -> Int? {
        guard let accept else { return 2 }
        // By bytes: a character may be a comma and what stands on top of it.
        let types = accept.utf8.split(separator: UInt8(ascii: ",")).map { type in
            type.prefix { $0 != UInt8(ascii: ";") }.filter { $0 != UInt8(ascii: " ") }
        }
        func accepts(_ type: String) -> Bool { types.contains { $0.elementsEqual(type.utf8) } }
        if accepts("*/*") || accepts("application/*") { return versions.upperBound }
        return versions.last { accepts(contentType($0)) }
    }

    /// The manifest as JSON.
    /// - Throws: a sentence, if a service or a handler has an option that this version cannot say. Leaving it out
    ///   would run the handler with other settings than its author chose.
    func manifest(
        version: Int, mode: ProtocolMode = .streaming
    ) throws(EndpointError) -> [UInt8] {
        let question = Question(version: version, mode: mode)
        if let known = kept.withLock({ $0[question] }) { return try known.get() }
        // Outside of the lock: two at once make two equal ones.
        let made = Result { () throws(EndpointError) in try make(version, mode) }
        kept.withLock { $0[question] = made }
        return try made.get()
    }

    private func make(_ version: Int, _ mode: ProtocolMode) throws(EndpointError) -> [UInt8] {
        var described: [JSONValue] = []
        for service in services { described.append(try service.described(version)) }
        let manifest: [String: JSONValue] = [
            "protocolMode": .string(mode.rawValue),
            "minProtocolVersion": .integer(ProtocolVersion.lowest.rawValue),
            "maxProtocolVersion": .integer(ProtocolVersion.highest.rawValue),
            "services": .array(described),
        ]
        do {
            return try JSON.encode(manifest)
        } catch {
            throw EndpointError(
                .manifest, "The manifest cannot be written: \(ErrorText.describe(error))",
                cause: error)
        }
    }
}

/// How the bytes of an attempt travel.
enum ProtocolMode: String {
    /// Both ways at once, for as long as the attempt lasts.
    case streaming = "BIDI_STREAM"
    /// The whole request first: the attempt suspends at its first wait.
    case requestResponse = "REQUEST_RESPONSE"
}
