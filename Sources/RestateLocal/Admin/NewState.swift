internal import CanonicalJSON
internal import Primitives
internal import Restate
internal import RestateProtocol

/// The body of `POST /services/…/state`: what the state of a key is to be from now on.
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

    /// Names go by their bytes, and of a name that is there twice the last value counts.
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

    /// A text stands for its UTF-8, as the web UI writes it; a list for its bytes, as the CLI does.
    private static func bytes(
        _ json: ArraySlice<UInt8>, of name: String
    ) throws(AdminError) -> Bytes {
        if let text = try? JSON.decode(String.self, from: json) { return Array(text.utf8)[...] }
        do {
            return try JSON.decode([UInt8].self, from: json)[...]
        } catch {
            throw .shape("new_state.\(name): expected a text or a list of bytes")
        }
    }
}
