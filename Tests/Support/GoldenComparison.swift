import RestateProtocol

/// Compares what an endpoint answered with what was recorded, except where both may differ.
package struct GoldenComparison {
    /// Fields with clock times, and the parts of an error that only people read.
    private static let ignored: Set = [
        "wake_up_time", "invoke_time", "stacktrace", "related_command_name",
        "related_command_index", "related_command_type",
    ]
    /// Frames whose number and position depend on timing.
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

    /// Returns all ids below a node, each with its kind.
    private static func waitsFor(_ future: FixtureJSON) -> Set<String> {
        var ids: Set<String> = []
        for list in ["waiting_completions", "waiting_signals", "waiting_named_signals"] {
            for id in future[list]?.array ?? [] { ids.insert("\(list) \(id)") }
        }
        for nested in future["nested_futures"]?.array ?? [] { ids.formUnion(waitsFor(nested)) }
        return ids
    }

    /// Replaces what differs from run to run by constants, and bytes that hold JSON by that JSON.
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
        // Milliseconds since 1970, from 2001 on.
        case .integer(1_000_000_000_000..<100_000_000_000_000): .string("<ms>")
        case .string(let text): .string(withoutUUIDs(text))
        case .null, .bool, .integer, .double: json
        }
    }

    static func withoutUUIDs(_ text: String) -> String {
        // Made here, because a regular expression is not Sendable and this runs in many tasks.
        text.replacing(
            #/[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}/#,
            with: "<uuid>")
    }

    /// The text behind these words comes from a library or a codec, so it differs between SDKs.
    private static let undecodable = [
        "Failed to deserialize input", "Failed to decode input using journal value codec",
    ]

    private static func withoutReason(_ json: FixtureJSON) -> FixtureJSON {
        guard case .object(var members) = json else { return json }
        for key in ["failure", "completion_failure"] {
            guard case .object(var failure)? = members[key] else { continue }
            let message = failure["message"]?.string ?? ""
            guard let words = undecodable.first(where: message.hasPrefix) else { continue }
            failure["message"] = .string(words)
            members[key] = .object(failure)
        }
        return .object(members)
    }
}
