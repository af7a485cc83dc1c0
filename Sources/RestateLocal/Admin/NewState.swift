internal import CanonicalJSON
internal import Primitives
internal import Restate
internal import RestateProtocol

/// The body of `POST /services/…/state`: the new state of a key.
struct NewState: Sendable {
    var version: String?
    var key: String
    var scope: String?
    var entries: [(key: Bytes, value: Bytes)]

    private struct Head: Decodable {
        var version: String?
        var object_key: String
        var scope: String?
    }

    /// Reads the body. Names are compared by their bytes, and if one occurs twice the last value
    /// counts, which a dictionary of strings would not give.
    init(_ request: AdminRequest) throws(AdminError) {
        try request.demandJSON()
        guard let body = RawObject(request.body[...]) else {
            throw .shape("expected an object (a new state)")
        }
        let head = try request.json(Head.self, "a new state")
        version = head.version
        key = head.object_key
        scope = head.scope
        guard let value = body.value("new_state") else { throw .shape("missing field `new_state`") }
        guard let state = RawObject(value) else {
            throw .shape("new_state: expected an object of names and values")
        }
        var values: [ExactName: Bytes] = [:]
        for member in state.members {
            values[ExactName(text: member.name)] = try Self.bytes(member.value, of: member.name)
        }
        entries = values.map { (Array($0.key.text.utf8)[...], $0.value) }
    }

    /// Reads a value: the web UI writes the UTF-8 of a value as a string, and the CLI a list of
    /// bytes.
    private static func bytes(
        _ json: ArraySlice<UInt8>, of name: String
    ) throws(AdminError) -> Bytes {
        if let text = try? JSON.decode(String.self, from: json) { return Array(text.utf8)[...] }
        do {
            return try JSON.decode([UInt8].self, from: json)[...]
        } catch {
            throw .shape("new_state.\(name): expected a string or a list of bytes")
        }
    }
}
