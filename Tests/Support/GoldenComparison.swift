import RestateProtocol

/// Says whether what an endpoint answered is what was recorded, where the two may differ.
package struct GoldenComparison {
    /// Clock times, and what an error adds for people.
    private static let ignored: Set = [
        "wake_up_time", "invoke_time", "stacktrace", "related_command_name",
        "related_command_index", "related_command_type",
    ]
    /// Frames whose number and place depend on timing.
    package static let optional: Set = ["AwaitingOn", "CommandAck"]

    package static func isSame(_ name: String, _ recorded: FixtureJSON, _ got: FixtureJSON) -> Bool
    {
        switch name {
        case "Error":
            return ["code", "next_retry_delay", "behavior"].allSatisfy { recorded[$0] == got[$0] }
        case "Suspension":
            return waitsFor(recorded["awaiting_on"] ?? recorded)
                == waitsFor(got["awaiting_on"] ?? got)
        default:
            return withoutReason(canonical(recorded)) == withoutReason(canonical(got))
        }
    }

    /// All ids below a node, each marked with its kind.
    private static func waitsFor(_ future: FixtureJSON) -> Set<String> {
        var ids: Set<String> = []
        for list in ["waiting_completions", "waiting_signals", "waiting_named_signals"] {
            for id in future[list]?.array ?? [] { ids.insert("\(list) \(id)") }
        }
        for nested in future["nested_futures"]?.array ?? [] { ids.formUnion(waitsFor(nested)) }
        return ids
    }

    /// Without what differs from run to run: bytes that hold JSON become that JSON.
    static func canonical(_ json: FixtureJSON) -> FixtureJSON {
        switch json {
        case .object(let members):
            if members.count == 1, members["utf8"] != nil || members["hex"] != nil {
                return canonicalBytes(json)
            }
            return .object(
                members.filter { !ignored.contains($0.key) }.mapValues { canonical($0) })
        case .array(let elements): return .array(elements.map { canonical($0) })
        case .string(let text): return .string(withoutUUIDs(text))
        case .null, .bool, .integer, .double: return json
        }
    }

    private static func canonicalBytes(_ json: FixtureJSON) -> FixtureJSON {
        guard let bytes = try? TableCodec.bytes(json), let parsed = try? FixtureJSON(parsing: bytes)
        else { return json }
        return .object(["json": masked(parsed)])
    }

    private static func masked(_ json: FixtureJSON) -> FixtureJSON {
        switch json {
        case .object(let members): .object(members.mapValues { masked($0) })
        case .array(let elements): .array(elements.map { masked($0) })
        // Milliseconds since 1970, of any time from 2001 on.
        case .integer(1_000_000_000_000..<100_000_000_000_000): .string("<ms>")
        case .string(let text): .string(withoutUUIDs(text))
        case .null, .bool, .integer, .double: json
        }
    }

    static func withoutUUIDs(_ text: String) -> String {
        // A regular expression is not Sendable, and this runs in many tasks.
        text.replacing(
            #/[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}/#,
            with: "<uuid>")
    }

    /// What follows these words is each JSON library's own.
    private static let undecodable = "Failed to deserialize input"

    private static func withoutReason(_ json: FixtureJSON) -> FixtureJSON {
        guard case .object(var members) = json else { return json }
        for key in ["failure", "completion_failure"] {
            guard case .object(var failure)? = members[key] else { continue }
            if failure["message"]?.string?.hasPrefix(undecodable) == true {
                failure["message"] = .string(undecodable)
                members[key] = .object(failure)
            }
        }
        return .object(members)
    }
}
