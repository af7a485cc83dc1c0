import CanonicalJSON
import Primitives
import RestateHTTP
import RestateMachine
import RestateProtocol

/// Answers discovery: lists the services, their handlers and the protocol versions.
final class Discovery: Sendable {
    static let server = "restate-sdk-swift/0.1.0"
    static let versions = 1...5
    /// The newest version that servers ask for by name today. Who accepts anything gets this one.
    private static let usual = 4

    private let services: [ServiceDefinition]
    /// The manifests by question. They are cached because their schemas take a millisecond, and a
    /// repeated question must not keep a loop busy. There are at most as many as versions times
    /// modes.
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

    /// Returns the newest manifest version that the header accepts, or nil. Without the header it
    /// is version 2, the version of the servers that sent none.
    static func negotiate(accept: String?) -> Int? {
        guard let accept else { return 2 }
        // Split by bytes: a `Character` can be a comma with a combining mark.
        let types = accept.utf8.split(separator: UInt8(ascii: ",")).map { type in
            type.prefix { $0 != UInt8(ascii: ";") }.filter { $0 != UInt8(ascii: " ") }
        }
        func accepts(_ type: String) -> Bool { types.contains { $0.elementsEqual(type.utf8) } }
        if accepts("*/*") || accepts("application/*") { return usual }
        return versions.last { accepts(contentType($0)) }
    }

    /// Returns the manifest as JSON.
    /// - Throws: an error that names the option, if this version cannot express an option of a
    ///   service or handler. Leaving the option out would run the handler with other settings than
    ///   its author chose.
    func manifest(
        version: Int, mode: ProtocolMode = .streaming
    ) throws(EndpointError) -> [UInt8] {
        let question = Question(version: version, mode: mode)
        if let known = kept.withLock({ $0[question] }) { return try known.get() }
        // Made outside the lock: two threads may make the same manifest, and both are equal.
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

/// How the bytes of an attempt are exchanged.
enum ProtocolMode: String {
    /// Both directions are open for as long as the attempt lasts.
    case streaming = "BIDI_STREAM"
    /// The request ends before the response begins, so the attempt suspends at its first wait.
    case requestResponse = "REQUEST_RESPONSE"
}
